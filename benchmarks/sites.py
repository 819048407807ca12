"""Sites for the benchmarks: doors between an outside and a hall, a simulated reader at every door."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.site.description import Site


def describe_doors(name: str, name_en: str, doors: Mapping[str, str], levels: Mapping[str, Iterable[str]]) -> Site:
    """Give a site of ``doors`` (door → its box), each with one access point of its own id, and ``levels`` of them."""
    return Site.model_validate(
        {
            "name": name,
            "name_en": name_en,
            "areas": [_named(area) | {"offline_minutes_max": 60} for area in ("outside", "hall")],
            "doors": [_named(door) | {"release_seconds": 3} for door in doors],
            "access_points": [
                _named(door) | {"door": door, "area_from": "outside", "area_to": "hall"} for door in doors
            ],
            "devices": [_named(box) for box in dict.fromkeys(doors.values())],
            "readers": [
                {"id": door, "name": door, "device": box, "access_point": door, "driver": "simulated", "path": "r.sock"}
                for door, box in doors.items()
            ],
            "levels": [
                {"id": level, "name": level, "points": dict.fromkeys(held, "always")} for level, held in levels.items()
            ],
        }
    )


def _named(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "name_en": name}
