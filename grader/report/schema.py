"""The JSON Schemas of reports and of what a regrade changed, made from the models.

`python -m grader.report.schema` writes them to `docs/` (with a PATH only that
of reports, and there); a test compares those files with the models. They
describe what is written, so every field is required, and numbers that JSON
cannot hold (NaN and infinities) are the strings that the models write for them.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from grader.report.changes import Changes
from grader.report.files import write_whole
from grader.report.model import RunReport, StudentReport

COMMITTED = Path("docs/report.schema.json")
"""Where the schema of reports is kept, from the root of the repository."""

COMMITTED_CHANGES = Path("docs/changes.schema.json")
"""Where the schema of what a regrade changed is kept, likewise."""


class _Schema(GenerateJsonSchema):
    """JSON Schema of models that write every field, and NaN and infinities as strings."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return True

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        number = super().float_schema(schema)
        if schema.get("allow_inf_nan") is False:
            return number
        return {"anyOf": [number, {"enum": ["NaN", "Infinity", "-Infinity"], "type": "string"}]}


def report_schema() -> dict[str, Any]:
    """The schema of `report.json` and `run.json`: either report, all parts under `$defs`."""
    references, schema = models_json_schema(
        [(StudentReport, "serialization"), (RunReport, "serialization")], schema_generator=_Schema
    )
    return {
        "$schema": _Schema.schema_dialect,
        "title": "A student's report (report.json) or a run's (run.json)",
        "anyOf": list(references.values()),
        **schema,
    }


def changes_schema() -> dict[str, Any]:
    """The schema of `changes.json`."""
    return {
        "$schema": _Schema.schema_dialect,
        **Changes.model_json_schema(mode="serialization", schema_generator=_Schema),
        "title": "What a run of grade changed (changes.json)",
    }


def as_text(schema: dict[str, Any] | None = None) -> str:
    """A schema as its committed file has it; that of reports if none is given."""
    return json.dumps(schema or report_schema(), indent=1, sort_keys=True) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Write the schema of reports to the path in `arguments`, or both schemas to where they are kept."""
    write_whole(Path(arguments[0]) if arguments else COMMITTED, as_text().encode("utf-8"))
    if not arguments:
        write_whole(COMMITTED_CHANGES, as_text(changes_schema()).encode("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
