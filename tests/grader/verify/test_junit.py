"""JUnit XML that validates, whatever the rows hold.

`junit-10.xsd` beside this file is the schema of Jenkins' xUnit plugin (MIT licence, in the file), which
is that of Maven's Surefire with the suites of Ant.
"""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import xmlschema

from grader.verify.junit import junit
from tests.grader.verify.some_rows import MIXED, NASTY, report

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit-10.xsd"))


@pytest.mark.parametrize("rows", [MIXED, NASTY, report()], ids=["mixed", "nasty", "nothing"])
def test_the_document_validates(rows):
    SCHEMA.validate(junit(rows).decode("utf-8"))


def test_the_schema_refuses_what_it_does_not_know():
    wrong = junit(MIXED).decode().replace("<testcase ", '<testcase file="x.py" ', 1)
    assert not SCHEMA.is_valid(wrong)


def test_each_row_is_a_case_that_passed_failed_or_was_skipped():
    root = Xml.fromstring(junit(MIXED))
    assert root.attrib == {"name": "grader verify", "tests": "7", "failures": "1", "errors": "0"}
    suites = {suite.get("name"): suite for suite in root}
    assert [suites["softmax"].get(name) for name in ("tests", "failures", "skipped")] == ["6", "1", "1"]
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    failure = cases["softmax.mutant", "factor, line 12"].find("failure")
    assert failure.get("message") == "survives all tests"
    assert failure.text.splitlines()[1:] == [
        "reference/softmax/solution.py:12",
        "- scale = math.sqrt(d)",
        "+ scale = d",
    ]
    assert cases["softmax.margin", "margin"].find("system-out").text.startswith("Warning: right answers")
    assert cases["conv2d.device", "device"].find("skipped").get("message") == "there is no CUDA device here"
    assert len(cases["softmax.accepted", "loops"].findall("failure")) == 0


def test_hostile_text_stays_text():
    root = Xml.fromstring(junit(NASTY))
    assert len(list(root.iter("testcase"))) == 4
    assert len(list(root.iter("failure"))) == 1
    assert "</failure>" in root.find(".//failure").text
