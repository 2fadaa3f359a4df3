"""One report out of two: rows, points and blame are those of one judge with both devices."""

from __future__ import annotations

import pytest

from grader.batch.merging import combined, merged
from grader.findings import Crashed, GraderFault
from grader.judge.devices import environment
from grader.report.model import ExerciseReport
from grader.sandbox.layers import posture
from grader.verdicts import Verdict
from tests.grader.tiny import SOLUTION

WRONG = SOLUTION.replace("times=2", "times=5")


def on_cuda(report: ExerciseReport) -> ExerciseReport:
    """The same from a GPU, as far as anybody can tell."""
    rows = tuple(row.model_copy(update={"device": "cuda"}) for row in report.tests)
    return report.model_copy(update={"tests": rows})


@pytest.mark.slow
def test_it_is_what_one_judge_with_both_devices_writes(judge, monkeypatch):
    right, wrong = judge(SOLUTION), judge(WRONG)
    # A judge that takes the processor for a GPU: calls go there whatever they are told.
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("grader.student.session.Session.begin_test", _on_cpu)
    both = judge(WRONG, devices=("cpu", "cuda"))
    whole = merged([wrong, on_cuda(wrong)])
    assert _plain(whole) == _plain(both)
    assert 0 < whole.score < whole.max_score == right.max_score


def _on_cpu(session, device, begin=None):
    session._waiting.clear()
    session._clocks.begin_test()
    session._take_output()
    session._output = ""


def _plain(report):
    data = report.model_dump(exclude={"seconds"})
    for row in data["tests"]:
        del row["seconds"], row["apart"]  # only one judge with both can compare them
    return data


@pytest.mark.slow
def test_half_right_is_half_the_points_and_the_gravest_verdict(judge):
    right = judge(SOLUTION)
    lost = tuple(
        row.model_copy(update={"verdict": Verdict.CRASHED, "score": 0.0, "findings": (Crashed(how="x"),)})
        for row in right.tests
    )
    other = on_cuda(right).model_copy(update={"tests": lost, "score": 0.0, "verdict": Verdict.CRASHED})
    whole = merged([right, other])
    assert (whole.score, whole.max_score) == (right.score / 2, right.max_score)
    assert whole.verdict is Verdict.CRASHED
    names = [row.name for row in whole.tests]
    assert names[::2] == names[1::2] == [row.name for row in right.tests]


@pytest.mark.slow
def test_a_judge_that_was_lost_on_one_device_is_told_of_the_whole(judge):
    right = judge(SOLUTION)
    fault = right.model_copy(
        update={"tests": (), "score": 0.0, "max_score": 0.0, "findings": (GraderFault(detail="gone"),)}
    )
    assert merged([right, fault]) == merged([fault, right]) == fault


def test_a_single_part_is_the_whole(judge):
    report = judge("def double(x:\n")
    assert merged([report]) is report
    whole = merged([report, on_cuda(report)])
    assert whole.findings == report.findings  # once, not once a device
    assert (whole.verdict, whole.max_score) == (report.verdict, report.max_score)


def test_environments_differ_in_their_devices():
    one = environment("cpu", posture())
    two = one.model_copy(update={"devices": ("cuda (H100)",)})
    assert combined([one, two, two]).devices == ("cpu", "cuda (H100)")
    assert combined([one]) == one
