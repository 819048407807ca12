"""The door machine by its table: one row a (mode, event)."""

from itertools import product

import pytest

from domain.access.door import (
    DoorMode,
    DoorState,
    admits,
    initial_door,
    step_door,
)
from domain.access.door_table import MODES
from tests.domain.access.door_script import WATCHED, event_of, told

TABLE = """
locked      | card 7        | free 5, released 7
locked      | card 7 egress | free 5, released 7
locked      | exit          | free 5, request_to_exit, released
locked      | open          | opened, forced_open
locked      | fire          | hold, fire_release, mode_changed
locked      | set c blocked 50     | mode_changed
locked      | set c locked 50      | -
locked      | set c locked_open 50 | hold, mode_changed
locked      | set low unlocked 5   | hold, mode_changed
locked      | clear it      | -
locked      | tamper        | tampered
locked      | time          | -
unlocked    | card 7        | -
unlocked    | card 7 egress | -
unlocked    | exit          | request_to_exit
unlocked    | open          | opened
unlocked    | fire          | fire_release, mode_changed
unlocked    | set c blocked 50     | secure, mode_changed, relocked
unlocked    | set c locked 50      | secure, mode_changed, relocked
unlocked    | set c locked_open 50 | mode_changed
unlocked    | set low locked 5     | -
unlocked    | clear it      | secure, mode_changed, relocked
unlocked    | tamper        | tampered
unlocked    | time          | -
accessed    | card 8        | free 5, released 8
accessed    | card 7        | free 5
accessed    | card 8 egress | free 5, released 8
accessed    | exit          | free 5, request_to_exit
accessed    | open          | opened 7, taken 7
accessed    | fire          | hold, fire_release, mode_changed
accessed    | set c blocked 50     | secure, mode_changed, not_taken 7, relocked 7
accessed    | set c locked 50      | -
accessed    | set c locked_open 50 | hold, mode_changed
accessed    | set low unlocked 5   | hold, mode_changed
accessed    | clear it      | -
accessed    | tamper        | tampered
accessed    | time          | -
blocked     | card 7        | not_taken 7
blocked     | card 7 egress | free 5, released 7
blocked     | exit          | free 5, request_to_exit, released
blocked     | open          | opened, forced_open
blocked     | fire          | hold, fire_release, mode_changed
blocked     | set c blocked 50     | -
blocked     | set c locked 50      | mode_changed
blocked     | set c locked_open 50 | hold, mode_changed
blocked     | set low unlocked 5   | -
blocked     | clear it      | mode_changed
blocked     | tamper        | tampered
blocked     | time          | -
locked_down | card 7        | not_taken 7
locked_down | card 7 egress | free 5, released 7
locked_down | exit          | free 5, request_to_exit, released
locked_down | open          | opened, forced_open
locked_down | fire          | hold, fire_release, mode_changed
locked_down | set c blocked 50     | mode_changed
locked_down | set c locked 50      | mode_changed
locked_down | set c locked_open 50 | hold, mode_changed
locked_down | set low unlocked 5   | -
locked_down | clear it      | mode_changed
locked_down | tamper        | tampered
locked_down | time          | -
locked_open | card 7        | -
locked_open | card 7 egress | -
locked_open | exit          | request_to_exit
locked_open | open          | opened
locked_open | fire          | fire_release
locked_open | set c blocked 50     | secure, mode_changed, relocked
locked_open | set c locked 50      | secure, mode_changed, relocked
locked_open | set c locked_open 50 | -
locked_open | set low locked 5     | -
locked_open | clear it      | secure, mode_changed, relocked
locked_open | tamper        | tampered
locked_open | time          | -
"""
ROWS = [tuple(cell.strip() for cell in row.split("|")) for row in TABLE.strip().splitlines()]


def door_in(mode: DoorMode) -> DoorState:
    state, _ = step_door(WATCHED, initial_door(WATCHED), event_of("close"), 0.0)
    if mode is DoorMode.locked:
        return state
    asked = "card 7" if mode is DoorMode.accessed else f"set it {mode} 30"
    return step_door(WATCHED, state, event_of(asked), 0.0)[0]


@pytest.mark.parametrize(("mode", "event", "expected"), ROWS, ids=[" ".join(row[:2]) for row in ROWS])
def test_each_mode_meets_each_event(mode: str, event: str, expected: str) -> None:
    state = door_in(DoorMode(mode))
    assert state.mode is DoorMode(mode)
    assert told(step_door(WATCHED, state, event_of(event), 1.0)[1]) == expected


def test_the_table_is_whole() -> None:
    kinds = {(mode, type(event_of(event))) for mode, event, _ in ROWS}
    events = {type(event_of(event)) for _, event, _ in ROWS}
    assert kinds == set(product(map(str, DoorMode), events))
    assert set(MODES) == set(DoorMode) - {DoorMode.accessed}


@pytest.mark.parametrize(("mode", "admitted"), [(mode, mode not in {"blocked", "locked_down"}) for mode in MODES])
def test_who_may_enter(mode: DoorMode, admitted: bool) -> None:
    assert admits(door_in(mode)) is admitted
    freed, _ = step_door(WATCHED, door_in(mode), event_of("exit"), 1.0)
    assert freed.is_free
    assert admits(freed) is admitted
