"""Everything that is wrong with a plan of tiers, before any switch is told of it."""

from collections.abc import Iterable

from domain.validity import share_days
from domain.zones.tier import VLAN_MAX, VLAN_MIN, Silence, Tier, TierPlan
from domain.zones.zone_fault import ZoneFault, ZoneWhy


def check_plan(plan: TierPlan) -> tuple[ZoneFault, ...]:
    """Give every fault; fields are ``tier.field``."""
    faults = [fault for tier in plan.tiers for fault in check_tier(tier, plan.tiers)]
    known = {tier.id for tier in plan.tiers}
    strange = sorted({place.tier_id for place in plan.places} - known)
    return (*faults, *(ZoneFault(f"{each}.places", ZoneWhy.unknown_tier, {"found": each}) for each in strange))


def check_tier(tier: Tier, tiers: Iterable[Tier]) -> Iterable[ZoneFault]:
    """Yield the faults of one tier (fields are ``tier.field``) among all ``tiers``, of which it is one."""
    others = [each for each in tiers if each is not tier and share_days(each, tier)]
    if any(each.id == tier.id for each in others):
        yield ZoneFault(f"{tier.id}.id", ZoneWhy.taken, {"code": tier.id})
    for name, vlan in (("vlan", tier.vlan), ("quarantine_vlan", tier.quarantine_vlan)):
        if vlan is not None and not VLAN_MIN <= vlan <= VLAN_MAX:
            yield ZoneFault(f"{tier.id}.{name}", ZoneWhy.bad_vlan, {"least": VLAN_MIN, "most": VLAN_MAX})
    if any(each.vlan == tier.vlan for each in others):
        yield ZoneFault(f"{tier.id}.vlan", ZoneWhy.shared_vlan, {"vlan": tier.vlan})
    if tier.quarantine_vlan in {tier.vlan, *(each.vlan for each in others)}:
        yield ZoneFault(f"{tier.id}.quarantine_vlan", ZoneWhy.shared_vlan, {"vlan": tier.quarantine_vlan})
    if not tier.methods:
        yield ZoneFault(f"{tier.id}.methods", ZoneWhy.no_methods)
    if (tier.failure.silence is Silence.snapshot) != (tier.failure.age_minutes_max > 0):
        yield ZoneFault(f"{tier.id}.failure", ZoneWhy.no_age)
