"""Which alarms are right again by themselves, read off how doors and readers stand now. Pure."""

from collections.abc import Iterable

from store.door_states import DoorFacts, ReaderFacts

READER_DOWN = "reader_down"
"""The alarm of a reader that is gone or broken; its subject is the reader."""

VISIT_OVERSTAYED = "visit_overstayed"
"""The alarm of a visitor who is here after the end; its subject is the visit, and leaving puts it right."""

DOWN = frozenset(("lost", "failing"))
"""What a reader reports when a person must look at it; ``busy`` passes."""


def list_restored(doors: Iterable[DoorFacts], readers: Iterable[ReaderFacts]) -> set[tuple[str, str]]:
    """Give (kind, subject) of every alarm that no longer has its cause.

    A controller that started again knows nothing of its doors; until their contacts have spoken nothing is right.
    """
    restored: set[tuple[str, str]] = set()
    for door in doors:
        if not door.contact:
            continue
        if door.contact == "closed" and not door.alarm:
            restored |= {("door_forced_open", door.door_id), ("door_held_open", door.door_id)}
        if not door.tampered:
            restored.add(("door_tampered", door.door_id))
        if not door.fire:
            restored.add(("door_fire_release", door.door_id))
    return restored | {(READER_DOWN, reader.reader_id) for reader in readers if reader.health == "ready"}
