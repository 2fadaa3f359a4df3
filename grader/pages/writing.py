"""Puts a student's page beside the student's reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.pages.student import student_page
from grader.report.files import folder_name, renew
from grader.report.model import StudentReport
from grader.submission import Submission


def write_student_page(
    report: StudentReport,
    submissions: Sequence[Submission],
    folder: Path,
    notebooks: Mapping[str, str] | None = None,
) -> Path:
    """Write `folder/students/<student>/report.html`, if it is not there already as it is to be.

    Args:
        report: What the student may see.
        submissions: The student's attempts, with their files.
        folder: The run's output folder.
        notebooks: For exercises the file, beside the page, that shows their notebook with feedback.

    Returns:
        The page.

    Raises:
        OutputError: It cannot be written.
    """
    place = folder / "students" / folder_name(report.student) / "report.html"
    renew(place, student_page(report, submissions, notebooks or {}))
    return place
