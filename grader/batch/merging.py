"""One report out of those of the devices that a job was judged on, each by a judge of its own.

Rows stand test by test, as one judge that had all the devices would write them,
and a test's points are split evenly over the devices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.findings import GraderFault
from grader.report.model import Environment, ExerciseReport, TestReport, mistakes_together
from grader.verdicts import worst


def merged(parts: Sequence[ExerciseReport]) -> ExerciseReport:
    """The report of an exercise that was judged once on each device.

    Args:
        parts: What came of it there, in the order of the devices. Where one of
            them was lost with its judge, that is what the whole says: half of
            the tests are no mark.
    """
    for part in parts:
        if not part.tests and any(isinstance(finding, GraderFault) for finding in part.findings):
            return part
    if len(parts) == 1:
        return parts[0]
    rows = tuple(
        _share(row, len(parts)) for rows in zip(*(part.tests for part in parts), strict=True) for row in rows
    )
    first = parts[0]
    return first.model_copy(
        update={
            "verdict": worst(part.verdict for part in parts),
            "score": math.fsum(row.score for row in rows),
            "max_score": math.fsum(row.max_score for row in rows),
            "findings": tuple(dict.fromkeys(finding for part in parts for finding in part.findings)),
            "tests": rows,
            "mistakes": mistakes_together(part.mistakes for part in parts),
            "seconds": math.fsum(part.seconds for part in parts),
        }
    )


def _share(row: TestReport, devices: int) -> TestReport:
    return row.model_copy(update={"score": row.score / devices, "max_score": row.max_score / devices})


def combined(environments: Sequence[Environment]) -> Environment:
    """What slots on several devices run on together; they differ in nothing but their devices."""
    devices = dict.fromkeys(device for each in environments for device in each.devices)
    return environments[0].model_copy(update={"devices": tuple(devices)})
