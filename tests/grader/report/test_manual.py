"""The manual has a section for each finding, with the headings and the examples of the house.

`GOLDEN=write pytest` puts the examples as they are rendered now into it.
"""

import os
import re
from pathlib import Path

import pytest
from rich.text import Text

from grader.report.about_efficiency import paragraph
from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, TITLE
from grader.report.terminal import as_text, message_view
from grader.report.text import describe

MANUAL = Path(__file__).parents[3] / "docs" / "findings.md"
HEADINGS = ["What it means", "Why it happens", "What to do next", "An example as rendered"]
BEYOND = "Beyond the code"
WORK = "Work"
SECTION = re.compile(r"^## (?P<code>\S+)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```text\n(?P<example>.*?)^```$", re.MULTILINE | re.DOTALL)


def rendered(code):
    return as_text(message_view(describe(EXAMPLES[code], TITLE)))


def rendered_beyond(name):
    if name == WORK:
        return as_text(Text(paragraph(EFFICIENCY)))
    finding, mistake = EXPLAINED[name]
    return as_text(message_view(describe(finding, TITLE, mistake)))


def beyond():
    """What is said under each heading of the chapter on what a finding may say beyond its code."""
    text = MANUAL.read_text(encoding="utf-8")
    (chapter,) = re.findall(rf"^## {BEYOND}\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    parts = re.split(r"^### (.+)\n", chapter, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def sections():
    return {match["code"]: match["body"] for match in SECTION.finditer(MANUAL.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module", autouse=True)
def written_anew():
    if os.environ.get("GOLDEN") == "write":
        text = MANUAL.read_text(encoding="utf-8")
        for code in EXAMPLES:
            block = re.compile(rf"(^## {code}\n.*?^```text\n).*?(^```$)", re.MULTILINE | re.DOTALL)
            text = block.sub(lambda match, code=code: match[1] + rendered(code) + match[2], text, count=1)
        for name in (*EXPLAINED, WORK):
            block = re.compile(rf"(^### {name}\n.*?^```text\n).*?(^```$)", re.MULTILINE | re.DOTALL)
            text = block.sub(
                lambda match, name=name: match[1] + rendered_beyond(name) + match[2], text, count=1
            )
        MANUAL.write_text(text, encoding="utf-8")


def test_every_code_has_a_section_and_every_section_a_code():
    assert list(sections()) == list(EXAMPLES)


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_section_has_the_four_headings_and_something_under_each(code):
    parts = re.split(r"^### (.+)\n", sections()[code], flags=re.MULTILINE)
    assert parts[0].strip() == ""
    assert parts[1::2] == HEADINGS
    assert all(len(text.split()) >= 5 for text in parts[2::2])


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_is_what_the_renderer_makes(code):
    (example,) = EXAMPLE.findall(sections()[code])
    assert example == rendered(code)
    assert all(len(line) <= 80 for line in example.splitlines())


def test_what_may_be_known_beyond_the_code_has_a_chapter():
    assert list(beyond()) == [*EXPLAINED, WORK]


@pytest.mark.parametrize("name", [*EXPLAINED, WORK])
def test_what_is_known_beyond_the_code_is_shown_as_the_renderer_makes_it(name):
    said, example, rest = beyond()[name].partition("```text\n")
    assert len(said.split()) >= 20
    assert (example + rest).strip() == f"```text\n{rendered_beyond(name)}```"
    assert all(len(line) <= 80 for line in rest.splitlines())


@pytest.mark.parametrize("name", EXPLAINED)
def test_what_is_known_makes_a_difference(name):
    """An example that read the same without what it is an example of would show nothing."""
    finding, _ = EXPLAINED[name]
    known = {"mistake": None, "relation": None, "smallest": None, "trajectory": None}
    known |= {field: None for field in ("where", "kind") if hasattr(finding, field)}
    bare = as_text(message_view(describe(finding.model_copy(update=known), TITLE)))
    assert bare != rendered_beyond(name)
