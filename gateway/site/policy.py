"""From the site's files and the centre's people to a policy snapshot: schedules become windows, bounds become one.

Pure: the same inputs give the same snapshot.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.access.policy import AccessPoint, Area, Credential, Level, PolicySnapshot, Schedule
from domain.civil import instant
from domain.ids import AccessPointId, AreaId, DoorId, LevelId, ScheduleId
from gateway.site.description import AccessPointDescription, ScheduleDescription, Site
from store.policies import CardFacts, PolicyInputs


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
    granted = {
        person: tuple(level for level in ids if level in levels) for person, ids in inputs.levels.items()
    }  # one tuple a person: equal sets stay one object for all his cards
    return PolicySnapshot(
        version,
        issued_at,
        areas={
            AreaId(area.id): Area(AreaId(area.id), area.offline_age_max, area.on_journal_failure) for area in site.areas
        },
        points={AccessPointId(point.id): _point(point) for point in site.access_points},
        schedules={
            ScheduleId(schedule.id): expand_schedule(schedule, inputs.holidays, first_on=first_on, days=days)
            for schedule in site.schedules
        },
        levels={
            level_id: Level(level_id, {AccessPointId(point): ScheduleId(held) for point, held in level.points.items()})
            for level_id, level in levels.items()
        },
        credentials={card.token: _credential(card, granted.get(card.person_id, ())) for card in inputs.cards},
    )


def list_undefined_levels(site: Site, inputs: PolicyInputs) -> list[LevelId]:
    """Give the levels that people were granted and the site does not define: grants that open nothing."""
    granted = {level for levels in inputs.levels.values() for level in levels}
    return sorted(granted - {level.id for level in site.levels})


def expand_schedule(schedule: ScheduleDescription, holidays: frozenset[date], *, first_on: date, days: int) -> Schedule:
    """Expand weekly hours into windows; those that touch or overlap (24:00 to 00:00) become one."""
    opens_at: list[datetime] = []
    closes_at: list[datetime] = []
    for on in _days_held(schedule, holidays, first_on - timedelta(days=1), days + 1):
        opens, closes = instant(on, schedule.opens_minute), instant(on, schedule.closes_minute)
        if closes_at and opens <= closes_at[-1]:
            closes_at[-1] = max(closes, closes_at[-1])
        else:
            opens_at.append(opens)
            closes_at.append(closes)
    return Schedule(ScheduleId(schedule.id), tuple(opens_at), tuple(closes_at))


def _days_held(schedule: ScheduleDescription, holidays: frozenset[date], first_on: date, days: int) -> Iterator[date]:
    weekdays = {day.number for day in schedule.days}
    for offset in range(days):
        on = first_on + timedelta(days=offset)
        if on.weekday() in weekdays and not (schedule.except_holidays and on in holidays):
            yield on


def _point(point: AccessPointDescription) -> AccessPoint:
    return AccessPoint(
        AccessPointId(point.id),
        DoorId(point.door),
        AreaId(point.area_from),
        AreaId(point.area_to),
        point.minimum_assurance,
        point.egress,
        point.attendance,
    )


def _credential(card: CardFacts, levels: tuple[LevelId, ...]) -> Credential:
    """A card is valid while both its own bounds and its holder's employment hold; the last day counts in full."""
    from_joining = None if card.joined_on is None else instant(card.joined_on, 0)
    until_leaving = None if card.left_on is None else instant(card.left_on + timedelta(days=1), 0)
    return Credential(
        card.person_id,
        levels,
        card.status,
        max((at for at in (card.valid_from, from_joining) if at is not None), default=None),
        min((at for at in (card.valid_until, until_leaving) if at is not None), default=None),
    )
