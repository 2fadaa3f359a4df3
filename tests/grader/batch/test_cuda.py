"""A class on a real CUDA device; skipped where there is none."""

from __future__ import annotations

import pytest
import torch

from grader.batch.slots import Slots
from grader.judge.job import Job
from grader.verdicts import Verdict
from tests.grader.tiny import SOLUTION, bundle_of

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]

HOG = "import torch\nheld = []\n" + SOLUTION.replace(
    "    return", "    held.append(torch.empty(64 << 30, dtype=torch.uint8, device=x.device))\n    return"
)
ON_CPU = SOLUTION.replace("return x * times", "return x.cpu() * times")


def test_each_job_is_judged_on_both_and_comes_once(tiny_course):
    sources = {"right": SOLUTION, "wanders": ON_CPU, "hog": HOG}
    jobs = [Job(name, "double", bundle_of(source), secret="s") for name, source in sources.items()]
    with Slots(tiny_course, ["double"], "all", 2) as slots:
        results = {job.student: report for job, report in slots.run(jobs)}
        assert slots.environment.devices[0] == "cpu"
        assert slots.environment.devices[1].startswith("cuda (")
    right = results["right"]
    assert [test.device for test in right.tests[:4]] == ["cpu", "cuda", "cpu", "cuda"]
    assert right.score == right.max_score == 6
    assert {f.code for test in results["wanders"].tests for f in test.findings} == {"device-differs"}
    assert all(test.verdict is Verdict.PASSED for test in results["wanders"].tests if test.device == "cpu")
    assert "device-out-of-memory" in {f.code for test in results["hog"].tests for f in test.findings}


def test_slots_that_share_a_device_end_up_with_the_same_marks(tiny_course):
    jobs = [Job(f"s{number}", "double", bundle_of(SOLUTION), secret="s") for number in range(6)]
    with Slots(tiny_course, ["double"], "cuda", 1, gpu_slots=3) as slots:
        assert {report.score for _, report in slots.run(jobs)} == {6.0}
