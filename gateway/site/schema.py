"""JSON Schemas of ``site.yaml`` and of the options beside it: editors complete and check while one types."""

import json
from collections.abc import Mapping

from pydantic import BaseModel

from gateway.site.description import Site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions

SCHEMA_FOLDER = FIRMWARE_CONFIGS / "schema"


def site_schemas() -> Mapping[str, str]:
    """Give the published files: text by name. That ids are defined where they are named, a schema cannot say."""
    models: dict[str, type[BaseModel]] = {"site.schema.json": Site, "options.schema.json": RenderOptions}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {
        name: json.dumps(dialect | model.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
        for name, model in models.items()
    }
