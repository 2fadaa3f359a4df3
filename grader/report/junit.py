"""JUnit XML as Jenkins, GitLab and others read it: suites of cases, in a document that always validates.

Only elements and attributes that Jenkins' schema knows are used, so that anything
else to say stands in a case's text. What a suite and a case are is up to whoever
makes them. Characters that XML cannot hold are spelled out, whatever text comes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from xml.etree import ElementTree as Xml

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no document of XML 1.0 may hold, not even as a reference."""


class Outcome(StrEnum):
    """What came of a case; all but the first are elements of their name."""

    PASSED = "passed"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Case:
    """One test case.

    Attributes:
        classname: What it belongs to; dots part packages.
        name: What it is about.
        outcome: What came of it.
        kind: The kind of the failure, such as a finding's code.
        message: The same in one sentence.
        text: The same in full.
        output: What else there is to say.
        seconds: How long it took; None where nobody knows.
    """

    classname: str
    name: str
    outcome: Outcome = Outcome.PASSED
    kind: str = ""
    message: str = ""
    text: str = ""
    output: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Suite:
    """Cases that belong together, and what is known of all of them."""

    name: str
    cases: Sequence[Case]
    properties: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None


def document(name: str, suites: Iterable[Suite]) -> bytes:
    """The document, in UTF-8.

    Args:
        name: What the suites are of.
        suites: Taken one at a time; of each only its XML is kept.
    """
    many = dict.fromkeys(("tests", "failures", "errors"), 0)
    pieces: list[bytes] = []
    for suite in suites:
        element = _suite(suite)
        for key in many:
            many[key] += int(element.get(key, "0"))
        Xml.indent(element, level=1)
        pieces.append(b"  " + Xml.tostring(element, encoding="utf-8").strip() + b"\n")
    counts = {key: str(number) for key, number in many.items()}
    head: bytes = Xml.tostring(Xml.Element("testsuites", {"name": _legal(name)} | counts), encoding="utf-8")
    opened = b'<?xml version="1.0" encoding="utf-8"?>\n' + head.removesuffix(b" />") + b">\n"
    return b"".join([opened, *pieces, b"</testsuites>\n"])


def _suite(suite: Suite) -> Xml.Element:
    many = {outcome: sum(case.outcome is outcome for case in suite.cases) for outcome in Outcome}
    counts = {
        "tests": len(suite.cases),
        "failures": many[Outcome.FAILURE],
        "errors": many[Outcome.ERROR],
        "skipped": many[Outcome.SKIPPED],
    }
    told = {key: str(number) for key, number in counts.items()}
    element = Xml.Element("testsuite", {"name": _legal(suite.name)} | told | _time(suite.seconds))
    if suite.properties:
        properties = Xml.SubElement(element, "properties")
        for name, value in suite.properties.items():
            Xml.SubElement(properties, "property", name=_legal(name), value=_legal(value))
    for case in suite.cases:
        _case(element, case)
    return element


def _case(suite: Xml.Element, case: Case) -> None:
    names = {"classname": _legal(case.classname), "name": _legal(case.name)}
    element = Xml.SubElement(suite, "testcase", names | _time(case.seconds))
    if case.outcome is not Outcome.PASSED:
        about = {"type": _legal(case.kind)} if case.kind else {}
        told = Xml.SubElement(element, case.outcome, about | {"message": _legal(case.message)})
        told.text = _legal(case.text) or None
    if case.output:
        Xml.SubElement(element, "system-out").text = _legal(case.output)


def _time(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"time": f"{seconds:.3f}"}


def _legal(text: str) -> str:
    return _ILLEGAL.sub(lambda found: f"#x{ord(found[0]):02X}", text)
