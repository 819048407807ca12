"""The site files of the repository are right, their schemas are published, and editors find them."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contract.fee_tables import fee_table_schema
from contract.profile_schema import profile_schema
from contract.tier_rule_file import tier_rule_schema
from gateway.bookings.facility_file import facility_schema, load_facility_file
from gateway.bookings.file_rules import check_laid_down, lay_down
from gateway.site.description import load_site
from gateway.site.equipment import read_equipment
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import load_options
from gateway.site.schema import SCHEMA_FOLDER, site_schemas
from gateway.site.source import read_source
from sekisho.equipment import check_equipment, equipment_schema

SITES = sorted((FIRMWARE_CONFIGS / "sites").glob("*/site.yaml"))
ROOMS = {**facility_schema(), **fee_table_schema(), **tier_rule_schema()}
SCHEMAS = {**site_schemas(), **equipment_schema(), **profile_schema(), **ROOMS}
FACILITIES = sorted((FIRMWARE_CONFIGS / "facilities").glob("*.yaml"))
OPTIONS = sorted(set((FIRMWARE_CONFIGS / "sites").glob("*/*.yaml")) - set(SITES))


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMA_FOLDER / name).read_text(encoding="utf-8"))
    return found


def test_the_published_schemas_are_generated() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in SCHEMA_FOLDER.iterdir()}
    assert found == SCHEMAS, "sekisho config schema"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_each_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("path", SITES, ids=lambda path: path.parent.name)
def test_each_site_is_valid(path: Path) -> None:
    site = load_site(path)
    check_equipment(path, site, read_equipment(path, site))
    Draft202012Validator(schema("site.schema.json")).validate(json.loads(read_source(path).as_json()))


@pytest.mark.parametrize("path", FACILITIES, ids=lambda path: path.stem)
def test_each_facility_is_valid(path: Path) -> None:
    told, source = load_facility_file(path)
    assert check_laid_down(lay_down(told), date(2026, 11, 23)) == ()
    Draft202012Validator(schema("facility.schema.json")).validate(json.loads(source.as_json()))


@pytest.mark.parametrize("path", OPTIONS, ids=lambda path: path.name)
def test_all_options_are_valid(path: Path) -> None:
    load_options(path)
    Draft202012Validator(schema("options.schema.json")).validate(json.loads(read_source(path).as_json()))


@pytest.mark.parametrize("path", [*SITES, *OPTIONS, *FACILITIES], ids=lambda path: path.name)
def test_editors_find_the_schema(path: Path) -> None:
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", path.read_text(encoding="utf-8").splitlines()[0])
    assert named is not None
    assert (path.parent / named[1]).resolve() in SCHEMA_FOLDER.iterdir()


@pytest.mark.parametrize(
    ("section", "index", "field", "value"),
    [
        ("doors", 0, "release_seconds", "five"),
        ("doors", 0, "nmae", "x"),
        ("access_points", 0, "attendance", "sideways"),
        ("schedules", 0, "opens", "7:30"),
        ("schedules", 0, "days", []),
        ("readers", 0, "driver", "telepathy"),
        ("devices", 0, "id", "West 1"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(section: str, index: int, field: str, value: Any) -> None:
    site = json.loads(read_source(SITES[0]).as_json())
    site[section][index][field] = value
    assert not Draft202012Validator(schema("site.schema.json")).is_valid(site)
