"""A plan of tiers: what would join two tiers into one, or shut everybody out, is named before it is kept."""

from dataclasses import replace

from domain.ids import AreaId
from domain.zones.check_plan import check_plan
from domain.zones.tier import FailurePolicy, Silence, Tier, TierId, TierPlace
from domain.zones.zone_fault import ZoneFault, ZoneWhy
from domain.zones.zone_words import describe_zone_fault
from tests.domain.zones.cases import PLAN, TODAY

ONE, OTHER = PLAN.tiers


def found(*tiers: Tier) -> set[tuple[str, ZoneWhy]]:
    faults = check_plan(replace(PLAN, tiers=tiers))
    for fault in faults:
        assert all(describe_zone_fault(fault))
    return {(fault.field, fault.why) for fault in faults}


def test_a_good_plan_has_no_faults() -> None:
    assert check_plan(PLAN) == ()


def test_two_tiers_never_share_a_network() -> None:
    assert found(ONE, replace(OTHER, vlan=ONE.vlan)) == {
        ("mynum.vlan", ZoneWhy.shared_vlan),
        ("lgwan.vlan", ZoneWhy.shared_vlan),
    }
    assert found(ONE, replace(OTHER, quarantine_vlan=ONE.vlan)) == {("lgwan.quarantine_vlan", ZoneWhy.shared_vlan)}
    assert found(ONE, replace(OTHER, quarantine_vlan=OTHER.vlan)) == {("lgwan.quarantine_vlan", ZoneWhy.shared_vlan)}


def test_what_is_over_stands_in_nobodys_way() -> None:
    former = replace(OTHER, valid_until=TODAY.replace(month=3))
    later = replace(OTHER, valid_from=TODAY.replace(month=4), vlan=21)
    assert found(ONE, former, later) == set()


def test_each_tier_by_itself() -> None:
    bad = replace(OTHER, vlan=4095, quarantine_vlan=0, methods=frozenset(), failure=FailurePolicy(Silence.snapshot))
    assert found(ONE, bad) == {
        ("lgwan.vlan", ZoneWhy.bad_vlan),
        ("lgwan.quarantine_vlan", ZoneWhy.bad_vlan),
        ("lgwan.methods", ZoneWhy.no_methods),
        ("lgwan.failure", ZoneWhy.no_age),
    }
    assert found(ONE, OTHER, replace(OTHER, vlan=21)) >= {("lgwan.id", ZoneWhy.taken)}


def test_a_place_of_no_tier_is_named() -> None:
    plan = replace(PLAN, places=(*PLAN.places, TierPlace(TierId("wan"), AreaId("main"))))
    assert check_plan(plan) == (ZoneFault("wan.places", ZoneWhy.unknown_tier, {"found": "wan"}),)
