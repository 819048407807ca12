"""Doors in words, so that tests read as tables: ``card 7 extended`` is an event, ``free 5`` an effect."""

from typing import assert_never

from domain.access.door import (
    Accessed,
    ContactMoved,
    DoorEffect,
    DoorEvent,
    DoorMode,
    DoorSpec,
    DoorState,
    ExitRequested,
    FireMoved,
    FreeLock,
    HoldLock,
    Override,
    OverrideCleared,
    OverrideSet,
    Reported,
    SecureLock,
    TamperMoved,
    TimePassed,
    initial_door,
    step_door,
)
from domain.ids import DoorId

WATCHED = DoorSpec(DoorId("main"), has_contact=True)
BARE = DoorSpec(DoorId("main"))


def event_of(words: str) -> DoorEvent:
    """Read ``card 7 [extended] [egress]``, ``set it blocked 30 [until 9]``, ``clear it`` or a word of PLAIN."""
    match words.split():
        case ["card", cause, *more] if set(more) <= {"extended", "egress"}:
            return Accessed(int(cause), extended="extended" in more, egress="egress" in more)
        case ["set", source, mode, priority, *until] if until[:1] in ([], ["until"]):
            return OverrideSet(Override(source, DoorMode(mode), int(priority), float(until[1]) if until else None))
        case ["clear", source]:
            return OverrideCleared(source)
        case [word]:
            return PLAIN[word]
    raise ValueError(words)


PLAIN: dict[str, DoorEvent] = {
    "exit": ExitRequested(),
    "open": ContactMoved(is_open=True),
    "close": ContactMoved(is_open=False),
    "tamper": TamperMoved(active=True),
    "untamper": TamperMoved(active=False),
    "fire": FireMoved(active=True),
    "quiet": FireMoved(active=False),
    "time": TimePassed(),
}


def told(effects: tuple[DoorEffect, ...]) -> str:
    """Write effects: ``free 5``, ``hold``, ``secure``, a word, a word with its cause; ``-`` for none."""
    return ", ".join(_told_one(effect) for effect in effects) or "-"


def _told_one(effect: DoorEffect) -> str:
    match effect:
        case FreeLock(seconds):
            return f"free {seconds:g}"
        case HoldLock():
            return "hold"
        case SecureLock():
            return "secure"
        case Reported(word, cause):
            return f"{word} {cause}" if cause else word
    assert_never(effect)


def play(spec: DoorSpec, script: str, state: DoorState | None = None) -> tuple[DoorState, list[str]]:
    """Play ``moment event -> effects`` line by line; give the last state and the lines as they really went."""
    state, lines = state or initial_door(spec), []
    for line in script.strip().splitlines():
        asked = line.partition("->")[0].strip()
        moment, _, event = asked.partition(" ")
        state, effects = step_door(spec, state, event_of(event.strip()), float(moment))
        lines.append(f"{asked} -> {told(effects)}")
    return state, lines


def plain(script: str) -> list[str]:
    """Give a script's lines without their indentation."""
    return [line.strip() for line in script.strip().splitlines()]
