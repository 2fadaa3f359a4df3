"""JUnit XML validates by Jenkins' schema whatever text it holds, and counts what is in it."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import xmlschema

import tests.grader.verify
from grader.report.junit import Case, Outcome, Suite, document

SCHEMA = xmlschema.XMLSchema(Path(tests.grader.verify.__path__[0], "junit-10.xsd"))


def read(content):
    """The root of a valid document."""
    SCHEMA.validate(content.decode("utf-8"))
    return Xml.fromstring(content)


def test_what_is_counted():
    cases = [
        Case("softmax", "rows"),
        Case("softmax", "columns", Outcome.FAILURE, "values-differ", "differs", "in full", "printed", 0.25),
        Case("softmax", "device", Outcome.SKIPPED, message="no device"),
        Case("softmax", "batch", Outcome.ERROR, message="broke"),
    ]
    root = read(document("course", [Suite("ada", cases, {"points": "2"}, 1.5), Suite("bob", cases[:1])]))
    assert root.attrib == {"name": "course", "tests": "5", "failures": "1", "errors": "1"}
    ada, bob = root
    assert (ada.get("skipped"), ada.get("time"), bob.get("time")) == ("1", "1.500", None)
    assert ada.find("properties/property").attrib == {"name": "points", "value": "2"}
    assert bob.find("properties") is None
    _, columns, device, _ = ada.iter("testcase")
    assert columns.find("failure").attrib == {"type": "values-differ", "message": "differs"}
    assert (columns.findtext("failure"), columns.findtext("system-out")) == ("in full", "printed")
    assert (columns.get("time"), device.get("time")) == ("0.250", None)
    assert device.find("skipped").attrib == {"message": "no device"}
    assert device.findtext("skipped") == ""


@pytest.mark.parametrize(
    "text", ["\x00\x01\x0b\x1b\ufffe\uffff\ud800\udfff", "]]>&<\"'\u0085\u2028", "\U0001f600"]
)
def test_it_validates_whatever_it_holds(text):
    case = Case(text, text, Outcome.FAILURE, text, text, text, text, seconds=1234.5678)
    (suite,) = read(document(text, [Suite(text, [case], {text: text}, seconds=0)]))
    assert suite.find("testcase").get("time") == "1234.568"
    assert ("#x1B" in suite.findtext("testcase/failure")) == ("\x1b" in text)


def test_no_suites_are_valid_too():
    assert len(read(document("nothing", []))) == 0
