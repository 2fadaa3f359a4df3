"""The page of the schema: every model and field of the two schemas, and what types become in words."""

import re
from typing import Any, get_args

import pytest

from grader.findings import Finding
from grader.manual.schema import NAN, _type, schema_page
from grader.report.schema import changes_schema, report_schema

PAGE = schema_page()
SECTIONS = dict(re.findall(r"(?ms)^### (\w+)\n(.*?)(?=^##|\Z)", PAGE))
SHARED = PAGE.partition("\n## Findings\n")[2].partition("\n### ")[0]
CHANGES = changes_schema()
MODELS: dict[str, Any] = report_schema()["$defs"] | CHANGES["$defs"] | {"Changes": CHANGES}


def test_every_model_has_one_section() -> None:
    assert {*SECTIONS} == {*MODELS}
    assert len(re.findall(r"(?m)^### ", PAGE)) == len(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_a_section_has_every_field_with_its_sentence(name: str) -> None:
    model, section = MODELS[name], SECTIONS[name].replace("\\", "")
    is_finding = "const" in model.get("properties", {}).get("code", {})
    for field, what in model.get("properties", {}).items():
        line = rf"(?m)^- `{field}` \(.+\)(.*)$"
        found = re.search(line, section) or (is_finding and re.search(line, SHARED))
        if field != "code" or not is_finding:
            assert found, field
            assert " ".join(what.get("description", "").split()) in found[0]
    assert " ".join(model["description"].split()) in section


def test_every_finding_leads_to_what_its_code_means() -> None:
    codes = [each.model_fields["code"].default for each in get_args(get_args(Finding)[0])]
    assert len(codes) > 30
    for code in codes:
        assert f"[`{code}`](findings.md#{code}): " in PAGE


TYPES = [
    ({"type": "string"}, "text"),
    ({"anyOf": [{"type": "number"}, NAN]}, "number"),
    ({"anyOf": [{"$ref": "#/$defs/Where"}, {"type": "null"}]}, "[Where](#where) or None"),
    ({"oneOf": [{"$ref": "#/$defs/A"}], "discriminator": {"propertyName": "code"}}, "[a finding](#findings)"),
    ({"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/C"}]}, "[A](#a) or [C](#c)"),
    ({"const": 1, "type": "integer"}, "always `1`"),
    ({"enum": ["a", "b"], "type": "string"}, "`a`, `b`"),
    ({"type": "array", "items": {"type": "integer"}}, "a list, each whole number"),
    (
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
        "a list of 2: text, whole number",
    ),
]


@pytest.mark.parametrize(("schema", "words"), TYPES)
def test_types_in_words(schema: Any, words: str) -> None:
    assert _type(schema) == words
