"""A batch over a real scheduler and real nodes on this machine."""

import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from grader.batch.cluster.engine import DaskEngine
from grader.batch.grade import jobs_of
from grader.batch.slots import Slots
from grader.course import read_course
from grader.errors import GraderError, IsolationError, UsageError
from grader.sandbox.policy import Confinement
from grader.submission import Submission, read_folder
from grader.verdicts import Isolation, Layer, Verdict
from tests.grader.batch.cluster.loopback import Cluster
from tests.grader.remaining import Remaining, below, command
from tests.grader.tiny import SOLUTION, bundle_of, make_course
from tests.repo.test_docs import ROOT, course_copy

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

WALL = Confinement.demanded(Isolation.CONTAINER)
SLOW = "import time\ndef double(x, times=2):\n    time.sleep(0.3)\n    return x * times\n"
FOREVER = "import time\ntime.sleep(9)\n" + SOLUTION

THREE = ("softmax", "linear_backward", "conv2d")
SOME = ("student-03", "student-04", "student-06", "student-11", "student-12")
"""Some of everything: right, wrong, crashing, never ending, notebooks, a helper module, missing."""

SOON = "\n[limits]\ncall_seconds = 3.0\ndeaths = 1\n"
"""What never ends would take a minute of a core otherwise, on each machine."""


def jobs(course, **sources):
    return jobs_of(
        course,
        [Submission(student, (bundle_of(text),), (), "0" * 64) for student, text in sources.items()],
        "s",
    )


@pytest.fixture
def remaining():
    with Remaining() as remaining:
        yield remaining


@pytest.fixture
def cluster(remaining, tmp_path):
    with Cluster(tmp_path) as cluster:
        yield cluster
    remaining.nothing()


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course")


def engine(course, cluster, **options):
    return DaskEngine(course, course.names, "cpu", cluster.address, WALL, **options)


def differences(found, wanted, place):
    """Where two reports differ, and in what; how small a case gets is a matter of time."""
    if isinstance(wanted, dict) and isinstance(found, dict) and wanted.keys() == found.keys():
        for key in wanted.keys() - {"smallest"}:
            yield from differences(found[key], wanted[key], f"{place}.{key}")
    elif isinstance(wanted, tuple) and isinstance(found, tuple) and len(wanted) == len(found):
        for number, pair in enumerate(zip(found, wanted, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif repr(found) != repr(wanted):  # NaN is not equal to itself
        yield f"{place}: {found!r} and not {wanted!r}"


def timeless(report):
    """A report without what differs from run to run."""
    tests = tuple(test.model_copy(update={"seconds": 0}) for test in report.tests)
    return report.model_copy(update={"seconds": 0, "tests": tests})


def test_a_class_is_marked_on_a_node_and_nothing_stays_there(course, cluster, remaining):
    cluster.node("node")
    quiet = remaining.look()
    begun = []
    work = jobs(course, good=SOLUTION, wrong=SOLUTION.replace("times=2", "times=5"), typo="def double(:\n")
    with engine(course, cluster, started=lambda job: begun.append(job.student)) as running:
        reports = {job.student: report for job, report in running.run(iter(work))}
        assert running.environment.devices == ("cpu",)
    assert sorted(begun) == ["good", "typo", "wrong"]
    assert reports["good"].score == reports["good"].max_score == 6
    assert reports["wrong"].verdict == Verdict.WRONG_ANSWER
    assert reports["typo"].findings[0].code == "syntax-error"
    assert remaining.look() <= quiet


@pytest.mark.slow
def test_a_node_is_killed_in_the_middle_and_the_reports_are_those_of_one_machine(
    cluster, remaining, tmp_path
):
    root = course_copy(tmp_path)
    with (root / "exercises/conv2d/exercise.toml").open("a") as manifest:
        manifest.write(SOON)
    course = read_course(root, staff=True)
    found = read_folder(ROOT / "submissions", course.names, course.entry_points)
    students = [each for each in found.submissions if each.student in SOME]
    work = [job for job in jobs_of(course, students, course.secret) if job.exercise in THREE]
    doomed = cluster.node("doomed")
    cluster.node("node")
    reports, left = {}, set()
    with DaskEngine(course, THREE, "cpu", cluster.address, WALL) as running:
        for job, report in running.run(iter(work)):
            assert (job.student, job.exercise) not in reports
            reports[job.student, job.exercise] = timeless(report)
            if len(reports) == len(work) // 3:
                left = {pid for pid in below(doomed.pid) if "grader.batch" in command(pid)}
                cluster.kill(doomed)
    assert len(left) >= 2, "a station and a slot were there"
    assert not left & remaining.look()
    with Slots(course, THREE, "cpu", 2, WALL) as slots:
        for job, report in slots.run(iter(work)):
            found = reports.pop((job.student, job.exercise))
            assert list(differences(found.model_dump(), timeless(report).model_dump(), job.student)) == []
    assert not reports


@pytest.mark.slow
def test_jobs_are_asked_for_as_there_is_room_and_nothing_now_holds_up_no_report(course, cluster):
    cluster.node("node")
    asked, reports = [], 0

    def arriving():
        for job in jobs(course, **{f"s{number}": SLOW for number in range(6)}):
            asked.append(reports)
            yield job
            yield None

    with engine(course, cluster) as running:
        for _ in running.run(arriving()):
            reports += 1
    assert reports == 6
    assert all(number - done <= 2 for number, done in enumerate(asked)), asked


def test_without_a_job_nobody_reaches_for_the_cluster(course):
    with DaskEngine(course, course.names, "cpu", "tcp://127.0.0.1:1", WALL) as running:
        assert list(running.run([None])) == []


@pytest.mark.slow
def test_stopped_in_the_middle_nothing_stays_on_the_node(course, cluster, remaining):
    cluster.node("node", threads=2)
    quiet = remaining.look()
    with engine(course, cluster) as running:
        results = running.run(iter(jobs(course, quick=SOLUTION, slow=FOREVER, slower=FOREVER)))
        next(results)  # mostly that of the quick one; on a busy machine its slot may be up last
        stopped = time.monotonic()
        results.close()
    assert time.monotonic() - stopped < 8, "it waited for a student's code"
    assert remaining.look() <= quiet


@pytest.mark.slow
def test_when_the_driver_is_killed_the_node_is_soon_free_again(course, cluster, remaining, tmp_path):
    cluster.node("node")
    quiet = remaining.look()
    driver = subprocess.Popen(
        [sys.executable, "-m", "tests.grader.batch.cluster.drive", course.root, cluster.address], cwd=ROOT
    )
    remaining.started.add(driver.pid)
    cluster.said("node", "prepare")
    wait_for(lambda: any("batch.serving" in command(pid) for pid in remaining.look()))
    driver.kill()
    driver.wait()
    wait_for(lambda: remaining.look() <= quiet)


@pytest.mark.slow
def test_a_node_that_ends_takes_its_station_along(course, cluster, remaining):
    node = cluster.node("node", nanny=True)
    with engine(course, cluster) as running:
        list(running.run(jobs(course, one=SOLUTION)))
        assert any("cluster.serving" in command(pid) for pid in remaining.look())
        cluster.kill(node, signal.SIGTERM)
        wait_for(lambda: not any("grader.batch" in command(pid) for pid in remaining.look()))


@pytest.mark.slow
def test_a_late_node_is_used_and_one_that_differs_ends_the_batch(course, cluster, remaining):
    first = cluster.node("first")
    with engine(course, cluster) as running:
        sent = iter(jobs(course, one=SOLUTION, two=SOLUTION))
        assert [job.student for job, _ in running.run([next(sent)])] == ["one"]
        cluster.node("late")
        cluster.kill(first, signal.SIGTERM)
        assert [job.student for job, _ in running.run(sent)] == ["two"]
        nodes = running._sender._nodes
        like = replace(nodes.terms.like, host="elsewhere", layers=nodes.terms.like.layers - {Layer.SECCOMP})
        nodes.terms = replace(nodes.terms, like=like)
        with pytest.raises(IsolationError, match=r"has 'seccomp' besides, compared with .* elsewhere"):
            list(running.run(jobs(course, three=SOLUTION)))


@pytest.mark.slow
def test_a_course_whose_tests_cannot_be_collected_ends_the_batch(tmp_path, cluster):
    course = make_course(tmp_path / "course", **{"tests/hidden/test_double.py": "def test(:\n"})
    cluster.node("node")
    with engine(course, cluster) as running, pytest.raises(GraderError, match=r"On the node .*collected"):
        list(running.run(jobs(course, one=SOLUTION)))


@pytest.mark.slow
def test_without_a_gpu_on_any_node_cuda_is_refused_and_auto_is_cpu(course, cluster):
    cluster.node("node")
    with (
        DaskEngine(course, course.names, "cuda", cluster.address, WALL) as running,
        pytest.raises(UsageError, match="--resources GPU=1"),
    ):
        list(running.run(jobs(course, one=SOLUTION)))
    with DaskEngine(course, course.names, "auto", cluster.address, WALL) as running:
        ((_, report),) = running.run(jobs(course, one=SOLUTION))
    assert report.score == 6


@pytest.mark.slow
def test_when_the_scheduler_goes_the_batch_ends_with_a_sentence(course, cluster):
    cluster.node("node")
    with engine(course, cluster) as running:
        results = running.run(iter(jobs(course, quick=SOLUTION, slow=FOREVER)))
        next(results)
        cluster.kill(cluster.scheduler)
        with pytest.raises(GraderError, match="is gone; the same command goes on"):
            next(results)


def wait_for(condition, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)
