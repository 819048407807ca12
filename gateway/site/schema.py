"""The JSON Schema of ``site.yaml``, made from the models: editors complete and check against it while one types."""

import json

from gateway.site.description import Site
from gateway.site.layout import FIRMWARE_CONFIGS

SCHEMA_FILE = FIRMWARE_CONFIGS / "schema" / "site.schema.json"


def site_schema_text() -> str:
    """Give the schema as the published file holds it. That ids are defined where they are named, it cannot say."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Site.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
