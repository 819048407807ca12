"""Lottery rounds for popular slots (抽選): a draw that anybody can replay.

The city publishes the SHA-256 of a seed before the first entry and the seed after the draw. An entry's place in the
order is the least SHA-256 of (seed, entry, chance number); whoever has more chances has more numbers. In that order
each entry is given the first of its choices that is left; with more than one win it is gone through again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from domain.facilities.round_fault import RoundFault, RoundWhy

NAME_LENGTH_MAX = 80
LOTS_MAX = 500
CHOICES_MAX = 20
WINS_MAX = 20
CHANCES_MAX = 10


@dataclass(frozen=True, slots=True)
class Lot:
    """A time in a room that is drawn for; so many can win it: the places of a slot that has places, otherwise one."""

    id: str
    room_id: str
    from_at: datetime
    until_at: datetime
    wins: int = 1
    slot_id: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """A lottery round; ``seed`` is empty until it is drawn."""

    id: str
    facility_id: str
    name: str
    name_en: str
    enter_from_at: datetime
    enter_until_at: datetime
    """From then on nobody enters, and it can be drawn."""
    lots: tuple[Lot, ...]
    seed_hash: str
    choices_most: int = 3
    wins_most: int = 1
    """How many lots one reservee can win."""
    first_chances: int = 1
    """How many chances one has who won nothing in the facility's rounds within ``first_days``; others have one."""
    first_days: int = 365
    seed: str = ""
    drawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One reservee's entry as it is drawn: lots in the order of preference."""

    id: str
    choices: tuple[str, ...]
    chances: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Win:
    """``position`` is the entry's place in the order of the draw, from 1."""

    position: int
    entry_id: str
    lot_id: str


def hash_seed(seed: str) -> str:
    """Give what is published of a seed before the draw; 64 hex digits."""
    return sha256(seed.encode()).hexdigest()


def hash_chance(seed: str, entry_id: str, number: int) -> str:
    """Give the drawn number of one chance of an entry, chances from 1: SHA-256 of ``seed:entry:number``."""
    return sha256(f"{seed}:{entry_id}:{number}".encode()).hexdigest()


def order_entries(seed: str, entries: Iterable[Entry]) -> list[Entry]:
    """Give entries in the order of the draw, whatever order they come in."""
    return sorted(
        entries,
        key=lambda entry: (min(hash_chance(seed, entry.id, each + 1) for each in range(entry.chances)), entry.id),
    )


def draw_wins(seed: str, lots: Iterable[Lot], entries: Iterable[Entry], *, wins_most: int = 1) -> tuple[Win, ...]:
    """Draw: who wins which lot, by position; nobody wins two lots whose times overlap."""
    known = {lot.id: lot for lot in lots}
    left = Counter({lot.id: lot.wins for lot in known.values()})
    ordered = order_entries(seed, entries)
    won: dict[str, list[Lot]] = {}
    wins = []
    for _ in range(wins_most):
        for position, entry in enumerate(ordered, 1):
            mine = won.setdefault(entry.id, [])
            lot = next(_list_possible(entry, known, left, mine), None)
            if lot is not None:
                left[lot.id] -= 1
                mine.append(lot)
                wins.append(Win(position, entry.id, lot.id))
    return tuple(sorted(wins))


def assess_round(new: Round, now: datetime) -> tuple[RoundFault, ...]:
    """Name everything that is wrong with a round by itself; its rooms are looked at by whoever opens it."""
    return (*_assess_texts(new), *_assess_limits(new), *_assess_times(new, now), *_assess_lots(new))


def assess_choices(round_: Round, choices: tuple[str, ...]) -> tuple[RoundFault, ...]:
    """Name what is wrong with the choices of an entry."""
    if not choices:
        return (RoundFault("choices", RoundWhy.no_choice),)
    if len(choices) > round_.choices_most:
        return (RoundFault("choices", RoundWhy.too_many_choices, {"most": round_.choices_most}),)
    if len(set(choices)) < len(choices):
        return (RoundFault("choices", RoundWhy.choice_twice),)
    if not set(choices) <= {lot.id for lot in round_.lots}:
        return (RoundFault("choices", RoundWhy.unknown_lot),)
    return ()


def _list_possible(entry: Entry, known: Mapping[str, Lot], left: Counter[str], mine: list[Lot]) -> Iterator[Lot]:
    for id_ in entry.choices:
        lot = known[id_]
        if left[id_] > 0 and all(lot.until_at <= won.from_at or won.until_at <= lot.from_at for won in mine):
            yield lot


def _assess_texts(new: Round) -> Iterator[RoundFault]:
    for name in ("name", "name_en"):
        if not 1 <= len(getattr(new, name)) <= NAME_LENGTH_MAX:
            yield RoundFault(name, RoundWhy.bad_text, {"most": NAME_LENGTH_MAX})


def _assess_limits(new: Round) -> Iterator[RoundFault]:
    for name, most in (
        ("choices_most", CHOICES_MAX),
        ("wins_most", WINS_MAX),
        ("first_chances", CHANCES_MAX),
        ("first_days", 3660),
    ):
        if not 1 <= getattr(new, name) <= most:
            yield RoundFault(name, RoundWhy.out_of_range, {"most": most})


def _assess_times(new: Round, now: datetime) -> Iterator[RoundFault]:
    if new.enter_until_at <= max(new.enter_from_at, now):
        yield RoundFault("enter_until_at", RoundWhy.ends_before_start)
    if any(lot.from_at < new.enter_until_at + timedelta(hours=1) for lot in new.lots):
        yield RoundFault("lots", RoundWhy.lot_too_early)
    if any(lot.until_at <= lot.from_at for lot in new.lots):
        yield RoundFault("lots", RoundWhy.ends_before_start)


def _assess_lots(new: Round) -> Iterator[RoundFault]:
    if not 1 <= len(new.lots) <= LOTS_MAX:
        yield RoundFault("lots", RoundWhy.out_of_range, {"most": LOTS_MAX})
    if len({lot.id for lot in new.lots}) < len(new.lots):
        yield RoundFault("lots", RoundWhy.lot_twice)
    if any(lot.wins < 1 for lot in new.lots):
        yield RoundFault("lots", RoundWhy.no_wins)
