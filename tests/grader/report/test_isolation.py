"""What reports say where isolation was not full, word for word."""

import pytest

from grader.report.isolation import allowed, lowered, lowered_for_student
from grader.report.model import Environment
from grader.report.terminal import as_text, gradebook_view, student_view
from grader.sandbox.layers import LayerFound, posture
from grader.sandbox.policy import REQUIRED, Confinement
from grader.verdicts import Isolation, Layer, Reveal


def environment(*missing: Layer) -> Environment:
    """What a grading ran on where just these layers were missing."""
    seen = posture(LayerFound(layer, layer not in missing, "detail (of it)") for layer in Layer)
    return Environment(
        grader="1",
        python="3",
        torch="2",
        devices=("cpu",),
        isolation_level=seen.level,
        isolation=seen.layers,
        missing=seen.missing,
    )


BARE = environment(*(set(Layer) - {Layer.RLIMITS, Layer.NO_NEW_PRIVS}))
CONTAINER = environment(*(set(Layer) - REQUIRED[Isolation.CONTAINER] - {Layer.CAPABILITIES}))


def test_nothing_is_said_of_full_isolation() -> None:
    for full in (environment(), environment(Layer.CGROUP, Layer.UID)):
        assert full.isolation_level is Isolation.FULL
        assert (lowered(full), lowered_for_student(full)) == ("", "")


@pytest.mark.parametrize(
    ("ran_on", "said"),
    [
        (
            BARE,
            "Isolation: process. Student code ran without a sandbox: "
            "it could read your files and use the network.",
        ),
        (
            CONTAINER,
            "Isolation: container. Student code ran without pid, network, ipc, uts and private root: "
            "it could see the names of your files and see other processes.",
        ),
        (environment(Layer.UTS), "Isolation: container. Student code ran without uts."),
        (environment(Layer.LANDLOCK), "Isolation: process. Student code ran without landlock."),
        (
            environment(Layer.RLIMITS, Layer.CGROUP),
            "Isolation: process. Student code ran without rlimits: it could use any amount of memory.",
        ),
        (
            environment(Layer.PRIVATE_ROOT, Layer.LANDLOCK),
            "Isolation: process. Student code ran without private root and landlock: "
            "it could read your files.",
        ),
    ],
)
def test_staff_read_what_the_code_could_do(ran_on: Environment, said: str) -> None:
    assert lowered(ran_on) == said


def test_students_are_not_scared() -> None:
    assert lowered_for_student(BARE) == (
        "Isolation: process, not full. That concerns whoever ran the grader, not you."
    )
    assert len(lowered_for_student(CONTAINER)) <= 80  # one line of report.txt


@pytest.mark.parametrize(
    ("confinement", "said"),
    [
        (Confinement.demanded(Isolation.FULL), ""),
        (Confinement.demanded(Isolation.FULL, [Layer.CGROUP]), ""),
        (
            Confinement.demanded(Isolation.PROCESS),
            "Isolation: process. Student code runs without a sandbox: "
            "it can read your files and use the network.",
        ),
        (
            Confinement.demanded(Isolation.FULL, [Layer.UTS, Layer.PID]),
            "Less than full isolation is accepted. Where this machine lacks pid and uts, "
            "student code runs without: it can see other processes.",
        ),
        (
            Confinement.demanded(Isolation.FULL, [Layer.UTS]),
            "Less than full isolation is accepted. Where this machine lacks uts, student code runs without.",
        ),
    ],
)
def test_staff_are_told_before_anything_runs(confinement: Confinement, said: str) -> None:
    assert allowed(confinement) == said


def test_every_report_begins_with_it(make) -> None:
    report = make.student("ada", make.exercise("softmax", make.test()), environment=BARE)
    staff = as_text(student_view(report)).splitlines()
    assert " ".join(staff[1:3]) == lowered(BARE)
    student = as_text(student_view(report.for_student(Reveal.VERDICT))).splitlines()
    assert student[1] == lowered_for_student(BARE)
    assert "your files" not in " ".join(student)
    assert " ".join(as_text(gradebook_view([report])).split()).startswith(lowered(BARE))


def test_reports_of_full_isolation_do_not(make) -> None:
    report = make.student("ada", make.exercise("softmax", make.test()), environment=environment())
    for view in (student_view(report), student_view(report.for_student(Reveal.VERDICT))):
        assert "Isolation:" not in as_text(view)
    assert as_text(gradebook_view([report])).lstrip().startswith("softmax")
    assert as_text(gradebook_view([])).strip() == "student total"
