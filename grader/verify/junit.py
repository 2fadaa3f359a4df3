"""What `verify` found, as JUnit XML, which GitLab, Jenkins and others show beside a change.

An exercise is a suite, a claim a class, a row a test case: failed, skipped where
it was not run, and with a word on its output where there is a warning. Only
elements and attributes that Jenkins' schema knows are used; the place to look at
stands in the text, because that schema has no attribute for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as Xml

from grader.report.safe import safe_lines, safe_text
from grader.verify.report import Row, Standing, VerifyReport
from grader.verify.terminal import DETAIL_LINES, TEXT, place_of


def junit(report: VerifyReport) -> bytes:
    """The document, in UTF-8; no character in it is one that XML does not allow."""
    suites = Xml.Element("testsuites", {"name": "grader verify"} | _counts(report.rows))
    for exercise, rows in groupby(report.rows, key=lambda row: row.exercise):
        own = list(rows)
        suite = Xml.SubElement(suites, "testsuite", {"name": safe_text(exercise)} | _counts(own))
        suite.set("skipped", str(sum(row.standing is Standing.NOT_RUN for row in own)))
        for row in own:
            _case(suite, row)
    Xml.indent(suites)
    document: bytes = Xml.tostring(suites, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _counts(rows: Iterable[Row]) -> dict[str, str]:
    """Nothing is an error in the words of JUnit: what could not be tried at all has no report."""
    rows = list(rows)
    failures = sum(row.standing is Standing.FAILS for row in rows)
    return {"tests": str(len(rows)), "failures": str(failures), "errors": "0"}


def _case(suite: Xml.Element, row: Row) -> None:
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=safe_text(f"{row.exercise}.{row.claim}"),
        name=safe_text(row.what or str(row.claim)),
    )
    match row.standing:
        case Standing.FAILS:
            told = Xml.SubElement(case, "failure", type=str(row.claim), message=safe_text(row.sentence, TEXT))
            told.text = _in_full(row)
        case Standing.NOT_RUN:
            Xml.SubElement(case, "skipped", message=safe_text(row.sentence, TEXT))
        case Standing.WARNING:
            Xml.SubElement(case, "system-out").text = f"Warning: {_in_full(row)}"
        case Standing.HOLDS:
            Xml.SubElement(case, "system-out").text = safe_text(row.sentence, TEXT)


def _in_full(row: Row) -> str:
    lines = [safe_text(row.sentence, TEXT), *safe_lines(row.detail, DETAIL_LINES)]
    if place := place_of(row):
        lines.insert(1, safe_text(place))
    return "\n".join(lines)
