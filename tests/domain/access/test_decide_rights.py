"""What a decision asks of the card, its levels, their schedules and the policy's age."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.decide import decide
from domain.access.policy import (
    ALWAYS,
    CredentialStatus,
    DatedLevel,
    Level,
    StaleRule,
)
from domain.access.situation import NOTHING_KNOWN
from domain.access.threat import ThreatLevel
from domain.ids import LevelId
from domain.verdict import Denied, Granted, Reason, Verdict
from tests.domain.access.decision_case import (
    ESCAPE,
    HOUR,
    KEYHOLDER,
    MAIN,
    NOON,
    OFFICE,
    POLICY,
    RESCUE,
    STAFF,
    TAP,
    UNWIRED,
    holding,
)


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
