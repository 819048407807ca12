"""From the lines of a policy to the values of the rules, one by one; ``contract.policy_reading`` puts them together."""

from datetime import timedelta

from contract.policy_lines import AreaLine, LevelLine, OutcomeLine, PointLine
from domain.access.decide import Tap
from domain.access.outcomes import Outcome
from domain.access.policy import AccessPoint, Area, Level
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, ScheduleId
from domain.verdict import Denied, Granted

_MINUTE = timedelta(minutes=1)


def area_of(line: AreaLine) -> Area:
    """Give the area that a line describes."""
    return Area(
        AreaId(line.id),
        line.offline_minutes_max * _MINUTE,
        line.on_journal_failure,
        line.on_stale,
        line.passback,
        None if line.passback_minutes is None else line.passback_minutes * _MINUTE,
        line.occupancy_max,
        line.two_person,
    )


def point_of(line: PointLine) -> AccessPoint:
    """Give the access point that a line describes."""
    return AccessPoint(
        AccessPointId(line.id),
        DoorId(line.door),
        AreaId(line.area_from),
        AreaId(line.area_to),
        line.minimum_assurance,
        line.egress,
        line.attendance,
        None if line.pin is None else ScheduleId(line.pin),
    )


def level_of(line: LevelLine) -> Level:
    """Give the level that a line describes."""
    return Level(
        LevelId(line.id),
        {AccessPointId(point): ScheduleId(schedule) for point, schedule in line.points.items()},
        line.emergency,
        line.during,
        None if line.declares_minutes is None else line.declares_minutes * _MINUTE,
    )


def outcome_of(line: OutcomeLine) -> Outcome:
    """Give the decision that a line tells."""
    tap = Tap(CredentialToken(line.token), AccessPointId(line.point), line.at, line.confirmed_at, line.assurance)
    return Outcome(tap, Granted(line.rule, line.soft) if line.reason is None else Denied(line.reason))  # type: ignore[arg-type]
