"""A wrong training loop is judged, and its findings say where it left the reference's way."""

from pathlib import Path

import pytest

from grader.course import read_course
from grader.findings import cause
from grader.judge import trajectories
from grader.judge.job import Job
from grader.judge.plugin import JudgePlugin
from grader.judge.recognising import Recognition
from grader.judge.session import serve
from grader.judge.staff import Staff, program_bundle
from grader.student.launch import Zygote
from grader.student.proxy import Student
from grader.verdicts import Verdict, Visibility

ROOT = Path(__file__).parents[3]
EVALUATE = (ROOT / "reference" / "training_loop" / "solution.py").read_text()

PILES_UP = (
    EVALUATE
    + """
def train(model, loader, optimizer, criterion, epochs, device):
    history = []
    for _ in range(epochs):
        losses = []
        for x, y in loader:
            model.train()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history.append(sum(losses) / len(losses))
    return history
"""
)


@pytest.fixture
def judged(monkeypatch):
    """Judge training loops without naming their mistakes; the reports in order."""
    monkeypatch.setattr(Recognition, "recognised", lambda *_: ())
    course = read_course(ROOT, staff=True)

    def run(*sources):
        jobs = [
            Job(f"student-{i}", "training_loop", program_bundle("training_loop", source.encode()), (), "s")
            for i, source in enumerate(sources)
        ]
        queue, reports = [*jobs, None], []
        with Zygote(warm=True) as theirs, Zygote() as ours:
            plugin = JudgePlugin(
                course,
                Visibility.HIDDEN,
                ("cpu",),
                theirs,
                lambda: queue.pop(0),
                reports.append,
                Staff(course, ours),
            )
            serve(plugin, [course.exercise("training_loop").hidden_tests], course.root)
        assert plugin.problem is None
        return reports

    return run


def test_findings_of_a_loop_say_where_it_left_the_way(judged, monkeypatch):
    witnessed = []
    original = Student.witnessed
    monkeypatch.setattr(Student, "witnessed", lambda student: witnessed.append(student) or original(student))
    wrong, right = judged(PILES_UP, EVALUATE)
    failed = {test.name: test for test in wrong.tests if test.verdict is not Verdict.PASSED}
    told = {name: test.findings[0].trajectory for name, test in failed.items()}
    first = told["test_gradients_do_not_add_up"]
    assert (first.step, first.same, [seen.kind for seen in first.seen]) == (2, 1, ["piled-up"])
    assert [seen.kind for seen in told["test_loss_is_per_sample"].seen] == ["loss-by-batch"]
    # Of one cause one test is repeated, and a right loop pays nothing.
    causes = {cause(test.findings[0]) for test in failed.values()}
    assert len(witnessed) <= min(len(causes) + 1, trajectories.MOST_LOOPS)
    assert right.score == right.max_score
    assert not any(test.findings for test in right.tests)
