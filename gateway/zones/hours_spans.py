"""What holds for a whole tier or the whole site: a tier's hours for the days to come, and the threat level."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta

from domain.access.policy import ALWAYS
from domain.access.threat import ThreatLevel
from domain.civil import MINUTES_PER_DAY, civil_minute, instant
from domain.zones.facts import Threat
from domain.zones.situation import Span
from gateway.site.description import Site
from gateway.site.schedules import SpecialDays, expand_schedule, special_days_of
from gateway.site.tiers import TierDescription
from store.calendar import list_calendar
from store.threats import load_latest_threat
from store.tx import Tx

DAYS_BEFORE, DAYS_AHEAD = 1, 3
"""Hours are known for today, so many days more, and those of the evening before that reach into today."""

Threats = tuple[tuple[Threat, Span], ...]


def load_hours(tx: Tx, site: Site) -> dict[str, tuple[Span, ...]]:
    """Give the hours of each tier around ``tx.now``, those of several rows of one tier each on its own days."""
    if not site.tiers:
        return {}
    today = civil_minute(tx.now)[0]
    days = (today - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AHEAD))
    special_days = special_days_of(site, _holidays(tx, days))
    found: dict[str, tuple[Span, ...]] = {}
    for tier in site.tiers:
        found[tier.id] = (*found.get(tier.id, ()), *_hours(site, tier, special_days, days))
    return found


def load_threats(tx: Tx) -> Threats:
    """Give the level that was declared last, until when it holds, and what follows it."""
    latest = load_latest_threat(tx)
    if latest is None:
        return ((Threat.normal, Span()),)
    declared = latest.declaration
    if declared.level is ThreatLevel.normal or declared.until is None:
        return ((Threat(declared.level.value), Span()),)
    return (Threat(declared.level.value), Span(None, declared.until)), (Threat.normal, Span(declared.until, None))


def _holidays(tx: Tx, days: tuple[date, date]) -> Collection[date]:
    return frozenset(each.day_on for each in list_calendar(tx, *days))


def _hours(site: Site, tier: TierDescription, special_days: SpecialDays, days: tuple[date, date]) -> Iterator[Span]:
    force = Span(
        None if tier.valid_from is None else instant(tier.valid_from, 0),
        None if tier.valid_until is None else instant(tier.valid_until, MINUTES_PER_DAY),
    )
    if tier.hours == ALWAYS:
        yield force
        return
    schedule = next((each for each in site.schedules if each.id == tier.hours), None)
    if schedule is None:
        return
    length = (days[1] - days[0]).days + 1
    expanded = expand_schedule(schedule, special_days, first_on=days[0], days=length)
    for opens_at, closes_at in zip(expanded.opens_at, expanded.closes_at, strict=True):
        begins_at = opens_at if force.from_at is None else max(opens_at, force.from_at)
        ends_at = closes_at if force.until_at is None else min(closes_at, force.until_at)
        if begins_at < ends_at:
            yield Span(begins_at, ends_at)


def presence_times(site: Site, at: datetime) -> Mapping[str, timedelta]:
    """Give for how long a presence counts in each tier that is in force."""
    on = civil_minute(at)[0]
    plan = site.tier_plan
    found = ((each.id, plan.find(each.id, on)) for each in plan.tiers)
    return {tier_id: timedelta(minutes=tier.presence_minutes) for tier_id, tier in found if tier is not None}
