"""The decision: one row a reason in order of precedence, and properties that hold for any policy and situation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.decide import PRECEDENCE, STATEFUL, Tap, decide
from domain.access.door import DoorMode
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    DatedLevel,
    Level,
    PassbackMode,
    PolicySnapshot,
    Schedule,
    StaleRule,
)
from domain.access.situation import NOTHING_KNOWN, Code, Pin, Situation
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from domain.verdict import Denied, Granted, Reason, Verdict

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


def test_every_reason_of_the_table_has_a_row() -> None:
    assert {reason for reason, _ in PRECEDENCE} == set(BREAKS) == set(Reason)


def test_where_all_is_right_it_opens() -> None:
    assert RIGHT.decided() == Granted("staff/office")


@pytest.mark.parametrize("reason", BREAKS)
def test_each_rule_alone_refuses(reason: Reason) -> None:
    assert BREAKS[reason](RIGHT).decided() == Denied(reason)


@pytest.mark.parametrize("reason", BREAKS)
def test_the_first_of_several_broken_rules_is_told(reason: Reason) -> None:
    case = RIGHT
    for broken in reversed(list(Reason)[list(Reason).index(reason) :]):
        case = BREAKS[broken](case)
    assert case.decided() == Denied(reason)


def test_the_table_follows_the_catalogues_order() -> None:
    order = list(Reason)
    ranks = [order.index(reason) for reason, _ in PRECEDENCE]
    assert ranks == sorted(ranks)


def test_what_rests_on_others_comes_last() -> None:
    reasons = [reason for reason, _ in PRECEDENCE]
    assert set(reasons[-len(STATEFUL) :]) == STATEFUL


# ---- cards, levels, schedules ----------------------------------------------------------------------------------------


def holding(**change: object) -> PolicySnapshot:
    """The policy with another holder of the card."""
    return replace(POLICY, credentials={CARD: replace(HOLDER, **change)})


def test_granted_names_level_and_schedule() -> None:
    assert decide(POLICY, TAP) == Granted("staff/office")


def test_a_level_held_for_a_time_opens_from_its_first_to_before_its_last_instant() -> None:
    def at(offset: timedelta) -> Verdict:
        held = holding(levels=(), dated=(DatedLevel(STAFF, NOON - HOUR, NOON + HOUR),))
        return decide(held, replace(TAP, at=NOON + offset, confirmed_at=NOON + offset))

    assert isinstance(at(-HOUR), Granted)
    assert at(-HOUR - timedelta(microseconds=1)) == Denied(Reason.no_access_rights)
    assert isinstance(at(HOUR - timedelta(microseconds=1)), Granted)
    assert at(HOUR) == Denied(Reason.no_access_rights)


def test_a_denial_wins_over_every_grant_while_its_schedule_holds() -> None:
    policy = holding(levels=(KEYHOLDER, STAFF), denied=(STAFF,))  # STAFF is taken at MAIN during office hours
    assert decide(policy, TAP) == Denied(Reason.no_access_rights)
    evening = NOON + 4 * HOUR
    assert isinstance(decide(policy, replace(TAP, at=evening, confirmed_at=evening)), Granted)


@pytest.mark.parametrize("threat", list(ThreatLevel))
def test_threat_levels_shut_all_but_the_ways_out(threat: ThreatLevel) -> None:
    situation = replace(NOTHING_KNOWN, threat=threat)
    shuts = threat in (ThreatLevel.lockdown, ThreatLevel.evacuation)
    assert (decide(POLICY, TAP, situation) == Denied(Reason.threat_level)) is shuts
    assert isinstance(decide(POLICY, replace(TAP, point=ESCAPE), situation), Granted)


def test_a_level_for_a_threat_opens_only_during_it() -> None:
    helper = LevelId("helper")
    policy = holding(levels=(helper,))
    policy = replace(policy, levels={helper: Level(helper, {MAIN: ALWAYS}, during=ThreatLevel.shelter)})
    assert decide(policy, TAP) == Denied(Reason.no_access_rights)
    assert decide(policy, TAP, replace(NOTHING_KNOWN, threat=ThreatLevel.shelter)) == Granted("helper/always")


@pytest.mark.parametrize(
    ("status", "reason"),
    [(CredentialStatus.issued, Reason.not_yet_active), (CredentialStatus.expired, Reason.expired)],
)
def test_a_status_can_say_what_a_date_says(status: CredentialStatus, reason: Reason) -> None:
    assert decide(holding(status=status), TAP) == Denied(reason)


def test_a_point_that_no_policy_names_has_no_rights() -> None:
    assert decide(POLICY, replace(TAP, point=UNWIRED)) == Denied(Reason.no_access_rights)


def test_a_second_level_may_open_when_the_first_is_closed() -> None:
    late = replace(TAP, at=NOON + 4 * HOUR, confirmed_at=NOON + 4 * HOUR)
    assert decide(holding(levels=(STAFF, KEYHOLDER)), late) == Granted("keyholder/always")


@pytest.mark.parametrize(
    ("bound", "offset", "granted"),
    [("valid_from", 0, True), ("valid_from", 1, False), ("valid_until", 0, False), ("valid_until", 1, True)],
)
def test_bounds_hold_from_the_first_up_to_the_last(bound: str, offset: int, granted: bool) -> None:
    policy = holding(**{bound: NOON + timedelta(microseconds=offset)})
    assert isinstance(decide(policy, TAP), Granted) is granted


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)))
def test_offline_age_closes_the_door_for_good(age: timedelta) -> None:
    verdict = decide(POLICY, replace(TAP, confirmed_at=NOON - age))
    assert (verdict == Denied(Reason.policy_stale)) is (age > 8 * HOUR)


@pytest.mark.parametrize(
    ("levels", "at", "expected"),
    [
        ((STAFF,), NOON, Denied(Reason.policy_stale)),
        ((STAFF, RESCUE), NOON, Granted("staff/office")),
        ((RESCUE,), NOON, Granted("rescue/office")),
        ((RESCUE,), NOON + 4 * HOUR, Denied(Reason.policy_stale)),
    ],
    ids=["nobody else", "a rescuer", "a rescuer alone", "a rescuer out of hours"],
)
def test_a_stale_policy_opens_for_emergency_levels_where_the_area_says_so(
    levels: tuple[LevelId, ...], at: datetime, expected: Granted | Denied
) -> None:
    areas = {area: replace(known, on_stale=StaleRule.emergency) for area, known in POLICY.areas.items()}
    policy = replace(holding(levels=levels), areas=areas)
    assert decide(policy, replace(TAP, at=at, confirmed_at=at - 9 * HOUR)) == expected


def test_a_stale_policy_opens_for_nobody_where_the_area_denies() -> None:
    assert decide(holding(levels=(RESCUE,)), replace(TAP, confirmed_at=NOON - 9 * HOUR)) == Denied(Reason.policy_stale)


@given(st.datetimes(min_value=datetime(2026, 11, 18), max_value=datetime(2026, 11, 23)))
def test_a_schedule_is_the_union_of_its_windows(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    schedule = POLICY.schedules[OFFICE]
    inside = any(begin <= at < end for begin, end in zip(schedule.opens_at, schedule.closes_at, strict=True))
    assert schedule.holds(at) is inside


@given(st.sampled_from(list(CredentialStatus)), st.integers(0, 3), st.integers(-48, 48))
def test_taking_a_level_away_never_opens_a_door(status: CredentialStatus, assurance: int, hours: int) -> None:
    tap = replace(TAP, at=NOON + hours * HOUR, confirmed_at=NOON + hours * HOUR, assurance=assurance)
    more = decide(holding(status=status, levels=(STAFF, KEYHOLDER)), tap)
    less = decide(holding(status=status, levels=(STAFF,)), tap)
    assert isinstance(more, Granted) or isinstance(less, Denied)


# ---- the situation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pin", [Pin.right, Pin.duress])
def test_a_pin_under_duress_opens_like_the_right_one(pin: Pin) -> None:
    assert RIGHT.facts(pin=pin).decided() == Granted("staff/office")


@pytest.mark.parametrize("pin", list(Pin))
def test_where_no_pin_is_asked_none_is_looked_at(pin: Pin) -> None:
    assert decide(POLICY, TAP, Situation(pin=pin)) == Granted("staff/office")


def test_a_pin_is_asked_while_its_schedule_holds() -> None:
    point = replace(POLICY.points[MAIN], pin=OFFICE)
    policy = replace(holding(levels=(KEYHOLDER,)), points={**POLICY.points, MAIN: point})
    assert decide(policy, TAP) == Denied(Reason.pin_required)
    late = replace(TAP, at=NOON + 4 * HOUR, confirmed_at=NOON + 4 * HOUR)
    assert decide(policy, late) == Granted("keyholder/always")


@pytest.mark.parametrize(
    ("code", "reason"),
    [(Code.early, Reason.not_yet_active), (Code.over, Reason.expired), (Code.used, Reason.code_used)],
)
def test_a_code_out_of_its_time_or_used_is_refused(code: Code, reason: Reason) -> None:
    assert RIGHT.facts(code=code).decided() == Denied(reason)
    assert RIGHT.facts(code=Code.fresh).decided() == Granted("staff/office")


INSIDE = RIGHT.facts(place=STRONGROOM, entered_at=NOON - HOUR / 2)


def test_soft_passback_opens_and_is_noted() -> None:
    soft = INSIDE.area(passback=PassbackMode.soft)
    assert soft.decided() == Granted("staff/office", (Reason.passback,))
    assert soft.facts(place=HALL).decided() == Granted("staff/office")


@pytest.mark.parametrize("mode", [PassbackMode.soft, PassbackMode.hard])
def test_passback_fades_with_the_entry_and_not_before(mode: PassbackMode) -> None:
    case = INSIDE.area(passback=mode)
    just_before = case.facts(entered_at=NOON - HOUR + timedelta(microseconds=1)).decided()
    assert just_before == (
        Denied(Reason.passback) if mode is PassbackMode.hard else Granted("staff/office", (Reason.passback,))
    )
    assert case.facts(entered_at=NOON - HOUR).decided() == Granted("staff/office")
    never = case.area(passback_fades=None).facts(entered_at=NOON - 1000 * HOUR).decided()
    assert never != Granted("staff/office")


def test_passback_asks_nothing_of_the_exempt_of_others_places_and_where_it_is_off() -> None:
    granted = Granted("staff/office")
    assert INSIDE.holder(passback_exempt=True).decided() == granted
    assert INSIDE.area(passback=PassbackMode.off).decided() == granted
    assert INSIDE.facts(place=OUTSIDE).decided() == granted
    assert INSIDE.facts(place=None, entered_at=None).decided() == granted, "an unknown place violates nothing"


@pytest.mark.parametrize(("inside", "most", "granted"), [(0, 1, True), (1, 1, False), (4, 5, True), (9, None, True)])
def test_an_area_takes_so_many(inside: int, most: int | None, granted: bool) -> None:
    case = RIGHT.area(occupancy_max=most).facts(inside=inside)
    assert case.decided() == (Granted("staff/office") if granted else Denied(Reason.occupancy_max))


@pytest.mark.parametrize(
    ("inside", "companions", "granted"), [(0, 0, False), (1, 0, False), (0, 1, True), (1, 1, True), (2, 0, True)]
)
def test_two_enter_together_until_two_are_inside(inside: int, companions: int, granted: bool) -> None:
    case = RIGHT.area(occupancy_max=None).facts(inside=inside, companions=companions)
    assert case.decided() == (Granted("staff/office") if granted else Denied(Reason.two_person_waiting))


def test_whoever_is_one_of_the_two_inside_needs_no_second() -> None:
    case = RIGHT.area(occupancy_max=None, passback=PassbackMode.off).facts(inside=1, companions=0)
    assert case.decided() == Denied(Reason.two_person_waiting)
    assert case.facts(place=STRONGROOM).decided() == Granted("staff/office")


# ---- properties ------------------------------------------------------------------------------------------------------

SITUATIONS = st.builds(
    Situation,
    place=st.sampled_from([None, OUTSIDE, HALL, STRONGROOM]),
    entered_at=st.sampled_from([None, NOON - 2 * HOUR, NOON - HOUR / 2]),
    inside=st.integers(0, 4),
    companions=st.integers(0, 2),
    escort=st.booleans(),
    open_doors=st.sampled_from([(), (DoorId("d2"),)]),
    mode=st.sampled_from([DoorMode.locked, DoorMode.locked_down, DoorMode.blocked]),
    pin=st.sampled_from(list(Pin)),
    code=st.sampled_from(list(Code)),
    locked_out=st.booleans(),
)


@st.composite
def cases(draw: st.DrawFn, point: AccessPointId = VAULT) -> Case:
    """Any policy of this depth, any tap, any situation; about a third of them open."""
    case = replace(RIGHT, now=draw(st.one_of(st.just(RIGHT.now), SITUATIONS))).tapped(
        point=point, assurance=draw(st.sampled_from([1, 1, 2, 0])), confirmed_at=NOON - draw(st.integers(0, 10)) * HOUR
    )
    case = case.holder(
        status=draw(st.sampled_from([CredentialStatus.active, *CredentialStatus])),
        escorted=draw(st.booleans()),
        passback_exempt=draw(st.booleans()),
        levels=draw(st.sampled_from([(STAFF,), (STAFF, RESCUE), ()])),
    )
    return case.area(
        passback=draw(st.sampled_from(list(PassbackMode))),
        passback_fades=draw(st.sampled_from([None, HOUR])),
        occupancy_max=draw(st.sampled_from([None, 1, 3])),
        two_person=draw(st.booleans()),
        on_stale=draw(st.sampled_from(list(StaleRule))),
    )


def _fewer_or_more_inside(case: Case) -> Case:
    """More people inside speak against whoever needs room, fewer against whoever needs company."""
    area = case.policy.areas[STRONGROOM]
    if area.two_person and area.occupancy_max is not None:
        return case
    return case.facts(inside=0 if area.two_person else case.now.inside + 1)


AGAINST: dict[Reason, Callable[[Case], Case]] = {**BREAKS, Reason.occupancy_max: _fewer_or_more_inside}


@given(cases(), st.lists(st.sampled_from(list(AGAINST)), min_size=1, max_size=6))
def test_more_facts_against_it_never_open_a_door(case: Case, against: list[Reason]) -> None:
    worse = case
    for reason in against:
        worse = AGAINST[reason](worse)
    assert isinstance(case.decided(), Granted) or isinstance(worse.decided(), Denied)


@given(cases(point=ESCAPE))
def test_a_way_out_is_never_refused_for_a_mode_or_an_escort(case: Case) -> None:
    verdict = case.decided()
    never = {Reason.threat_level, Reason.door_blocked, Reason.escort_missing}
    assert not (isinstance(verdict, Denied) and verdict.reason in never)
