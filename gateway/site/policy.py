"""From the site's files and the centre's people to a policy snapshot: schedules become windows, bounds become one.

Pure: the same inputs give the same snapshot.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from domain.access.policy import AccessPoint, Area, Credential, DoorHours, Level, PolicySnapshot
from domain.civil import instant
from domain.ids import AccessPointId, AreaId, DoorId, LevelId, ScheduleId
from gateway.site.description import Site
from gateway.site.places import AccessPointDescription, AreaDescription
from gateway.site.schedules import expand_schedule, special_days_of
from store.policies import CardFacts, PolicyInputs

Bounds = tuple[datetime | None, datetime | None]
"""From when (inside) until when (no longer inside); None is no bound."""


def derive_policy(
    site: Site, inputs: PolicyInputs, *, version: int, issued_at: datetime, first_on: date, days: int
) -> PolicySnapshot:
    """Give the snapshot of the site and its people.

    Args:
        site: the description; its schedules are weekly hours in JST.
        inputs: cards, grants and holidays; grants of levels that the site does not define open nothing.
        version: the snapshot's number.
        issued_at: when it is issued.
        first_on: the first JST day whose openings are expanded (and the evening before, if it reaches into it).
        days: how many days are expanded.
    """
    levels = {LevelId(level.id): level for level in site.levels}
    granted = {person: tuple(level for level in ids if level in levels) for person, ids in inputs.levels.items()}
    bounds = lru_cache(None)(_employed)  # few dates, many cards
    special_days = special_days_of(site, inputs.holidays)
    return PolicySnapshot(
        version,
        issued_at,
        areas={AreaId(area.id): _area(area) for area in site.areas},
        points={AccessPointId(point.id): _point(point) for point in site.access_points},
        schedules={
            ScheduleId(schedule.id): expand_schedule(schedule, special_days, first_on=first_on, days=days)
            for schedule in site.schedules
        },
        levels={
            level_id: Level(
                level_id,
                {AccessPointId(point): ScheduleId(held) for point, held in level.points.items()},
                level.emergency,
            )
            for level_id, level in levels.items()
        },
        credentials={
            card.token: _credential(card, granted.get(card.person_id, ()), bounds(card.joined_on, card.left_on))
            for card in inputs.cards
        },
        doors={
            DoorId(door.id): DoorHours(DoorId(door.id), ScheduleId(door.unlocked), door.first_card)
            for door in site.doors
            if door.unlocked is not None
        },
    )


def list_undefined_levels(site: Site, inputs: PolicyInputs) -> list[LevelId]:
    """Give the levels that people were granted and the site does not define: grants that open nothing."""
    granted = {level for levels in inputs.levels.values() for level in levels}
    return sorted(granted - {level.id for level in site.levels})


def _area(area: AreaDescription) -> Area:
    return Area(
        AreaId(area.id),
        area.offline_age_max,
        area.on_journal_failure,
        area.on_stale,
        area.passback,
        None if area.passback_minutes is None else timedelta(minutes=area.passback_minutes),
        area.occupancy_max,
        area.two_person,
    )


def _point(point: AccessPointDescription) -> AccessPoint:
    return AccessPoint(
        AccessPointId(point.id),
        DoorId(point.door),
        AreaId(point.area_from),
        AreaId(point.area_to),
        point.minimum_assurance,
        point.egress,
        point.attendance,
        None if point.pin is None else ScheduleId(point.pin),
    )


def _employed(joined_on: date | None, left_on: date | None) -> Bounds:
    """Give when an employment begins and ends; its last day counts in full."""
    begins_at = None if joined_on is None else instant(joined_on, 0).astimezone(UTC)
    ends_at = None if left_on is None else instant(left_on + timedelta(days=1), 0).astimezone(UTC)
    return begins_at, ends_at


def _credential(card: CardFacts, levels: tuple[LevelId, ...], employed: Bounds) -> Credential:
    """A card is valid while both its own bounds and its holder's employment hold."""
    begins_at, ends_at = employed
    if card.valid_from is not None:
        begins_at = card.valid_from if begins_at is None else max(begins_at, card.valid_from)
    if card.valid_until is not None:
        ends_at = card.valid_until if ends_at is None else min(ends_at, card.valid_until)
    return Credential(
        card.person_id,
        levels,
        card.status,
        begins_at,
        ends_at,
        card.pin,
        card.duress_pin,
        card.escorted,
        card.passback_exempt,
        card.extended,
    )
