"""The door machine by example: one story a rule, its timings at their bounds, and what its values say of themselves."""

import pytest

from domain.access.door import (
    FIRE,
    FIRE_PRIORITY,
    DoorMode,
    DoorSpec,
    Override,
    initial_door,
)
from domain.access.grants import WAITING_MAX
from domain.ids import DoorId
from tests.domain.access.door_script import BARE, WATCHED, plain, play

STORIES = {
    "taken, then locked again half a second after the opening": """
        0 close -> closed
        1 card 7 -> free 5, released 7
        3 open -> opened 7, taken 7
        3.5 time -> secure, relocked 7
        9 close -> closed
        99 time -> -""",
    "nobody opened": """
        0 close -> closed
        1 card 7 -> free 5, released 7
        5.9 time -> -
        6 time -> secure, not_taken 7, relocked 7
        7 open -> opened, forced_open
        8 open -> -
        99 time -> -
        100 close -> closed, restored
        101 open -> opened, forced_open""",
    "an opening at the very end of the release comes too late": """
        0 close -> closed
        1 card 7 -> free 5, released 7
        6 open -> secure, not_taken 7, relocked 7, opened, forced_open""",
    "a second card moves the end, and both pass": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        4 card 8 -> free 5, released 8
        6 open -> opened 8, taken 7, taken 8
        6.5 time -> secure, relocked 8""",
    "a second card moves the end, and neither passes": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        4 card 8 -> free 5, released 8
        99 time -> secure, not_taken 7, not_taken 8, relocked 8""",
    "a shorter time never shortens a longer one": """
        0 close -> closed
        0 card 7 extended -> free 15, released 7
        1 card 8 -> released 8
        14 open -> opened 8, taken 7, taken 8
        14.5 time -> secure, relocked 7
        68 time -> -
        69 time -> held_open_prealarm
        74 time -> held_open""",
    "held open, counted from the opening": """
        0 close -> closed
        1 card 7 -> free 5, released 7
        3 open -> opened 7, taken 7
        27.9 time -> secure, relocked 7
        28 time -> held_open_prealarm
        33 time -> held_open
        99 time -> -
        100 close -> closed, restored""",
    "closed during the pre-alarm": """
        0 close -> closed
        1 exit -> free 5, request_to_exit, released
        3 open -> opened
        28 time -> secure, relocked, held_open_prealarm
        29 close -> closed, restored
        99 time -> -""",
    "a grant at an open door is taken at once and gives it time": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        0 open -> opened 7, taken 7
        26 card 8 -> secure, relocked 7, held_open_prealarm, free 5, released 8, taken 8, restored
        31 time -> secure, relocked 8
        50 time -> -
        51 time -> held_open_prealarm
        56 card 9 -> held_open, free 5, released 9, taken 9
        99 close -> secure, relocked 9, closed, restored""",
    "extended time at an open door": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        0 open -> opened 7, taken 7
        10 card 8 extended -> secure, relocked 7, free 15, released 8, taken 8
        64.9 time -> secure, relocked 8
        65 time -> held_open_prealarm
        70 time -> held_open""",
    "a way out at an open door gives it no time": """
        0 close -> closed
        0 exit -> free 5, request_to_exit, released
        0 open -> opened
        20 exit -> secure, relocked, free 5, request_to_exit, released
        30 time -> secure, relocked, held_open_prealarm, held_open""",
    "a first card waits with the release that a second one prolongs": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        1 card 7 -> free 5
        4 card 8 -> free 5, released 8
        7 tamper -> tampered
        8 open -> opened 8, taken 7, taken 8
        8.1 card 8 -> free 5
        13.1 time -> secure, relocked 8""",
    "a card without a record and a way out are two grants": """
        0 close -> closed
        0 card 0 -> free 5, released
        1 exit -> free 5, request_to_exit
        2 card 0 extended -> free 15
        3 set command blocked 30 -> mode_changed
        6 open -> secure, relocked, opened, forced_open""",
    "one who presses again and again asks once": """
        0 exit -> free 5, request_to_exit, released
        2 exit -> free 5
        4 exit -> free 5
        9 time -> secure, relocked
        9 exit -> free 5, request_to_exit, released""",
    "closed again while the lock is still free": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        1 open -> opened 7, taken 7
        1.2 close -> closed
        1.4 open -> opened 7
        1.9 time -> secure, relocked 7
        2 close -> closed
        2.1 open -> opened, forced_open""",
    "a lock-down ends a release at once": """
        0 close -> closed
        0 card 7 -> free 5, released 7
        1 set lockdown locked_down 50 -> secure, mode_changed, not_taken 7, relocked 7
        2 open -> opened, forced_open""",
    "a lock-down lets whoever is on the way out finish": """
        0 close -> closed
        0 exit -> free 5, request_to_exit, released
        1 card 7 extended -> free 15, released 7
        2 card 8 egress -> released 8
        3 set lockdown locked_down 50 -> mode_changed, not_taken 7
        4 card 9 -> not_taken 9
        6 open -> opened 8, taken 8
        6.5 time -> secure, relocked 8""",
    "a card at a blocked door that stands open": """
        0 close -> closed
        0 exit -> free 5, request_to_exit, released
        0 open -> opened
        1 set command blocked 30 -> secure, relocked, mode_changed
        2 card 7 -> not_taken 7
        25 time -> held_open_prealarm""",
    "fire stays until a person clears it after the fire": """
        0 close -> closed
        0 set lockdown locked_down 50 -> mode_changed
        1 fire -> hold, fire_release, mode_changed
        2 fire -> -
        3 set emergency blocked 999 -> -
        4 clear fire -> -
        5 open -> opened
        6 quiet -> -
        7 fire -> -
        8 quiet -> -
        9 close -> closed
        10 clear fire -> secure, fire_cleared, mode_changed, relocked
        11 clear fire -> -
        12 fire -> hold, fire_release, mode_changed""",
    "a fire known from an earlier life": """
        0 set fire locked_open 1000 -> hold, fire_release, mode_changed
        1 clear fire -> secure, fire_cleared, mode_changed, relocked""",
    "an unlocked hour, and a card in it": """
        0 close -> closed
        0 set schedule unlocked 10 until 100 -> hold, mode_changed
        1 card 7 -> -
        2 open -> opened 7, taken 7
        50 card 8 -> taken 8
        60 close -> closed
        70 card 9 -> -
        75 time -> not_taken 9
        98 card 10 -> -
        100 time -> free 3, mode_changed
        103 time -> secure, not_taken 10, relocked 10""",
    "open when the unlocked hour ends": """
        0 close -> closed
        0 set schedule unlocked 10 until 100 -> hold, mode_changed
        1 open -> opened
        100 time -> secure, mode_changed, relocked
        125 time -> held_open_prealarm
        129 set schedule unlocked 10 -> hold, mode_changed, restored
        199 time -> -""",
    "unlocking ends the alarm of a forced door": """
        0 close -> closed
        1 open -> opened, forced_open
        2 set schedule unlocked 10 -> hold, mode_changed, restored
        3 close -> closed""",
    "the highest holds, of equals the later one": """
        0 set schedule unlocked 10 -> hold, mode_changed
        1 set command locked 30 until 20 -> secure, mode_changed, relocked
        2 set guard blocked 30 until 10 -> mode_changed
        3 set command locked 30 until 20 -> mode_changed
        4 set guard blocked 30 until 10 -> mode_changed
        5 set low locked_open 1 -> -
        10 time -> mode_changed
        20 time -> hold, mode_changed
        21 clear schedule -> mode_changed
        22 clear low -> secure, mode_changed, relocked""",
    "an override that is over when it comes takes the old one with it": """
        5 set command unlocked 30 -> hold, mode_changed
        6 set command blocked 30 until 6 -> secure, mode_changed, relocked""",
    "found open: no alarm until it has closed once": """
        0 open -> opened
        99 time -> -
        100 card 7 -> free 5, released 7, taken 7
        199 close -> secure, relocked 7, closed
        200 open -> opened, forced_open""",
    "found open by somebody who was let in before the contact spoke": """
        0 card 7 -> free 5, released 7
        1 open -> opened 7, taken 7
        99 time -> secure, relocked 7""",
    "a repeated input is no news": """
        0 close -> closed
        1 close -> -
        2 tamper -> tampered
        3 tamper -> -
        4 untamper -> tamper_cleared
        5 card 0 -> free 5, released
        6 open -> opened
        9 time -> secure, relocked""",
}


@pytest.mark.parametrize("name", STORIES)
def test_stories(name: str) -> None:
    assert play(WATCHED, STORIES[name])[1] == plain(STORIES[name])


def test_without_a_contact_nobody_can_tell_who_passed() -> None:
    story = """
        0 open -> -
        1 card 7 -> free 5, released 7
        2 close -> -
        3 open -> -
        6 time -> secure, relocked 7
        7 set lockdown locked_down 50 -> mode_changed
        8 card 8 -> -
        99 open -> -"""
    state, lines = play(BARE, story)
    assert lines == plain(story)
    assert state.is_open is None


BOUNDS = {
    "no pre-alarm": (
        DoorSpec(DoorId("d"), has_contact=True, pre_alarm_seconds=0),
        """
        0 close -> closed
        0 exit -> free 5, request_to_exit, released
        0 open -> opened
        30 time -> secure, relocked, held_open""",
    ),
    "a pre-alarm longer than the time itself": (
        DoorSpec(DoorId("d"), has_contact=True, pre_alarm_seconds=99),
        """
        0 close -> closed
        0 exit -> free 5, request_to_exit, released
        0 open -> opened
        0 time -> held_open_prealarm
        30 time -> secure, relocked, held_open""",
    ),
    "no relock delay": (
        DoorSpec(DoorId("d"), has_contact=True, relock_delay_seconds=0),
        """
        0 close -> closed
        0 card 7 -> free 5, released 7
        1 open -> secure, opened 7, taken 7, relocked 7""",
    ),
    "a relock delay longer than the release": (
        DoorSpec(DoorId("d"), has_contact=True, relock_delay_seconds=60),
        """
        0 close -> closed
        0 card 7 -> free 5, released 7
        1 open -> opened 7, taken 7
        5 time -> secure, relocked 7""",
    ),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_timings_at_their_bounds(name: str) -> None:
    spec, story = BOUNDS[name]
    assert play(spec, story)[1] == plain(story)


def test_what_a_state_says_of_itself() -> None:
    state, _ = play(WATCHED, "0 close\n0 set schedule unlocked 10 until 50\n1 set guard blocked 30\n2 exit")
    assert (state.mode, state.standing_mode, state.source) == (DoorMode.accessed, DoorMode.blocked, "guard")
    assert (state.is_open, state.is_free, state.is_releasing, state.next_due_mono) == (False, True, True, 7.0)
    state, _ = play(WATCHED, "7 time", state)
    assert (state.mode, state.is_free, state.is_releasing, state.next_due_mono) == (
        DoorMode.blocked,
        False,
        False,
        50.0,
    )
    state, _ = play(WATCHED, "8 set command unlocked 40\n9 card 7", state)
    assert (state.mode, state.is_free, state.is_releasing) == (DoorMode.unlocked, True, True)
    begun = initial_door(WATCHED)
    assert (begun.mode, begun.source, begun.is_open, begun.next_due_mono) == (DoorMode.locked, "", None, None)


def test_a_stuck_contact_and_a_crowd_do_not_fill_the_memory() -> None:
    crowd = "\n".join(f"{second} card {second}" for second in range(1, 500))
    state, lines = play(WATCHED, f"0 close\n{crowd}")
    assert len(state.grants) <= WAITING_MAX + 5
    _, rest = play(WATCHED, "999 time", state)
    ended = ", ".join([*lines, *rest]).split("not_taken ")[1:]
    assert [int(words.split(",")[0].split()[0]) for words in ended] == list(range(1, 500))


@pytest.mark.parametrize(
    ("source", "mode", "priority", "until", "field"),
    [
        ("command", DoorMode.accessed, 1, None, "mode"),
        ("command", DoorMode.locked, FIRE_PRIORITY, None, "priority"),
        ("fire", DoorMode.locked, FIRE_PRIORITY, None, "source"),
        ("fire", DoorMode.locked_open, 1, None, "source"),
        ("fire", DoorMode.locked_open, FIRE_PRIORITY, 9.0, "source"),
    ],
)
def test_overrides_that_nobody_may_ask_for(
    source: str, mode: DoorMode, priority: int, until: float | None, field: str
) -> None:
    with pytest.raises(ValueError, match=field):
        Override(source, mode, priority, until)


def test_the_fire_is_the_one_override_at_the_top() -> None:
    assert Override("fire", DoorMode.locked_open, FIRE_PRIORITY) == FIRE
