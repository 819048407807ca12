"""A decision and all that it looks at: a small policy, a case in which all is right, and how each rule is broken."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.access.decide import Tap, decide
from domain.access.door import DoorMode
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
from domain.access.situation import NOTHING_KNOWN, Code, Pin, Situation
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from domain.verdict import Denied, Granted, Reason

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CARD, OTHER_CARD = CredentialToken("0" * 32), CredentialToken("f" * 32)
MAIN, VAULT, ESCAPE, UNWIRED = (AccessPointId(name) for name in ("main_in", "vault_in", "main_out", "nowhere"))
STAFF, KEYHOLDER, RESCUE = LevelId("staff"), LevelId("keyholder"), LevelId("rescue")
OFFICE = ScheduleId("office")
OUTSIDE, HALL, STRONGROOM = AreaId("outside"), AreaId("hall"), AreaId("strongroom")

HOLDER = Credential(PersonId("p1"), (STAFF,), valid_from=NOON - 24 * HOUR, valid_until=NOON + 24 * HOUR)
POLICY = PolicySnapshot(
    version=7,
    issued_at=NOON - HOUR,
    areas={area: Area(area, 8 * HOUR) for area in (OUTSIDE, HALL)}
    | {
        STRONGROOM: Area(
            STRONGROOM, 8 * HOUR, passback=PassbackMode.hard, passback_fades=HOUR, occupancy_max=1, two_person=True
        )
    },
    points={
        MAIN: AccessPoint(MAIN, DoorId("main"), OUTSIDE, HALL, minimum_assurance=1),
        VAULT: AccessPoint(VAULT, DoorId("vault"), HALL, STRONGROOM, minimum_assurance=1, pin=ALWAYS),
        ESCAPE: AccessPoint(ESCAPE, DoorId("main"), HALL, OUTSIDE, egress=True),
    },
    schedules={OFFICE: Schedule(OFFICE, (NOON - 3 * HOUR, NOON + 20 * HOUR), (NOON + 3 * HOUR, NOON + 26 * HOUR))},
    levels={
        STAFF: Level(STAFF, {MAIN: OFFICE, VAULT: OFFICE, ESCAPE: ALWAYS}),
        KEYHOLDER: Level(KEYHOLDER, {MAIN: ALWAYS, VAULT: ALWAYS}),
        RESCUE: Level(RESCUE, {MAIN: OFFICE}, emergency=True),
    },
    credentials={CARD: HOLDER},
)
TAP = Tap(CARD, MAIN, NOON, confirmed_at=NOON, assurance=1)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a decision looks at."""

    policy: PolicySnapshot
    tap: Tap
    now: Situation = NOTHING_KNOWN

    def decided(self) -> Granted | Denied:
        return decide(self.policy, self.tap, self.now)

    def holder(self, **change: Any) -> "Case":
        held = {CARD: replace(self.policy.credentials[CARD], **change)}
        return replace(self, policy=replace(self.policy, credentials=held))

    def area(self, **change: Any) -> "Case":
        area = replace(self.policy.areas[STRONGROOM], **change)
        return replace(self, policy=replace(self.policy, areas={**self.policy.areas, STRONGROOM: area}))

    def tapped(self, **change: Any) -> "Case":
        return replace(self, tap=replace(self.tap, **change))

    def facts(self, **change: Any) -> "Case":
        return replace(self, now=replace(self.now, **change))


GUEST = Case(POLICY, TAP).holder(escorted=True)
"""At the strongroom everything is asked: PIN, a second person, room inside, an escort. Here everything is right."""
RIGHT = replace(
    GUEST, tap=replace(TAP, point=VAULT), now=Situation(place=HALL, companions=1, escort=True, pin=Pin.right)
)


BREAKS: dict[Reason, Callable[[Case], Case]] = {
    Reason.policy_stale: lambda case: case.tapped(confirmed_at=NOON - 9 * HOUR),
    Reason.unknown_credential: lambda case: case.tapped(credential=OTHER_CARD),
    Reason.stolen: lambda case: case.holder(status=CredentialStatus.stolen),
    Reason.lost: lambda case: case.holder(status=CredentialStatus.lost),
    Reason.revoked: lambda case: case.holder(status=CredentialStatus.revoked),
    Reason.suspended: lambda case: case.holder(status=CredentialStatus.suspended),
    Reason.damaged: lambda case: case.holder(status=CredentialStatus.damaged),
    Reason.returned: lambda case: case.holder(status=CredentialStatus.returned),
    Reason.not_yet_active: lambda case: case.holder(valid_from=NOON + HOUR),
    Reason.expired: lambda case: case.holder(valid_until=NOON),
    Reason.code_used: lambda case: case.facts(code=Code.used),
    Reason.lockout: lambda case: case.facts(locked_out=True),
    Reason.threat_level: lambda case: case.facts(mode=DoorMode.locked_down),
    Reason.door_blocked: lambda case: case.facts(mode=DoorMode.blocked),
    Reason.no_access_rights: lambda case: case.holder(levels=()),
    Reason.out_of_schedule: lambda case: replace(
        case, policy=replace(case.policy, schedules={OFFICE: Schedule(OFFICE, (), ())})
    ),
    Reason.assurance_too_low: lambda case: case.tapped(assurance=0),
    Reason.pin_required: lambda case: case.facts(pin=Pin.none),
    Reason.pin_wrong: lambda case: case.facts(pin=Pin.wrong),
    Reason.interlock: lambda case: case.facts(open_doors=(DoorId("main"),)),
    Reason.passback: lambda case: case.facts(place=STRONGROOM, entered_at=NOON),
    Reason.occupancy_max: lambda case: case.facts(inside=1),
    Reason.two_person_waiting: lambda case: case.facts(companions=0),
    Reason.escort_missing: lambda case: case.facts(escort=False),
}
"""How each rule is broken, and no other."""


def holding(**change: object) -> PolicySnapshot:
    """The policy with another holder of the card."""
    return replace(POLICY, credentials={CARD: replace(HOLDER, **change)})
