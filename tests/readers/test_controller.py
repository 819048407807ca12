"""The controller: every reason and both outcomes of the journal, then what stands above the rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.records import AgentStarted, AlarmRaised, DoorMoved, ReaderReported, ReadFailed, TapObserved
from domain.access.policy import PolicySnapshot
from domain.ids import DoorId
from domain.verdict import Reason
from readers.controller import step
from readers.drivers.port import CardSeen, ReaderHealth, ReadTrouble
from readers.events import (
    Alarm,
    AlarmFound,
    Append,
    Effect,
    Event,
    Notice,
    PolicyConfirmed,
    PolicyTook,
    Present,
    Recorded,
    Release,
    Relock,
    Resumed,
    Started,
    Stopping,
    TimePassed,
    Unrecorded,
)
from readers.state import NEVER, ControllerState
from readers.words import EGRESS, REFUSED, UNRECORDED, Words
from tests.readers.cases import IN, MAIN, NOW, SERVER, VAULT, moment, policy, seen, wiring

POLICY = policy()
CONFIRMED = ControllerState(wiring(), NOW, 1000.0)


def tap(
    card: CardSeen, *, state: ControllerState = CONFIRMED, held: PolicySnapshot | None = POLICY, seconds: float = 0.0
) -> tuple[ControllerState, list[Effect], Append]:
    """Present a card; gives the state, what happened between the short tone and the record, and the record."""
    state, (noticed, *effects) = step(state, held, card, moment(seconds))
    assert noticed == Notice(state.wiring.points[card.reader])
    append = effects[-1]
    assert isinstance(append, Append)
    return state, effects[:-1], append


def is_free(state: ControllerState, door: DoorId = MAIN) -> bool:
    return door in state.doors and state.doors[door].is_free


def observed(append: Append) -> TapObserved:
    (body,) = append.bodies
    assert isinstance(body, TapObserved)
    return body


def of_kind(effects: list[Effect], kind: type) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, kind)]


REFUSALS = [
    (Reason.policy_stale, seen(), timedelta(hours=1, seconds=1)),
    (Reason.unknown_credential, seen("stranger"), timedelta(0)),
    (Reason.stolen, seen("stolen"), timedelta(0)),
    (Reason.lost, seen("lost"), timedelta(0)),
    (Reason.revoked, seen("revoked"), timedelta(0)),
    (Reason.suspended, seen("suspended"), timedelta(0)),
    (Reason.not_yet_active, seen("early"), timedelta(0)),
    (Reason.expired, seen("expired"), timedelta(0)),
    (Reason.no_access_rights, seen("guest"), timedelta(0)),
    (Reason.out_of_schedule, seen(), timedelta(hours=-2)),
    (Reason.assurance_too_low, seen(reader="r-vault"), timedelta(0)),
]


@pytest.mark.parametrize(("reason", "card", "later"), REFUSALS, ids=[row[0].value for row in REFUSALS])
@pytest.mark.parametrize("written", [True, False], ids=["recorded", "unrecorded"])
def test_refused(reason: Reason, card: CardSeen, later: timedelta, written: bool) -> None:
    state = CONFIRMED
    now = moment()
    if later > timedelta(0):
        now = replace(now, at=NOW + later)
    elif later < timedelta(0):
        now = replace(now, at=NOW + later)
        state = replace(state, confirmed_at=NOW + later)
    state, effects = step(state, POLICY, card, now)
    noticed, append = effects
    assert isinstance(noticed, Notice)
    assert isinstance(append, Append)
    body = observed(append)
    assert (body.granted, body.reason) == (False, reason.value)
    after, effects = step(state, POLICY, Recorded(append, 7) if written else Unrecorded(append, "sync failed"), now)
    assert of_kind(effects, Release) == []
    assert not is_free(after)
    (shown,) = of_kind(effects, Present)
    assert isinstance(shown, Present)
    assert (shown.signal, shown.words) == (("refused", REFUSED[reason]) if written else ("unrecorded", UNRECORDED))


def test_every_reason_has_words() -> None:
    from domain.access.decide import PRECEDENCE

    by_policy_alone = {row[0] for row in REFUSALS}
    assert by_policy_alone <= {reason for reason, _ in PRECEDENCE}
    assert set(REFUSED) == set(Reason)


def test_granted_is_recorded_before_the_lock_moves() -> None:
    state, before, append = tap(seen())
    assert before == []
    body = observed(append)
    assert (body.granted, body.reason, body.rule) == (True, "granted", "staff/office")
    assert (body.policy_version, body.policy_confirmed_at, body.at) == (3, NOW, NOW)
    assert not is_free(state)
    state, effects = step(state, POLICY, Recorded(append, 41), moment(0.004))
    assert effects[0] == Release(MAIN, 3.0)
    assert effects[1] == Present(IN, "granted", Words("出勤 8:25", "In 8:25"))
    (moved,) = of_kind(effects, Append)
    assert isinstance(moved, Append)
    (body_moved,) = moved.bodies
    assert isinstance(body_moved, DoorMoved)
    assert (body_moved.state, body_moved.door, body_moved.cause_seq) == ("released", MAIN, 41)
    assert state.next_end_mono == pytest.approx(1003.004)


def test_granted_but_unrecorded_follows_the_areas_rule() -> None:
    state, _, append = tap(seen())
    _, effects = step(state, POLICY, Unrecorded(append, "disk full"), moment())
    assert effects == [Alarm("journal_failed", "disk full"), Present(IN, "unrecorded", UNRECORDED)]
    state, _, append = tap(seen(reader="r-vault", assurance=2))
    _, effects = step(state, POLICY, Unrecorded(append, "disk full"), moment())
    assert effects == [
        Alarm("journal_failed", "disk full"),
        Release(SERVER, 5.0),
        Present(VAULT, "unrecorded", UNRECORDED),
    ]


def test_the_journals_failure_is_told_once() -> None:
    state, _, append = tap(seen())
    state, first = step(state, POLICY, Unrecorded(append, "x"), moment())
    _, second = step(state, POLICY, Unrecorded(append, "x"), moment())
    assert len(of_kind(first, Alarm)) == 1
    assert of_kind(second, Alarm) == []


@pytest.mark.parametrize("name", ["anna", "stranger", "stolen"])
@pytest.mark.parametrize("written", [True, False])
def test_egress_is_free_before_anything_else(name: str, written: bool) -> None:
    state, before, append = tap(seen(name, "r-out"))
    assert before == [Release(MAIN, 3.0)]
    outcome = Recorded(append, 5) if written else Unrecorded(append, "disk full")
    after, effects = step(state, POLICY, outcome, moment())
    assert of_kind(effects, Release) == []
    assert is_free(after)
    (shown,) = of_kind(effects, Present)
    assert isinstance(shown, Present)
    assert shown.signal == ("granted" if written else "unrecorded")
    if written and name == "stranger":
        assert shown.words == EGRESS


def test_egress_is_free_however_old_the_tap() -> None:
    _, before, _ = tap(seen("anna", "r-out"), seconds=60)
    assert before == [Release(MAIN, 3.0)]


def test_without_a_policy_everything_is_refused_as_stale_and_recorded() -> None:
    state, before, append = tap(seen(), held=None, state=ControllerState(wiring()))
    body = observed(append)
    assert (before, body.granted, body.reason, body.policy_version) == ([], False, "policy_stale", 0)
    assert body.policy_confirmed_at == NEVER
    _, effects = step(state, None, Recorded(append, 1), moment())
    assert effects == [Present(IN, "refused", REFUSED[Reason.policy_stale])]


def test_wired_egress_is_free_without_a_policy() -> None:
    state = ControllerState(wiring(main_out="main"))
    _, before, append = tap(seen("stranger", "r-out"), held=None, state=state)
    assert before == [Release(MAIN, 3.0)]
    assert observed(append).reason == "policy_stale"


@pytest.mark.parametrize(("age", "opens"), [(1.9, True), (2.1, False)])
def test_an_old_tap_never_opens(age: float, opens: bool) -> None:
    state, _, append = tap(seen(), seconds=age)
    assert observed(append).at == NOW, "recorded as of the instant it was seen"
    _, effects = step(state, POLICY, Recorded(append, 1), moment(age))
    assert bool(of_kind(effects, Release)) == opens
    if not opens:
        (shown,) = of_kind(effects, Present)
        assert isinstance(shown, Present)
        assert shown.signal == "retry"
        assert of_kind(effects, Alarm)


def test_a_disk_that_takes_too_long_does_not_open_late() -> None:
    state, _, append = tap(seen(reader="r-vault", assurance=2))
    for outcome in (Recorded(append, 1), Unrecorded(append, "x")):
        _, effects = step(state, POLICY, outcome, moment(5))
        assert of_kind(effects, Release) == []


def test_each_release_ends_by_itself_and_a_second_tap_moves_the_end() -> None:
    state, _, append = tap(seen())
    state, _ = step(state, POLICY, Recorded(append, 1), moment(0))
    state, _, append = tap(seen(seconds=2.0), state=state, seconds=2.0)
    state, _ = step(state, POLICY, Recorded(append, 3), moment(2.0))
    state, effects = step(state, POLICY, TimePassed(), moment(4.9))
    assert effects == []
    state, effects = step(state, POLICY, TimePassed(), moment(5.0))
    assert effects[0] == Relock(MAIN)
    (moved,) = of_kind(effects, Append)
    assert isinstance(moved, Append)
    assert isinstance(moved.bodies[0], DoorMoved)
    assert (moved.bodies[0].state, moved.bodies[0].cause_seq) == ("relocked", 3)
    assert (is_free(state), state.next_end_mono) == (False, None)


@pytest.mark.parametrize("event", [Stopping(), Resumed(600.0)])
def test_stopping_and_waking_lock_what_is_free(event: Event) -> None:
    state, _, append = tap(seen())
    state, _ = step(state, POLICY, Recorded(append, 1), moment(0))
    state, effects = step(state, POLICY, event, moment(600))
    assert effects[0] == Relock(MAIN)
    assert not is_free(state)


def test_starting_locks_every_door_and_writes_the_lives_first_record() -> None:
    _, effects = step(ControllerState(wiring()), POLICY, Started("sekisho 1", 77, "the chain breaks"), moment())
    assert effects[:2] == [Relock(MAIN), Relock(SERVER)]
    at_start, alarm = (effect.bodies for effect in effects if isinstance(effect, Append))
    first, *doors = at_start
    (second,) = alarm
    assert isinstance(first, AgentStarted)
    assert [(body.door, body.state) for body in doors if isinstance(body, DoorMoved)] == [
        (MAIN, "relocked"),
        (SERVER, "relocked"),
    ]
    assert (first.previous_epoch, first.policy_version) == (77, 3)
    assert isinstance(second, AlarmRaised)
    assert second.alarm == "journal_set_aside"


def test_confirmation_only_ever_grows() -> None:
    state = CONFIRMED
    for minutes, expected in ((5, 5), (3, 5), (9, 9)):
        state, effects = step(state, POLICY, PolicyConfirmed(NOW + timedelta(minutes=minutes)), moment())
        assert state.confirmed_at == NOW + timedelta(minutes=expected)
        assert effects == []
    _, effects = step(state, POLICY, PolicyTook(4, NOW), moment())
    assert isinstance(effects[0], Append)


def test_a_wall_clock_behind_the_centres_word_cannot_revive_an_expired_card() -> None:
    state, _ = step(CONFIRMED, POLICY, PolicyConfirmed(NOW + timedelta(minutes=5)), moment())
    state, effects = step(state, POLICY, seen("expired"), moment(10, at=NOW - timedelta(days=400)))
    _, append = effects
    assert isinstance(append, Append)
    body = observed(append)
    assert (body.reason, body.clock) == ("expired", "unset")


def test_trouble_and_health_are_recorded() -> None:
    state, effects = step(CONFIRMED, POLICY, ReadTrouble("r-in", "several_cards"), moment())
    assert isinstance(effects[0], Present)
    assert effects[0].signal == "retry"
    assert isinstance(effects[1], Append)
    assert isinstance(effects[1].bodies[0], ReadFailed)
    _, effects = step(state, POLICY, ReaderHealth("r-in", "lost", "unplugged"), moment())
    assert isinstance(effects[0], Append)
    assert isinstance(effects[0].bodies[0], ReaderReported)


def test_a_reader_that_cannot_be_trusted_is_an_alarm_too() -> None:
    _, effects = step(CONFIRMED, POLICY, ReaderHealth("r-in", "failing", "default_key"), moment())
    assert effects[1] == Alarm("default_key", "r-in")
    (raised,) = (effect.bodies[0] for effect in effects[2:] if isinstance(effect, Append))
    assert isinstance(raised, AlarmRaised)


def test_a_door_that_hangs_elsewhere_is_an_alarm_not_a_crash() -> None:
    state = replace(CONFIRMED, wiring=replace(wiring(), doors={}))
    state, _, append = tap(seen(), state=state)
    _, effects = step(state, POLICY, Recorded(append, 1), moment())
    assert isinstance(effects[0], Alarm)
    assert effects[0].alarm == "door_not_wired"


def test_alarms_found_elsewhere_are_shown_and_recorded() -> None:
    _, effects = step(CONFIRMED, POLICY, AlarmFound("disk_nearly_full", "x" * 900), moment())
    assert isinstance(effects[0], Alarm)
    assert isinstance(effects[1], Append)
    assert isinstance(effects[1].bodies[0], AlarmRaised)
    assert len(effects[1].bodies[0].detail) == 200


def test_a_door_without_meaning_for_attendance_says_please() -> None:
    state, _, append = tap(seen(reader="r-vault", assurance=2))
    _, effects = step(state, POLICY, Recorded(append, 1), moment())
    assert of_kind(effects, Present) == [Present(VAULT, "granted", Words("どうぞ", "Please pass"))]
