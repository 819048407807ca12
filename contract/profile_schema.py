"""The JSON Schemas that editors complete a city's profile and its kinds of leave with."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from contract.leave_kind_file import LeaveKindFile
from contract.profile_file import ProfileFile


def profile_schema() -> dict[str, str]:
    """Give each schema's text by its file's name. That a day's plan can be read, a schema cannot say."""
    schema = ProfileFile.model_json_schema()
    definitions, fields = schema["$defs"], schema["properties"]
    for name, field in fields.items():
        if "$ref" in field:
            fields[name] = {**definitions[field["$ref"].removeprefix("#/$defs/")], "title": name}
    schema["$defs"] = {name: each for name, each in definitions.items() if not name.startswith("Clause")}
    return {
        "attendance_profile.schema.json": _text(schema),
        "leave_kinds.schema.json": _text(LeaveKindFile.model_json_schema()),
    }


def _text(schema: dict[str, Any]) -> str:
    whole = {"$schema": GenerateJsonSchema.schema_dialect, **schema}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
