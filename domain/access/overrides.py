"""Who wants which mode of a door: a stack with one entry a source; the highest priority holds, of equals the later one.

A schedule, the first card of the day, a command, a lock-down and a fire may want different things at once. None erases
another: when one is cleared or its time is over, the next below it holds again; below all of them the door is locked.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class DoorMode(StrEnum):
    """What a door does by itself, in the words of ONVIF's DoorMode."""

    locked = "locked"
    unlocked = "unlocked"
    accessed = "accessed"  # a release runs on a door that its mode locks; no override asks for it
    blocked = "blocked"
    locked_down = "locked_down"
    locked_open = "locked_open"


FIRE_SOURCE = "fire"
FIRE_PRIORITY = 1000
"""Above every other source; nobody else may ask for as much."""


@dataclass(frozen=True, slots=True)
class Override:
    """One entry of the stack.

    ``source`` is who asks (``schedule``, ``first_card``, ``command``, ``lockdown``, ``fire`` …). ``until_mono`` ends it
    by itself, in monotonic seconds; None lasts until it is cleared.

    Raises:
        ValueError: it asks for ``accessed``, reaches up to the fire's priority, or is a fire other than ``FIRE``.
    """

    source: str
    mode: DoorMode
    priority: int
    until_mono: float | None = None

    def __post_init__(self) -> None:
        if self.mode is DoorMode.accessed:
            raise ValueError("mode: no override asks for accessed; a release does that")
        if self.source == FIRE_SOURCE:
            if (self.mode, self.priority, self.until_mono) != (DoorMode.locked_open, FIRE_PRIORITY, None):
                raise ValueError("source: fire is locked_open at the highest priority until a person clears it")
        elif self.priority >= FIRE_PRIORITY:
            raise ValueError(f"priority: expected less than {FIRE_PRIORITY}, which is the fire's, got {self.priority}")


FIRE = Override(FIRE_SOURCE, DoorMode.locked_open, FIRE_PRIORITY)

Stack = tuple[Override, ...]
"""In rising order of priority, among equals in the order of asking: the last entry holds."""


def put_override(stack: Stack, override: Override) -> Stack:
    """Let a source ask for a mode, in place of what it asked for before; among equal priorities it is the later."""
    rest = clear_override(stack, override.source)
    above = bisect_right(rest, override.priority, key=lambda entry: entry.priority)
    return (*rest[:above], override, *rest[above:])


def clear_override(stack: Stack, source: str) -> Stack:
    """Take back what a source asked for; a source without an entry changes nothing."""
    return tuple(entry for entry in stack if entry.source != source)


def expire_overrides(stack: Stack, mono: float) -> Stack:
    """Drop the entries whose time is over at ``mono`` seconds."""
    return tuple(entry for entry in stack if entry.until_mono is None or mono < entry.until_mono)
