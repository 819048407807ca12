"""From a scenario's file to the policy and the state in which its events begin.

Levels and schedules get ids of their own, for one level of a file may open one point by two schedules, and a policy's
level cannot; ``Prepared.rules`` says which pair of names a verdict's rule means.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    Level,
    PassbackMode,
    PolicySnapshot,
    Schedule,
)
from domain.access.scenario import Scenario
from domain.access.threat import ThreatLevel
from domain.civil import MINUTES_PER_DAY
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from gateway.site.schedules import Opening, join_openings
from sekisho.access_cases import CredentialField, PersonField, PointField, RuleField, ScenarioFile, ScheduleField

OUTSIDE = "outside"
"""The area to which ways out lead."""

_NEVER_STALE = timedelta(days=1)
_BEGINNING = datetime(1949, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario before its events; ``rules`` gives the file's ``level/schedule`` for a verdict's rule."""

    scenario: Scenario
    rules: Mapping[str, str]


def prepare_scenario(file: ScenarioFile) -> Prepared:
    """Give the state in which the events begin. Every name must be defined (``access_names.require_sense``)."""
    schedule_ids = {name: ScheduleId(f"s{number}") for number, name in enumerate(file.schedules)}
    levels: dict[LevelId, Level] = {}
    held: dict[str, list[LevelId]] = {}
    rules: dict[str, str] = {}
    for name, given in file.levels.items():
        for rule in given:
            level = _level(LevelId(f"l{len(levels)}"), rule, schedule_ids)
            levels[level.id] = level
            held.setdefault(name, []).append(level.id)
            rules[f"{level.id}/{_schedule_of(rule, schedule_ids)}"] = f"{name}/{rule.schedule or ALWAYS}"
    denials = [_level(LevelId(f"d{n}"), denial, schedule_ids) for n, denial in enumerate(file.denials)]
    levels.update((denial.id, denial) for denial in denials)
    policy = PolicySnapshot(
        1,
        _BEGINNING,
        areas={AreaId(name): _area(file, name) for name in file.areas},
        points={AccessPointId(name): _point(name, point) for name, point in file.access_points.items()},
        schedules={schedule_ids[name]: _schedule(schedule_ids[name], file, name) for name in file.schedules},
        levels=levels,
        credentials={
            CredentialToken(name): _credential(
                card,
                file.persons[card.person],
                tuple(level for each in file.persons[card.person].levels for level in held.get(each, ())),
                tuple(LevelId(f"d{index}") for index in list_denials(file, card.person)),
            )
            for name, card in file.credentials.items()
        },
    )
    interlocks = {DoorId(name): door.interlock for name, door in file.doors.items() if door.interlock is not None}
    return Prepared(Scenario(policy, interlocks, ThreatLevel(file.threat_level)), rules)


def list_denials(file: ScenarioFile, person: str) -> Iterator[int]:
    """Give the places in ``denials`` of those that bear on a person."""
    for index, denial in enumerate(file.denials):
        if denial.person == person or denial.level in file.persons[person].levels:
            yield index


def _level(level: LevelId, rule: RuleField, schedule_ids: Mapping[str, ScheduleId]) -> Level:
    schedule = _schedule_of(rule, schedule_ids)
    return Level(level, dict.fromkeys(map(AccessPointId, rule.points), schedule))


def _schedule_of(rule: RuleField, schedule_ids: Mapping[str, ScheduleId]) -> ScheduleId:
    return ALWAYS if rule.schedule is None else schedule_ids[rule.schedule]


def _area(file: ScenarioFile, name: str) -> Area:
    area = file.areas[name]
    passback = area.antipassback
    fades = None if passback is None or passback.minutes is None else timedelta(minutes=passback.minutes)
    return Area(
        AreaId(name),
        _NEVER_STALE,
        passback=PassbackMode.off if passback is None else PassbackMode(passback.mode),
        passback_fades=fades,
        occupancy_max=None if area.occupancy is None else area.occupancy.max,
        two_person=area.two_person,
    )


def _point(name: str, point: PointField) -> AccessPoint:
    return AccessPoint(
        AccessPointId(name),
        DoorId(point.door),
        AreaId(point.area_from),
        AreaId(point.area_to),
        point.minimum_assurance,
        egress=point.area_to == OUTSIDE,
    )


def _credential(
    card: CredentialField, person: PersonField, levels: tuple[LevelId, ...], denied: tuple[LevelId, ...]
) -> Credential:
    begins = [at for at in (card.valid_from, person.valid_from) if at is not None]
    ends = [at for at in (card.valid_until, person.valid_until) if at is not None]
    return Credential(
        PersonId(card.person),
        levels,
        CredentialStatus(card.status),
        max(begins, default=None),
        min(ends, default=None),
        denied=denied,
    )


def _schedule(schedule: ScheduleId, file: ScenarioFile, name: str) -> Schedule:
    """Expand a schedule over the days of the events."""
    return join_openings(schedule, _openings(file, file.schedules[name]))


def _openings(file: ScenarioFile, held: ScheduleField) -> Iterator[Opening]:
    if not file.events:
        return
    excepted = {on for table in held.excepted for on in file.special_days[table]}
    lasts_days = timedelta(days=held.closes // MINUTES_PER_DAY + 1)
    first_on, last_on = file.events[0].at.on - lasts_days, file.events[-1].at.on + lasts_days
    for on in held.rrule.days_between(first_on, last_on, opens_minute=held.opens):
        if on + timedelta(days=held.opens // MINUTES_PER_DAY) not in excepted:
            yield on, held.opens, held.closes
