"""The JSON Schema that editors complete a city's profile with."""

import json

from pydantic.json_schema import GenerateJsonSchema

from contract.profile_file import ProfileFile


def profile_schema() -> dict[str, str]:
    """Give the schema's text by its file's name. That a day's plan can be read, a schema cannot say."""
    schema = ProfileFile.model_json_schema()
    definitions, fields = schema["$defs"], schema["properties"]
    for name, field in fields.items():
        if "$ref" in field:
            fields[name] = {**definitions[field["$ref"].removeprefix("#/$defs/")], "title": name}
    schema["$defs"] = {name: each for name, each in definitions.items() if not name.startswith("Clause")}
    text = json.dumps({"$schema": GenerateJsonSchema.schema_dialect, **schema}, indent=2, ensure_ascii=False)
    return {"attendance_profile.schema.json": text + "\n"}
