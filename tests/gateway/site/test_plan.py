"""The plan of a changed description: things, and what needs hands at a box."""

import json
from typing import Any

import pytest

from domain.access.reach import ReachChange
from gateway.site.description import Site, load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.plan import Hands, SitePlan, plan_site, read_plan, write_plan

DEMO = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
NOTHING = ReachChange(10, 0, 0, ())


def changed(section: str, thing_id: str, **fields: Any) -> Site:
    """Give the demo with some fields of one thing changed."""
    content = json.loads(DEMO.model_dump_json(by_alias=True, exclude_defaults=True))
    thing = next(thing for thing in content[section] if thing["id"] == thing_id)
    thing.update(fields)
    return Site.model_validate_json(json.dumps(content))


def plan(after: Site) -> SitePlan:
    return plan_site(DEMO, after, NOTHING)


def test_nothing_changes() -> None:
    assert plan(DEMO).is_empty
    assert plan(DEMO).hands == ()


@pytest.mark.parametrize(
    ("section", "thing_id", "fields", "field", "device"),
    [
        ("doors", "main", {"release_seconds": 6}, "release_seconds", "west-1"),
        ("doors", "main", {"interlock": "lobby"}, "interlock", "west-1"),
        ("doors", "main", {"first_card": False}, "first_card", None),
        ("readers", "server_in", {"path": "other.sock"}, "path", "north-1"),
        ("readers", "server_in", {"name": "別の名"}, "name", None),
        ("access_points", "west_in", {"egress": True}, "egress", "north-1"),
        ("access_points", "west_in", {"minimum_assurance": 2}, "minimum_assurance", None),
        ("areas", "hall", {"offline_minutes_max": 60}, "offline_minutes_max", None),
        ("devices", "east-1", {"name": "東"}, "name", None),
        ("levels", "it", {"points": {"server_in": "always"}}, "points.server_in", None),
    ],
)
def test_a_changed_field_is_told_and_whose_box_needs_hands(
    section: str, thing_id: str, fields: dict[str, Any], field: str, device: str | None
) -> None:
    found = plan(changed(section, thing_id, **fields))
    [thing] = found.things
    assert (thing.section, thing.id, thing.kind) == (section, thing_id, "changed")
    assert field in [change.field for change in thing.fields]
    assert [hands.device for hands in found.hands] == ([] if device is None else [device])


def test_boxes_that_come_and_go() -> None:
    content = json.loads(DEMO.model_dump_json(by_alias=True, exclude_defaults=True))
    content["devices"] = [each for each in content["devices"] if each["id"] != "north-1"]
    content["devices"].append({"id": "south-1", "name": "南", "name_en": "South"})
    content["readers"] = [
        each | ({"device": "south-1"} if each["device"] == "north-1" else {}) for each in content["readers"]
    ]
    content["cabinets"] = [each | {"device": "south-1"} for each in content["cabinets"]]
    del content["rollout"]
    found = plan(Site.model_validate_json(json.dumps(content)))
    assert {(thing.section, thing.id): thing.kind for thing in found.things if thing.section == "devices"} == {
        ("devices", "north-1"): "removed",
        ("devices", "south-1"): "added",
    }
    assert found.hands == (Hands("north-1", "remove"), Hands("south-1", "install"))


def test_a_plan_is_kept_and_read_back() -> None:
    found = plan(changed("doors", "main", release_seconds=6))
    assert read_plan(write_plan(found)) == found
    assert read_plan("") is None
