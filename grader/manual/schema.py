"""The schema of reports as a page to read: each model with its fields, their types and their sentences.

It says what `report.schema.json` and `changes.schema.json` say, from the same
models. Findings come last, each with a link to what it means; what all of them
have is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grader.manual.markdown import anchor, sentence
from grader.report.changes import Changes
from grader.report.model import RunReport, StudentReport
from grader.report.schema import changes_schema, report_schema

Schema = dict[str, Any]

INTRODUCTION = """\
# The report schema

What `grader grade` writes for programs, field by field. This page is made from the models: `python -m \
grader.manual` writes it, and a test compares the two. For validators there are \
[report.schema.json](report.schema.json), of a student's report and of a run, and \
[changes.schema.json](changes.schema.json), of what a regrade changed.

- `students/<id>/report.json` holds one [StudentReport](#studentreport), all of it, for staff.
- `students/<id>/student.json` holds the same model with what the student may see; `view` says which of \
the two it is.
- `run.json` holds one [RunReport](#runreport).
- `changes.json` holds one [Changes](#changes).

Every field is always there. What a sentence below calls None is `null`; numbers that JSON can't hold are \
the texts `"NaN"`, `"Infinity"` and `"-Infinity"`. *Hostile text* may come from a student: escape it for \
wherever you put it. A program should refuse a `schema_version` that it doesn't know.
"""

FINDINGS = """\
What was found wrong, as facts: the words are made from them when a report is shown. A finding is one of \
these, told by its `code`; [Findings](findings.md) says what each code means. All of them have:
"""

NAN = {"enum": ["NaN", "Infinity", "-Infinity"], "type": "string"}
WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "null": "None",
}


def schema_page() -> str:
    """The page, in Markdown."""
    changes = changes_schema()
    models: dict[str, Schema] = changes.pop("$defs") | report_schema()["$defs"]
    models[Changes.__name__] = changes
    findings = {name: model for name, model in models.items() if _code(model)}
    words = {name for name, model in models.items() if "enum" in model}
    told = findings.keys() | words
    parts = [INTRODUCTION]
    for heading, root in (
        ("A student's report", StudentReport.__name__),
        ("A run", RunReport.__name__),
        ("What a regrade changed", Changes.__name__),
    ):
        mine = list(_reached([root], models, told))
        told |= set(mine)
        parts += [f"## {heading}\n", *(_section(name, models[name]) for name in mine)]
    parts += [f"## Findings\n\n{FINDINGS}", *_findings(findings)]
    rest = list(_reached(findings, models, told - findings.keys()))[len(findings) :]
    parts += ["## Parts of findings\n", *(_section(name, models[name]) for name in rest)]
    parts += ["## Words\n", *(_words(name, models[name]) for name in sorted(words))]
    return "\n".join(parts)


def _code(model: Schema) -> str:
    """The code of a finding's model, or nothing if it is another one."""
    return str(model.get("properties", {}).get("code", {}).get("const", ""))


def _reached(roots: Iterable[str], models: dict[str, Schema], known: Iterable[str]) -> Iterator[str]:
    """The models that the first ones are made of, nearest first, without those that are known."""
    waiting, seen = list(roots), {*known}
    for name in waiting:  # it grows while it is read
        if name not in seen:
            seen.add(name)
            yield name
            waiting += _named(models[name])


def _named(schema: Any) -> Iterator[str]:
    """The models that a schema names."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for part in schema.values():
            yield from _named(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _named(part)


def _section(name: str, model: Schema) -> str:
    return f"### {name}\n\n{sentence(model['description'])}\n\n{_fields(model['properties'])}"


def _findings(findings: dict[str, Schema]) -> Iterator[str]:
    first, *others = [model["properties"] for model in findings.values()]
    shared = {
        field: what
        for field, what in first.items()
        if all(each.get(field, {}).get("description") == what.get("description") for each in others)
    }
    shared.pop("code")
    yield _fields(shared)
    for name, model in sorted(findings.items(), key=lambda each: _code(each[1])):
        code = _code(model)
        own = {field: what for field, what in model["properties"].items() if field not in {*shared, "code"}}
        yield f"### {name}\n\n[`{code}`](findings.md#{code}): {sentence(model['description'])}\n"
        if own:
            yield _fields(own)


def _words(name: str, model: Schema) -> str:
    return f"### {name}\n\n{sentence(model['description'])} One of {_values(model['enum'])}.\n"


def _fields(fields: dict[str, Schema]) -> str:
    return "".join(
        f"- `{name}` ({_type(what)}){_said(what.get('description', ''))}\n" for name, what in fields.items()
    )


def _said(description: str) -> str:
    return f": {sentence(description)}" if description else ""


def _type(schema: Schema) -> str:
    """A type in words, with links to the models that it names."""
    if "discriminator" in schema:  # only findings are told from each other by a field
        return "[a finding](#findings)"
    if options := schema.get("anyOf"):
        return " or ".join(_type(option) for option in options if option != NAN)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{anchor(name)})"
    if "const" in schema:
        return f"always {_values([schema['const']])}"
    if "enum" in schema:
        return _values(schema["enum"])
    if schema["type"] == "array":
        return _list(schema)
    return WORDS[schema["type"]]


def _list(schema: Schema) -> str:
    if places := schema.get("prefixItems"):
        return f"a list of {len(places)}: {', '.join(_type(place) for place in places)}"
    return f"a list, each {_type(schema['items'])}"


def _values(values: Sequence[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)
