"""A counter's day as a page shows it: bookings by time with their keys and acts, and what is out of the cabinets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil import civil_minute, instant
from domain.facilities.reservation import HOLDING, ReservationState
from domain.keys.count import KeyCount
from domain.keys.custody import Holder
from gateway.pages.desk.day_order import DayPage, choose_page, put_in_order
from gateway.pages.desk.steps import Act, Powers, StepView, derive_acts, derive_steps
from store.booked_keys import BookedKey, list_booked_keys
from store.desk_days import DeskBooking, list_desk_bookings
from store.key_counts import list_open_counts
from store.loans_out import CopyOut, list_copies_out
from store.party_doors import LentCard, PartyDoor, list_party_doors
from store.tx import Tx

SHOWN = HOLDING | {ReservationState.completed, ReservationState.no_show}
"""What a counter's day shows: everything that was neither given back nor refused."""


@dataclass(frozen=True, slots=True)
class Row:
    """A booking with its steps and what can be done; ``loans`` and ``cards`` are what is out for it."""

    booking: DeskBooking
    steps: tuple[StepView, ...]
    acts: tuple[Act, ...]
    loans: tuple["Loan", ...]
    late: bool
    cards: tuple[LentCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Loan:
    """What is out by one loan in one hand; ``next_at`` is when somebody else's booking needs it, if one does today."""

    id: str
    key: str
    key_en: str
    key_id: str
    stamped: tuple[str, ...]
    holder: Holder
    holder_name: str
    since_at: datetime
    due_at: datetime
    late: bool
    deposit_yen: int
    reservation_id: str | None
    next_at: datetime | None = None
    person_id: str | None = None
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the day: bookings, those that wait for permission, those that owe, loans, and late ones."""

    bookings: int
    waiting: int
    owing: int
    out: int
    late: int


@dataclass(frozen=True, slots=True)
class Day:
    """A page of a counter's day; ``loans`` are of now, whatever the day, and ``counts`` of all its pages."""

    on: date
    page: DayPage
    rows: tuple[Row, ...]
    loans: tuple[Loan, ...]
    open_counts: tuple[KeyCount, ...]
    counts: Counts


def load_day(
    tx: Tx,
    facility_ids: Iterable[str],
    on: date,
    *,
    page: int,
    powers: Callable[[DeskBooking], Powers],
    sees_key: Callable[[str], bool],
) -> Day:
    """Give a day in six questions.

    Args:
        tx: the transaction.
        facility_ids: whose bookings.
        on: the day.
        page: which page of its bookings, from 1 (``gateway.pages.desk.day_order``).
        powers: what the visitor may do about a booking.
        sees_key: whether the visitor sees a key by its id.
    """
    begins_at, ends_at = instant(on, 0), instant(on + timedelta(days=1), 0)
    bookings = list_desk_bookings(tx, set(facility_ids), begins_at, ends_at, states=SHOWN)
    is_today = on == civil_minute(tx.now)[0]
    copies = list_copies_out(tx)
    if is_today:
        bookings = put_in_order(bookings, {each.reservation_id or "" for each in copies}, tx.now)
    chosen = choose_page(bookings, page)
    shown = {each.id for each in chosen.shown}
    keys: dict[str, list[BookedKey]] = {}
    for key in list_booked_keys(tx, shown | {each.id for each in bookings if is_today and each.until_at > tx.now}):
        keys.setdefault(key.reservation_id, []).append(key)
    needed = _list_needed(keys) if is_today else {}
    loans = derive_loans((each for each in copies if sees_key(each.key_id)), tx.now, needed=needed)
    parties = list_party_doors(tx, shown)
    lent: dict[str | None, list[Loan]] = {}
    for loan in loans:
        lent.setdefault(loan.id, []).append(loan)
    rows = tuple(
        _row(each, keys.get(each.id, ()), powers(each), tx.now, party=parties.get(each.id), lent=lent)
        for each in chosen.shown
    )
    return Day(on, chosen, rows, loans, tuple(list_open_counts(tx)), _count(bookings, loans))


def derive_loans(
    copies: Iterable[CopyOut], now: datetime, *, needed: Mapping[str, list[tuple[datetime, str]]] | None = None
) -> tuple[Loan, ...]:
    """Put copies together by loan and holder, the first due first; ``needed`` says when a key is booked next."""
    together: dict[tuple[str, Holder], list[CopyOut]] = {}
    for each in copies:
        together.setdefault((each.loan_id, each.holder), []).append(each)
    return tuple(_loan(of, now, needed or {}) for of in together.values())


def _loan(of: Sequence[CopyOut], now: datetime, needed: Mapping[str, list[tuple[datetime, str]]]) -> Loan:
    first = of[0]
    others = [at for each in of for at, booking in needed.get(each.key_id, ()) if booking != first.reservation_id]
    return Loan(
        first.loan_id,
        first.ring or first.key,
        first.ring_en or first.key_en,
        first.key_id,
        tuple(sorted(each.stamped for each in of)),
        first.holder,
        first.holder_name,
        first.since_at,
        first.due_at,
        late=now >= first.due_at,
        deposit_yen=first.deposit_yen,
        reservation_id=first.reservation_id,
        next_at=min((at for at in others if at > now), default=None),
        person_id=first.person_id,
        offered=any(each.offered for each in of),
    )


def _row(
    booking: DeskBooking,
    keys: Sequence[BookedKey],
    powers: Powers,
    now: datetime,
    *,
    party: PartyDoor | None,
    lent: Mapping[str | None, Sequence[Loan]],
) -> Row:
    loans = dict.fromkeys(each.loan_id for each in keys)
    return Row(
        booking,
        derive_steps(booking, keys, now),
        derive_acts(booking, keys, powers, now, party=party),
        tuple(loan for id_ in loans for loan in lent.get(id_, ())),
        any(each.due_at is not None and now >= each.due_at for each in keys),
        party.cards if party is not None else (),
    )


def _list_needed(keys: Mapping[str, Iterable[BookedKey]]) -> dict[str, list[tuple[datetime, str]]]:
    """Give when keys are booked and have not gone out, by key."""
    needed: dict[str, list[tuple[datetime, str]]] = {}
    for booking_id, booked in keys.items():
        for each in booked:
            if each.is_given and each.lent_at is None and each.used_from is not None:
                needed.setdefault(each.target.id, []).append((each.used_from, booking_id))
    return needed


def _count(bookings: Sequence[DeskBooking], loans: Sequence[Loan]) -> Counts:
    return Counts(
        len(bookings),
        sum(each.state is ReservationState.applied for each in bookings),
        sum(bool(each.owed_yen or each.deposit_owed_yen) for each in bookings),
        len(loans),
        sum(loan.late for loan in loans),
    )
