"""Lottery rounds as people read them: where one stands, what was asked for of each lot, who won what. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.facilities.booking_fault import BookingWhy
from domain.facilities.booking_words import WORDS
from domain.facilities.lottery import Lot, Round
from domain.facilities.tell_booking import format_times
from gateway.pages.bookings.booking_view import Span, view_span
from gateway.pages.words import Language
from store.lotteries import KeptEntry, KeptWin

_VALUE = re.compile(r"\{[a-z_]+\}")


class Phase(StrEnum):
    """Where a round stands."""

    before = "before"
    open = "open"
    due = "due"
    drawn = "drawn"


def derive_phase(round_: Round, now: datetime) -> Phase:
    """Say where a round stands."""
    if round_.drawn_at is not None:
        return Phase.drawn
    if now >= round_.enter_until_at:
        return Phase.due
    return Phase.open if now >= round_.enter_from_at else Phase.before


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot: how many named it, how many named it first, how many won it."""

    lot: Lot
    span: Span
    named: int
    first: int
    won: int


def view_lots(round_: Round, entries: Iterable[KeptEntry], wins: Iterable[KeptWin]) -> tuple[LotView, ...]:
    """Give the lots of a round by time, with what was asked for and won of each."""
    named: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for each in entries:
        named.update(each.entry.choices)
        first.update(each.entry.choices[:1])
    won = Counter(each.win.lot_id for each in wins)
    lots = sorted(round_.lots, key=lambda lot: (lot.from_at, lot.room_id, lot.id))
    return tuple(
        LotView(lot, view_span(lot.from_at, lot.until_at), named[lot.id], first[lot.id], won[lot.id]) for lot in lots
    )


@dataclass(frozen=True, slots=True)
class WinView:
    """What an entry won: ``name`` where the visitor may know it; ``lost`` says why it could not be booked any more."""

    kept: KeptWin
    lot: LotView
    name: str
    is_own: bool
    lost: tuple[str, ...]


def view_wins(
    wins: Iterable[KeptWin],
    lots: Sequence[LotView],
    entries: Iterable[KeptEntry],
    *,
    names: Mapping[str, str],
    own: str | None,
    language: Language,
) -> tuple[WinView, ...]:
    """Give what was won in the order of the draw.

    Args:
        wins: as they are kept.
        lots: of the round.
        entries: of the round.
        names: of reservees whom the visitor may know.
        own: the reservee that the visitor is.
        language: of the page.
    """
    known, whose = {each.lot.id: each for each in lots}, {each.entry.id: each.reservee_id for each in entries}
    return tuple(
        WinView(
            each,
            lot,
            names.get(whose.get(each.win.entry_id, ""), ""),
            own is not None and whose.get(each.win.entry_id) == own,
            tell_lost(each.fault, lot.lot, language),
        )
        for each in wins
        for lot in (known[each.win.lot_id],)
    )


def tell_lost(fault: str, lot: Lot, language: Language) -> tuple[str, ...]:
    """Say why a win could not be booked any more; what only the moment of the draw knew is left out."""
    told = []
    for each in fault.split():
        why = each.partition(":")[2]
        if why in {known.value for known in BookingWhy}:
            words = WORDS[BookingWhy(why)][0 if language is Language.ja else 1]
            words = words.replace("{times}", format_times([(lot.from_at, lot.until_at)]))
            told.append(_VALUE.sub("…", words))
    return tuple(told)
