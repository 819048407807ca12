"""Power cuts at a key cabinet: whatever the disk keeps, each lock that came free has its answer in the journal."""

import random
from collections.abc import Callable
from pathlib import Path

from contract.cabinet_records import CabinetAsked
from contract.records import decode_record, encode_record
from readers.controller import step
from readers.drivers.port import HookSeen, InputMoved
from readers.events import Append, Event, Recorded, Release
from readers.journal import Journal
from tests.readers.cases import moment, number_of, seen
from tests.readers.journal_cases import at
from tests.readers.test_cabinet_turns import BOX, DOOR, contact_of, played
from tests.readers.test_crash_images import count_lost

IMAGES = 600


def visits(journal: Journal, rng: random.Random, ack: Callable[[int], None]) -> None:
    """People tap, open, take and hang back; what a freed lock rests on is acknowledged as it comes free."""
    made = played()
    state, now = made.state, 1.0

    def tell(event: Event) -> None:
        nonlocal state
        state, effects = step(state, made.policy, event, moment(now))
        freed = any(isinstance(effect, Release) and effect.door == DOOR for effect in effects)
        if freed:
            assert isinstance(event, Recorded)
            ack(event.last_seq)
            answered = dict(journal.pending(0, 10**6, 10**9))[event.last_seq]
            assert isinstance(decode_record(answered), CabinetAsked)
        for effect in effects:
            if isinstance(effect, Append) and effect.bodies:
                tell(Recorded(effect, journal.append([encode_record(body) for body in effect.bodies], at(int(now)))))

    for _ in range(12):
        now += rng.uniform(1, 90)
        tell(seen("anna", "keys_in", seconds=now))
        tell(InputMoved(contact_of(BOX), active=True))
        tell(HookSeen(BOX, 1, occupied=False))
        if rng.random() < 0.7:
            tell(HookSeen(BOX, 1, occupied=True, technology="simulated", tag=number_of("hall-0")))
        tell(InputMoved(contact_of(BOX), active=False))


def test_no_lock_came_free_without_its_record(tmp_path: Path) -> None:
    assert count_lost(tmp_path, visits, random.Random("a cabinet"), IMAGES) == []


def test_weaker_syncs_are_found(tmp_path: Path) -> None:
    assert count_lost(tmp_path, visits, random.Random("planted"), 200, weaken="OFF")
