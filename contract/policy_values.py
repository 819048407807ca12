"""From the lines of a policy to the values of the rules, one by one; ``contract.policy_reading`` puts them together."""

from collections.abc import Sequence
from datetime import timedelta

from contract.policy_lines import AreaLine, CabinetLine, HookLine, KeyRightLine, LevelLine, OutcomeLine, PointLine
from domain.access.decide import Tap
from domain.access.outcomes import Outcome
from domain.access.policy import AccessPoint, Area, Level
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, ScheduleId
from domain.key_boxes import KeyBox, KeyHook, KeyRight
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


def box_of(line: CabinetLine) -> KeyBox:
    """Give the key cabinet that a line describes."""
    hooks = tuple(
        KeyHook(hook.position, hook.target, hook.copies, hook.tag, two_person=hook.two_person) for hook in line.hooks
    )
    return KeyBox(line.id, line.offline_minutes_max * _MINUTE, line.minimum_assurance, line.shelter, hooks)


def line_of(box: KeyBox, tags: Sequence[str | None]) -> CabinetLine:
    """Give the line that describes a key cabinet, its hooks' tags by these names."""
    hooks = tuple(
        HookLine(position=hook.position, target=hook.target, copies=hook.copies, tag=tag, two_person=hook.two_person)
        for hook, tag in zip(box.hooks, tags, strict=True)
    )
    return CabinetLine(
        id=box.id,
        offline_minutes_max=box.offline_age_max // _MINUTE,
        minimum_assurance=box.minimum_assurance,
        shelter=box.shelter,
        hooks=hooks,
    )


def right_of(line: KeyRightLine) -> KeyRight:
    """Give what may be taken by a line of a card."""
    return KeyRight(line.entitlement, line.target, line.valid_from, line.valid_until)


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
