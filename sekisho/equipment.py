"""Checks a site's equipment files: by the controller's own models, and against the doors and readers of each box."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema

from gateway.site.description import Site
from gateway.site.equipment import FOLDER, EquipmentTexts, place_equipment
from gateway.site.source import Problem, SiteError
from readers.cabinets.open import find_misfits
from readers.equipment import Equipment
from readers.setting_paths import ELSEWHERE

_ANY_STATE = Path("/state")


def check_equipment(site_file: Path, site: Site, texts: EquipmentTexts) -> None:
    """Hold every equipment file of a site to what its box can have.

    Raises:
        SiteError: naming the file and each setting that is wrong, with what was expected.
    """
    for device, text in texts.items():
        path = site_file.parent / FOLDER / f"{device}.toml"
        try:
            data = tomllib.loads(place_equipment(text, _ANY_STATE))
            equipment = Equipment.model_validate(data, context={"folder": _ANY_STATE, ELSEWHERE: True})
        except tomllib.TOMLDecodeError as error:
            raise SiteError(path, (Problem("", 0, f"TOMLとして読めません / not TOML: {error}"),)) from None
        except ValidationError as error:
            raise SiteError(path, tuple(_explain(error))) from None
        if problems := tuple(_strange(site, device, equipment)):
            raise SiteError(path, problems)


def equipment_schema() -> dict[str, str]:
    """Give the JSON Schema that editors complete equipment files with, by its file's name."""
    schema = {"$schema": GenerateJsonSchema.schema_dialect, **Equipment.model_json_schema()}
    return {"equipment.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"}


def _explain(error: ValidationError) -> Iterator[Problem]:
    for fault in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in fault["loc"])
        yield Problem(where, 0, fault["msg"].removeprefix("Value error, "))


def _strange(site: Site, device: str, equipment: Equipment) -> Iterator[Problem]:
    doors = {door.id for door in site.doors_of(device)}
    cabinets = {cabinet.id: cabinet.positions for cabinet in site.cabinets_of(device)}
    points = {reader.access_point for reader in site.readers_of(device)} | cabinets.keys()
    named = [(f"locks.{door}", door, doors) for door in equipment.locks]
    named += [(f"inputs.{each.id}.doors", door, doors) for each in equipment.inputs for door in each.doors]
    named += [(f"kiosk.points.{each}", each, points) for each in (equipment.kiosk.points if equipment.kiosk else ())]
    for where, expected in find_misfits(cabinets, equipment.cabinet_wiring):
        yield Problem(where, 0, f"この装置の鍵箱に合いません / {expected}")
    for where, name, known in named:
        if name not in known:
            expected = ", ".join(sorted(known)) or "-"
            yield Problem(
                where, 0, f"{name!r} はこの装置にありません: {expected} / not of this device; one of: {expected}"
            )
