"""The decision: one row a reason in order of precedence, and properties that hold for any policy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.decide import PRECEDENCE, Tap, decide
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    Credential,
    CredentialStatus,
    Level,
    PolicySnapshot,
    Schedule,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, LevelId, PersonId, ScheduleId
from domain.verdict import Denied, Granted, Reason

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CARD, OTHER_CARD = CredentialToken("0" * 32), CredentialToken("f" * 32)
MAIN, VAULT, UNWIRED = AccessPointId("main_in"), AccessPointId("vault_in"), AccessPointId("nowhere")
STAFF, KEYHOLDER = LevelId("staff"), LevelId("keyholder")
OFFICE = ScheduleId("office")

HOLDER = Credential(PersonId("p1"), (STAFF,), valid_from=NOON - 24 * HOUR, valid_until=NOON + 24 * HOUR)
POLICY = PolicySnapshot(
    version=7,
    issued_at=NOON - HOUR,
    areas={area: Area(area, 8 * HOUR) for area in (AreaId("outside"), AreaId("hall"))},
    points={
        MAIN: AccessPoint(MAIN, DoorId("main"), AreaId("outside"), AreaId("hall"), minimum_assurance=1),
        VAULT: AccessPoint(VAULT, DoorId("vault"), AreaId("outside"), AreaId("hall"), minimum_assurance=3),
    },
    schedules={OFFICE: Schedule(OFFICE, (NOON - 3 * HOUR, NOON + 20 * HOUR), (NOON + 3 * HOUR, NOON + 26 * HOUR))},
    levels={STAFF: Level(STAFF, {MAIN: OFFICE}), KEYHOLDER: Level(KEYHOLDER, {MAIN: ALWAYS, VAULT: ALWAYS})},
    credentials={CARD: HOLDER},
)
TAP = Tap(CARD, MAIN, NOON, confirmed_at=NOON, assurance=1)


def holding(**change: object) -> PolicySnapshot:
    """The policy with another holder of the card."""
    return replace(POLICY, credentials={CARD: replace(HOLDER, **change)})


ROWS: list[tuple[Reason, PolicySnapshot, Tap]] = [
    # Each row breaks its own rule and every later one that can be broken beside it: the earlier reason must win.
    (
        Reason.policy_stale,
        POLICY,
        replace(TAP, credential=OTHER_CARD, confirmed_at=NOON - 8 * HOUR - HOUR, assurance=0),
    ),
    (Reason.unknown_credential, POLICY, replace(TAP, credential=OTHER_CARD, point=UNWIRED, assurance=0)),
    (Reason.stolen, holding(status=CredentialStatus.stolen, valid_until=NOON), TAP),
    (Reason.lost, holding(status=CredentialStatus.lost, valid_from=NOON + HOUR), TAP),
    (Reason.revoked, holding(status=CredentialStatus.revoked, levels=()), TAP),
    (Reason.suspended, holding(status=CredentialStatus.suspended, valid_until=NOON), TAP),
    (Reason.not_yet_active, holding(valid_from=NOON + HOUR, levels=()), TAP),
    (Reason.expired, holding(valid_until=NOON, levels=()), TAP),
    (Reason.no_access_rights, POLICY, replace(TAP, point=VAULT, assurance=0)),
    (Reason.no_access_rights, POLICY, replace(TAP, point=UNWIRED)),
    (Reason.out_of_schedule, POLICY, replace(TAP, at=NOON + 3 * HOUR, assurance=0)),
    (Reason.assurance_too_low, POLICY, replace(TAP, assurance=0)),
]


@pytest.mark.parametrize(
    ("reason", "policy", "tap"), ROWS, ids=lambda value: value if isinstance(value, Reason) else ""
)
def test_reason(reason: Reason, policy: PolicySnapshot, tap: Tap) -> None:
    verdict = decide(policy, tap)
    assert isinstance(verdict, Denied)
    assert verdict.reason is reason


def test_every_reason_of_the_table_has_a_row() -> None:
    assert {reason for reason, _ in PRECEDENCE} == {reason for reason, _, _ in ROWS}


def test_the_table_follows_the_catalogues_order() -> None:
    order = list(Reason)
    ranks = [order.index(reason) for reason, _ in PRECEDENCE]
    assert ranks == sorted(ranks)


def test_granted_names_level_and_schedule() -> None:
    assert decide(POLICY, TAP) == Granted("staff/office")


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
