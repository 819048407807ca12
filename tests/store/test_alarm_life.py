"""Alarms in the database: repeats counted, raised again, restored, told again, cleared; on both databases."""

from datetime import UTC, datetime, timedelta

from domain.access.alarm_desk import AlarmAct, AlarmState
from gateway.operations.access.acknowledge_alarm import acknowledge_alarm
from gateway.operations.access.clear_alarm import clear_alarm
from gateway.operations.access.escalate_alarms import escalate_alarms
from gateway.operations.access.note_alarm import note_alarm
from store.alarm_desk import (
    DeskAlarm,
    count_waiting_alarms,
    list_alarm_steps,
    list_past_alarms,
    list_standing_alarms,
    load_alarm,
)
from store.alarms import Alarm, insert_alarms, list_open_alarms, restore_alarms
from store.tx import Store, Tx

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
HELD = Alarm("door_held_open", "west", "seq 1")
FORCED = Alarm("door_forced_open", "west", "seq 2")


def only(tx: Tx) -> DeskAlarm:
    [found] = list_standing_alarms(tx)
    return found


def test_repeats_are_counted_and_what_they_said_is_kept(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert insert_alarms(tx, [HELD, FORCED]) == [HELD, FORCED]
        assert insert_alarms(tx, [HELD]) == []
        assert insert_alarms(tx, [HELD._replace(detail="seq 9"), HELD._replace(detail="seq 10")]) == []
        held, forced = list_standing_alarms(tx)
        assert (held.times, held.alarm, held.last_at, forced.times) == (4, HELD, NOW, 1)
        assert [step.note for step in list_alarm_steps(tx, held.id)] == ["seq 9", "seq 10"]
        assert len(list_open_alarms(tx)) == 2


def test_raised_again_after_an_acknowledgement_it_needs_a_person_again(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [HELD])
        assert acknowledge_alarm(tx, only(tx).id, by="desk")
        assert not acknowledge_alarm(tx, only(tx).id, by="late")
        assert only(tx).state is AlarmState.acknowledged
        assert insert_alarms(tx, [HELD]) == [HELD]
        again = only(tx)
        assert (again.state, again.times, again.acknowledged_by) == (AlarmState.raised, 2, None)
        assert AlarmAct.acknowledge in {step.act for step in list_alarm_steps(tx, again.id)}


def test_restored_it_waits_for_the_acknowledgement_and_ends_by_it(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [HELD])
        assert restore_alarms(tx, [("door_held_open", "west"), ("door_held_open", "east")]) == 1
        assert restore_alarms(tx, [("door_held_open", "west")]) == 0
        restored = only(tx)
        assert (restored.state, restored.restored_at) == (AlarmState.raised, NOW)
        assert acknowledge_alarm(tx, restored.id, by="desk")
        assert list_standing_alarms(tx) == []


def test_acknowledged_first_it_ends_when_it_is_restored(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [HELD])
        acknowledge_alarm(tx, only(tx).id, by="desk")
        assert restore_alarms(tx, [("door_held_open", "west")]) == 1
        assert list_standing_alarms(tx) == []


def test_only_what_nobody_acknowledged_is_counted_as_waiting(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert count_waiting_alarms(tx) == 0
        insert_alarms(tx, [HELD, FORCED, Alarm("duress", "west", "tap")])
        assert count_waiting_alarms(tx) == 3
        assert count_waiting_alarms(tx, without=frozenset({"duress"})) == 2
        acknowledge_alarm(tx, list_standing_alarms(tx)[0].id, by="desk")
        assert count_waiting_alarms(tx, without=frozenset({"duress"})) == 1


def test_a_forced_door_is_cleared_by_a_sentence_alone(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [FORCED])
        found = only(tx)
        restore_alarms(tx, [("door_forced_open", "west")])
        assert clear_alarm(tx, found.id, "業者の搬入だった", by="desk") == "not_acknowledged"
        acknowledge_alarm(tx, found.id, by="desk")
        assert only(tx).state is AlarmState.acknowledged
        assert clear_alarm(tx, found.id, " \n", by="desk") == "no_words"
        assert clear_alarm(tx, found.id, "長" * 501, by="desk") == "too_long"
        assert clear_alarm(tx, 999, "x", by="desk") == "no_alarm"
        assert note_alarm(tx, found.id, "警備に連絡", by="desk") is None
        assert clear_alarm(tx, found.id, "業者の\n搬入だった", by="desk") is None
        assert list_standing_alarms(tx) == []
        assert [(step.act, step.note) for step in list_alarm_steps(tx, found.id)][-2:] == [
            (AlarmAct.note, "警備に連絡"),
            (AlarmAct.clear, "業者の 搬入だった"),
        ]
        assert insert_alarms(tx, [FORCED]) == [FORCED]
        assert only(tx).id != found.id


def test_it_is_told_again_once_when_nobody_acknowledged_in_time(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [FORCED, Alarm("suspended", "west-1", "")])
        assert escalate_alarms(tx) == 0
    with store.transaction(NOW + timedelta(minutes=2)) as tx:
        assert escalate_alarms(tx) == 1
        assert escalate_alarms(tx) == 0
        [told] = [each for each in list_standing_alarms(tx) if each.escalated_at]
        assert told.alarm == FORCED


def test_raised_again_it_waits_from_then_on(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [FORCED])
        acknowledge_alarm(tx, only(tx).id, by="desk")
    with store.transaction(NOW + timedelta(hours=3)) as tx:
        assert insert_alarms(tx, [FORCED]) == [FORCED]
        assert escalate_alarms(tx) == 0
    with store.transaction(NOW + timedelta(hours=3, minutes=2)) as tx:
        assert escalate_alarms(tx) == 1


def test_the_past_is_found_by_day_kind_and_thing(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_alarms(tx, [HELD, FORCED])
    with store.reading(NOW) as tx:
        day = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1), "limit": 10}
        assert {each.alarm for each in list_past_alarms(tx, **day)} == {HELD, FORCED}
        assert [each.alarm for each in list_past_alarms(tx, **day, kind="door_held_open", subject="west")] == [HELD]
        assert list_past_alarms(tx, **day, subject="east") == []
        assert load_alarm(tx, 999) is None
