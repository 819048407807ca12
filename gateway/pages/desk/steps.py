"""One booking from 予約 to 返却 as five steps, and what can be done about it now, the next thing first. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.facilities.reservation import ReservationState
from store.booked_keys import BookedKey
from store.desk_days import DeskBooking
from store.party_doors import PartyDoor


class Step(StrEnum):
    """What a booking goes through, in order."""

    booked = "booked"
    permitted = "permitted"
    paid = "paid"
    lent = "lent"
    returned = "returned"


class Mark(StrEnum):
    """How a step stands."""

    done = "done"
    now = "now"  # it is going on
    wait = "wait"
    late = "late"
    none = "none"  # there is nothing to do


class Word(StrEnum):
    """What is said of a step."""

    booked = "booked"
    held = "held"
    waits = "waits"
    permitted = "permitted"
    not_priced = "not_priced"
    owed = "owed"
    free = "free"
    paid = "paid"
    no_key = "no_key"
    not_yet = "not_yet"  # which keys go with it is known once it is permitted
    not_lent = "not_lent"
    lent_from = "lent_from"
    ready = "ready"
    lent = "lent"
    not_out = "not_out"
    due = "due"
    late = "late"
    returned = "returned"


class Act(StrEnum):
    """What can be done about a booking at the desk."""

    permit = "permit"
    lend = "lend"
    give_back = "give_back"
    card = "card"
    price = "price"
    pay = "pay"
    begin = "begin"
    complete = "complete"


@dataclass(frozen=True, slots=True)
class StepView:
    """A step with its mark and the word for it, filled with an instant or yen."""

    step: Step
    mark: Mark
    word: Word
    at: datetime | None = None
    yen: int | None = None


@dataclass(frozen=True, slots=True)
class Powers:
    """What somebody may do about one booking."""

    permits: bool = False
    keeps: bool = False  # begins and ends its use
    lends: bool = False
    takes: bool = False  # money


_PERMITTED = frozenset({ReservationState.permitted, ReservationState.in_use})
_OPEN = frozenset({ReservationState.applied, *_PERMITTED})


def derive_steps(booking: DeskBooking, keys: Sequence[BookedKey], now: datetime) -> tuple[StepView, ...]:
    """Give the five steps of a booking."""
    missing = _why_no_key(booking)
    return (
        _booked(booking),
        _permitted(booking),
        _paid(booking),
        _lent(keys, now, missing),
        _returned(keys, now, missing),
    )


def derive_acts(
    booking: DeskBooking, keys: Sequence[BookedKey], powers: Powers, now: datetime, *, party: PartyDoor | None = None
) -> tuple[Act, ...]:
    """Give what can be done now, the next thing first; ``party`` is who may have a card for the doors, if somebody."""
    acts = tuple(_list_acts(booking, keys, powers, now))
    if party is None or not powers.lends:
        return acts
    is_over = booking.state not in _OPEN
    return (Act.card, *acts) if party.cards and is_over else (*acts, Act.card)


def lendable(keys: Sequence[BookedKey], now: datetime) -> list[BookedKey]:
    """Give the keys of a booking that may go out now and are not out; what came back may go out again."""
    return [
        each
        for each in keys
        if each.is_given and not each.stamped and each.from_at <= now and (each.until_at is None or now < each.until_at)
    ]


def _booked(booking: DeskBooking) -> StepView:
    tentative = booking.state is ReservationState.tentative
    return StepView(Step.booked, Mark.now if tentative else Mark.done, Word.held if tentative else Word.booked)


def _permitted(booking: DeskBooking) -> StepView:
    if booking.state in (ReservationState.tentative, ReservationState.applied):
        return StepView(Step.permitted, Mark.wait, Word.waits)
    return StepView(Step.permitted, Mark.done, Word.permitted)


def _paid(booking: DeskBooking) -> StepView:
    if booking.total_yen is None:
        return StepView(Step.paid, Mark.none, Word.not_priced)
    owed = booking.owed_yen + booking.deposit_owed_yen
    if owed:
        return StepView(Step.paid, Mark.wait, Word.owed, yen=owed)
    if booking.total_yen == 0:
        return StepView(Step.paid, Mark.none, Word.free)
    return StepView(Step.paid, Mark.done, Word.paid)


def _why_no_key(booking: DeskBooking) -> Word:
    """Give what is said where no key goes with a booking."""
    if booking.state not in _OPEN | {ReservationState.tentative}:
        return Word.not_lent
    return Word.no_key if booking.state in _PERMITTED else Word.not_yet


def _lent(keys: Sequence[BookedKey], now: datetime, missing: Word) -> StepView:
    lent_at = min((each.lent_at for each in keys if each.lent_at is not None), default=None)
    if lent_at is not None:
        return StepView(Step.lent, Mark.done, Word.lent, at=lent_at)
    if not keys or missing is Word.not_lent:
        return StepView(Step.lent, Mark.none, missing)
    from_at = min(each.from_at for each in keys)
    if from_at > now:
        return StepView(Step.lent, Mark.wait, Word.lent_from, at=from_at)
    return StepView(Step.lent, Mark.wait, Word.ready)


def _returned(keys: Sequence[BookedKey], now: datetime, missing: Word) -> StepView:
    due_at = min((each.due_at for each in keys if each.due_at is not None), default=None)
    if due_at is not None:
        late = now >= due_at
        return StepView(Step.returned, Mark.late if late else Mark.now, Word.late if late else Word.due, at=due_at)
    if any(each.lent_at is not None for each in keys):
        return StepView(Step.returned, Mark.done, Word.returned)
    if not keys or missing is Word.not_lent:
        return StepView(Step.returned, Mark.none, missing)
    return StepView(Step.returned, Mark.none, Word.not_out)


def _list_acts(booking: DeskBooking, keys: Sequence[BookedKey], powers: Powers, now: datetime) -> Iterator[Act]:
    if powers.permits and booking.state is ReservationState.applied:
        yield Act.permit
    is_permitted = booking.state in _PERMITTED
    if powers.lends and any(each.stamped for each in keys):
        yield Act.give_back
    can_go = lendable(keys, now) if powers.lends and is_permitted else []
    if any(each.lent_at is None for each in can_go):
        yield Act.lend
    if powers.takes and booking.state in _OPEN | {ReservationState.completed}:
        if booking.total_yen is None:
            yield Act.price
        elif booking.owed_yen or booking.deposit_owed_yen:
            yield Act.pay
    if powers.keeps and booking.state is ReservationState.permitted and not keys and booking.from_at <= now:
        yield Act.begin
    if powers.keeps and booking.state is ReservationState.in_use and not any(each.stamped for each in keys):
        yield Act.complete
    if can_go and all(each.lent_at is not None for each in can_go):
        yield Act.lend
