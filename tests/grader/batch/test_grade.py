"""A batch over real slots, on the tiny course."""

import os
import signal

import pytest

from grader.batch.grade import grade, jobs_of
from grader.batch.pools import Pool
from grader.batch.slot import Slot, SlotReady
from grader.batch.slots import Slots
from grader.errors import CourseError
from grader.submission import Submission
from grader.verdicts import Verdict
from tests.grader.tiny import SOLUTION, bundle_of, make_course

pytestmark = pytest.mark.slow

SLOW = "import time\ndef double(x, times=2):\n    time.sleep(0.3)\n    return x * times\n"


def submission(student, source):
    return Submission(student, (bundle_of(source),), (), "0" * 64)


def test_a_class_gets_its_marks_and_one_bad_neighbour_changes_nothing(tiny_course):
    submissions = [
        submission("student-01", SOLUTION),
        submission("student-02", "import os\ndef double(x, times=2):\n    os._exit(1)\n"),
        submission("student-03", SOLUTION.replace("times=2", "times=5")),
        submission("student-04", "def double(x:\n"),
    ]
    reports = {report.student: report for report in grade(tiny_course, submissions, jobs=2)}
    assert set(reports) == {s.student for s in submissions}
    assert reports["student-01"].score == reports["student-01"].max_score == 6
    assert reports["student-02"].score == 0
    assert reports["student-02"].exercises[0].verdict == Verdict.CRASHED
    assert 0 < reports["student-03"].score < 6
    assert reports["student-04"].exercises[0].findings[0].code == "syntax-error"
    assert reports["student-01"].environment.devices == ("cpu",)
    assert "rlimits" in " ".join(reports["student-01"].environment.isolation)


def test_a_slot_that_dies_is_replaced_and_its_job_tried_again(tiny_course):
    jobs = jobs_of(tiny_course, [submission(f"student-0{i}", SLOW) for i in range(1, 4)], "s")
    killed = False
    with Slots(tiny_course, ["double"], "cpu", 1) as slots:
        results = {}
        for job, report in slots.run(jobs):
            results[job.student] = report
            if not killed:
                os.kill(slots._slots[0].pid, signal.SIGKILL)
                killed = True
    assert {s: r.score for s, r in results.items()} == {f"student-0{i}": 5 for i in range(1, 4)}


def test_a_job_that_kills_every_judge_is_the_graders_fault(tiny_course, tmp_path):
    hidden = (
        "import os\nfrom grader.checks import points\n"
        "@points(1)\ndef test_dies(student):\n    '''Dies.'''\n    os._exit(9)\n"
    )
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    (report,) = grade(course, [submission("student-01", SOLUTION)], jobs=1)
    (exercise,) = report.exercises
    assert exercise.verdict == Verdict.ERROR
    assert exercise.findings[0].code == "grader-fault"


def test_a_course_whose_tests_cannot_be_collected_ends_the_batch(tmp_path):
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": "def test(:\n"})
    with pytest.raises(CourseError, match="cannot be collected"):
        list(grade(course, [submission("student-01", SOLUTION)], jobs=2))


def test_without_a_secret_nothing_is_graded(tiny_course):
    course = tiny_course.model_copy(update={"secret": None})
    with pytest.raises(CourseError, match="secret"):
        list(grade(course, [submission("student-01", SOLUTION)], jobs=1))


def test_a_slot_that_is_starting_is_deaf_to_ctrl_c(tiny_course):
    slot = Slot(tiny_course, ("double",), Pool("cpu"))
    try:
        os.kill(slot.pid, signal.SIGINT)
        assert isinstance(slot.connection.recv(), SlotReady)
    finally:
        slot.close()
