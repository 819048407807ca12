"""What a site's file says of threat levels, and what the policy takes from it."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from domain.access.reach import ReachChange
from domain.access.threat import ThreatLevel
from domain.ids import DoorId, LevelId
from gateway.site.description import Site, SiteError, parse_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.plan import plan_site
from gateway.site.policy import derive_policy
from gateway.site.source import read_source
from store.rights import PolicyInputs

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


def demo(level: dict[str, object] | None = None, **sections: object) -> Site:
    content = json.loads(read_source(DEMO).as_json())
    if level is not None:
        content["levels"] = [
            *content["levels"],
            {"id": "opener", "name": "開設", "points": {"main_in": "always"}} | level,
        ]
    return parse_site(json.dumps(content | sections), Path("site.yaml"))


def test_the_policy_holds_openers_and_the_doors_of_a_shelter() -> None:
    site = demo({"declares": "shelter", "minutes": 90}, shelter_doors=["main"], threats={"two_person": ["lockdown"]})
    issued_at = datetime.fromisoformat("2026-11-24T03:00:00Z")
    inputs = PolicyInputs((), {}, frozenset())
    policy = derive_policy(site, inputs, version=1, issued_at=issued_at, first_on=date(2026, 11, 23), days=7)
    assert policy.levels[LevelId("opener")].declares_shelter == timedelta(minutes=90)
    assert policy.shelter_doors == {DoorId("main")}
    assert site.threats.two_person == (ThreatLevel.lockdown,)


@pytest.mark.parametrize(
    ("level", "sections", "field"),
    [
        ({"declares": "shelter"}, {}, "levels[{last}].minutes"),
        ({"minutes": 5}, {}, "levels[{last}].declares"),
        ({"declares": "shelter", "minutes": 72 * 60 + 1}, {}, "levels[{last}].minutes"),
        ({"declares": "lockdown", "minutes": 5}, {}, "levels[{last}].declares"),
        (None, {"shelter_doors": ["nowhere"]}, "shelter_doors[0]"),
        (None, {"threats": {"two_person": ["normal"]}}, "threats.two_person"),
    ],
)
def test_wrong_ones_are_named(level: dict[str, object] | None, sections: dict[str, object], field: str) -> None:
    last = len(demo().levels)
    with pytest.raises(SiteError) as error:
        demo(level, **sections)
    assert [problem.field for problem in error.value.problems] == [field.format(last=last)]


def test_a_plan_names_what_changes_about_threats() -> None:
    after = demo(shelter_doors=["main"], threats={"two_person": ["lockdown"]})
    [thing] = plan_site(demo(), after, ReachChange(0, 0, 0, ())).things
    assert [(field.field, field.after) for field in thing.fields] == [
        ("threats.two_person", "lockdown"), ("shelter_doors", "main"),
    ]  # fmt: skip
