"""The network tiers of a site's file: days of force, VLANs, places, and what each decision is given of them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.access.reach import ReachChange
from domain.ids import AreaId
from domain.zones.tier import FailurePolicy, Method, Silence, TierId, TierPlace
from gateway.site.description import Site, SiteError, load_site, parse_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.plan import plan_site
from gateway.site.source import read_source

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
TODAY = date(2026, 11, 23)
LGWAN = {"id": "lgwan", "name": "LGWAN接続系", "name_en": "LGWAN", "vlan": 20, "quarantine_vlan": 29}
NEXT = LGWAN | {"vlan": 21, "valid_from": "2027-04-01"}
NOBODY = ReachChange(0, 0, 0, ())


def demo(*tiers: dict[str, Any], **others: Any) -> Site:
    content = json.loads(read_source(DEMO).as_json())
    return parse_site(json.dumps(content | {"tiers": tiers, "exports": ()} | others), Path("site.yaml"))


def test_the_demo_has_three_tiers_that_fail_each_in_its_own_way() -> None:
    plan = load_site(DEMO).tier_plan
    assert {tier.id: tier.failure for tier in plan.tiers} == {
        "mynumber": FailurePolicy(Silence.reject),
        "lgwan": FailurePolicy(Silence.silent),
        "internet": FailurePolicy(Silence.snapshot, 60),
    }
    mynumber = plan.find("mynumber", TODAY)
    assert mynumber is not None
    assert (mynumber.vlan, mynumber.quarantine_vlan, mynumber.methods) == (10, None, frozenset({Method.eap_tls}))
    assert [tier for tier in ("mynumber", "lgwan", "internet") if plan.is_place(tier, ["hall"], TODAY)] == ["internet"]


def test_a_tier_as_decisions_know_it() -> None:
    place = {"area": "office", "valid_from": "2026-04-01", "valid_until": "2027-03-31"}
    site = demo(LGWAN | {"places": [place], "trainings": ["basics"], "presence_minutes": 30})
    (tier,) = site.tier_plan.tiers
    assert (tier.id, tier.vlan, tier.quarantine_vlan, tier.presence_minutes) == ("lgwan", 20, 29, 30)
    assert (tier.trainings, tier.failure) == (frozenset({"basics"}), FailurePolicy(Silence.reject))
    first, last = date(2026, 4, 1), date(2027, 3, 31)
    assert site.tier_plan.places == (TierPlace(TierId("lgwan"), AreaId("office"), first, last),)


def test_a_tier_gives_way_to_its_next_row() -> None:
    plan = demo(LGWAN | {"valid_until": "2027-03-31"}, NEXT).tier_plan
    found = [plan.find("lgwan", on) for on in (date(2027, 3, 31), date(2027, 4, 1))]
    assert [tier and tier.vlan for tier in found] == [20, 21]


def test_a_plan_is_derived_once_and_anew_for_a_changed_copy() -> None:
    site = demo(LGWAN)
    assert site.tier_plan is site.tier_plan
    copied = site.model_copy(update={"tiers": ()})
    assert copied.tier_plan.tiers == ()
    assert site.tier_plan.tiers != ()


OTHER = {"id": "internet", "name": "インターネット接続系", "name_en": "Internet", "vlan": 30}
WRONG: dict[str, tuple[tuple[dict[str, Any], ...], set[str]]] = {
    "two rows on the same days": ((LGWAN, NEXT), {"tiers[0].id", "tiers[1].id"}),
    "one VLAN for two": ((LGWAN, OTHER | {"vlan": 20}), {"tiers[0].vlan", "tiers[1].vlan"}),
    "waiting in another's VLAN": ((LGWAN, OTHER | {"quarantine_vlan": 20}), {"tiers[1].quarantine_vlan"}),
    "VLAN of none": ((OTHER | {"vlan": 4095},), {"tiers[0].vlan"}),
    "no method": ((OTHER | {"methods": []},), {"tiers[0].methods"}),
    "unknown method": ((OTHER | {"methods": ["peap"]},), {"tiers[0].methods", "tiers[0].methods[0]"}),
    "snapshot without an age": ((OTHER | {"failure": {"silence": "snapshot"}},), {"tiers[0].failure"}),
    "age without a snapshot": ((OTHER | {"failure": {"age_minutes_max": 5}},), {"tiers[0].failure"}),
    "no such area": ((OTHER | {"places": [{"area": "moon"}]},), {"tiers[0].places[0].area"}),
    "no such hours": ((OTHER | {"hours": "never"},), {"tiers[0].hours"}),
    "over before it begins": (
        (OTHER | {"valid_from": "2027-04-01", "valid_until": "2027-03-31"},),
        {"tiers[0].valid_until"},
    ),
    "a place on no day of its tier": (
        (OTHER | {"valid_from": "2027-04-01", "places": [{"area": "office", "valid_until": "2027-03-31"}]},),
        {"tiers[0].places[0].valid_from"},
    ),
    "misspelt": ((OTHER | {"vlna": 3},), {"tiers[0].vlna"}),
}


@pytest.mark.parametrize(("tiers", "fields"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_named(tmp_path: Path, tiers: tuple[dict[str, Any], ...], fields: set[str]) -> None:
    path = tmp_path / "site.yaml"
    content = json.loads(read_source(DEMO).as_json()) | {"tiers": list(tiers), "exports": []}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(SiteError) as error:
        load_site(path)
    assert {problem.field for problem in error.value.problems} == fields
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all(lines.index("tiers:") < problem.line <= len(lines) for problem in error.value.problems)
    assert all(" / " in problem.expected for problem in error.value.problems)


def test_each_row_is_told_of_by_its_own_line() -> None:
    with pytest.raises(SiteError) as error:
        demo(LGWAN | {"valid_until": "2027-03-31"}, NEXT, OTHER | {"vlan": 21})
    assert [problem.field for problem in error.value.problems] == ["tiers[1].vlan", "tiers[2].vlan"]


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ({"finds_by": []}, "switch_models[0].finds_by"),
        ({"bounces": "often"}, "switch_models[0].bounces"),
        ({"port": 0}, "switch_models[0].port"),
        ({"id": "other"}, "radius_clients[0].model"),
    ],
    ids=["nothing to find by", "no truth", "no port", "a client's model is none"],
)
def test_a_model_of_switches_that_is_wrong(model: dict[str, Any], field: str) -> None:
    client = {"id": "core", "name": "基幹", "address": "192.0.2.1", "model": "m"}
    with pytest.raises(SiteError) as error:
        demo(switch_models=[{"id": "m", "name": "機種"} | model], radius_clients=[client])
    assert {problem.field for problem in error.value.problems} == {field}


def test_a_plan_of_changes_names_tiers_and_models() -> None:
    former = demo(LGWAN, radius_clients=[], switch_models=[])
    later = demo(
        LGWAN | {"valid_until": "2027-03-31"}, NEXT, radius_clients=[], switch_models=[{"id": "m", "name": "機種"}]
    )
    told = [(thing.section, thing.id, thing.kind) for thing in plan_site(former, later, NOBODY).things]
    assert told == [
        ("switch_models", "m", "added"),
        ("tiers", "lgwan", "changed"),
        ("tiers", "lgwan 2027-04-01", "added"),
    ]
    assert plan_site(later, later, NOBODY).is_empty
    (thing,) = plan_site(demo(LGWAN), demo(LGWAN | {"places": [{"area": "office"}]}), NOBODY).things
    assert [(each.field, each.after) for each in thing.fields] == [("places[0].area", "office")]
