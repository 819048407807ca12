"""On what grounds somebody is in a tier, as they stand now: where, how sure, cleared and trained until when. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil import civil_minute
from domain.zones.presence_grade import Grade, grade_presence
from domain.zones.situation import Situation
from domain.zones.tier import Tier
from domain.zones.training import assess_training


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of a person for one tier; ``area_id`` is empty where nobody knows the room.

    ``cleared_last_on`` and ``trained_last_on`` are the last days on which that holds; None: no end is foreseen, so
    ``is_cleared`` says whether there is a clearance and ``missing`` which trainings there are not.
    """

    area_id: str
    seen_at: datetime | None
    grade: Grade
    is_cleared: bool
    cleared_last_on: date | None
    missing: frozenset[str]
    trained_last_on: date | None


def derive_grounds(tier: Tier, of: Situation, now: datetime) -> Grounds:
    """Give the grounds of a situation at an instant."""
    where = of.whereabouts
    grade, seen_at = grade_presence(where.sightings, since=now - timedelta(minutes=tier.presence_minutes))
    last_at = max((each.at for each in where.sightings), default=None)
    person = of.person
    spans = [span for tier_id, span in (person.clearances if person else ()) if tier_id == tier.id]
    held = [span for span in spans if span.holds_at(now)]
    ends = [span.until_at for span in held if span.until_at is not None]
    asked = [each for each in of.trainings if each.id in tier.trainings]
    standing = assess_training(asked, person.attended if person else (), now)
    return Grounds(
        area_id=where.areas[0] if where.areas else "",
        seen_at=seen_at or last_at,
        grade=grade,
        is_cleared=bool(held),
        cleared_last_on=last_day(max(ends)) if held and len(ends) == len(held) else None,
        missing=standing.missing | (tier.trainings - {each.id for each in asked}),
        trained_last_on=last_day(standing.ends_at),
    )


def last_day(until_at: datetime | None) -> date | None:
    """Give the last day of what holds until an instant."""
    return None if until_at is None else civil_minute(until_at - timedelta(minutes=1))[0]


def list_tiers(tiers: tuple[Tier, ...], now: datetime) -> list[Tier]:
    """Give the tiers that are in force, in the order of the site's description."""
    on = civil_minute(now)[0]
    return [each for each in tiers if (each.valid_from or on) <= on <= (each.valid_until or on)]
