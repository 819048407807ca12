"""A counter's day as a page shows it: bookings by time with their keys and acts, and what is out of the cabinets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil import civil_minute, instant
from domain.facilities.reservation import HOLDING, ReservationState
from domain.keys.count import KeyCount
from domain.keys.custody import Holder
from gateway.pages.desk.steps import Act, Powers, StepView, derive_acts, derive_steps, lendable
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
    """A booking with its steps and what can be done; ``loan_ids`` and ``cards`` are what is out for it."""

    booking: DeskBooking
    keys: tuple[BookedKey, ...]
    steps: tuple[StepView, ...]
    acts: tuple[Act, ...]
    lendable: tuple[BookedKey, ...]
    loan_ids: tuple[str, ...]
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
    """A counter's day; ``loans`` are of now, whatever the day."""

    on: date
    rows: tuple[Row, ...]
    loans: tuple[Loan, ...]
    open_counts: tuple[KeyCount, ...]
    counts: Counts


def load_day(
    tx: Tx,
    facility_ids: Iterable[str],
    on: date,
    *,
    powers: Callable[[DeskBooking], Powers],
    sees_key: Callable[[str], bool],
) -> Day:
    """Give a day in six questions.

    Args:
        tx: the transaction.
        facility_ids: whose bookings.
        on: the day.
        powers: what the visitor may do about a booking.
        sees_key: whether the visitor sees a key by its id.
    """
    begins_at, ends_at = instant(on, 0), instant(on + timedelta(days=1), 0)
    bookings = list_desk_bookings(tx, set(facility_ids), begins_at, ends_at, states=SHOWN)
    keys: dict[str, list[BookedKey]] = {}
    for key in list_booked_keys(tx, [each.id for each in bookings]):
        keys.setdefault(key.reservation_id, []).append(key)
    parties = list_party_doors(tx, [each.id for each in bookings])
    rows = tuple(_row(each, keys.get(each.id, ()), parties.get(each.id), powers(each), tx.now) for each in bookings)
    seen = [each for each in list_copies_out(tx) if sees_key(each.key_id)]
    loans = derive_loans(seen, tx.now, needed=_list_needed(rows) if on == civil_minute(tx.now)[0] else {})
    return Day(on, rows, loans, tuple(list_open_counts(tx)), _count(rows, loans))


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
    booking: DeskBooking, keys: Sequence[BookedKey], party: PartyDoor | None, powers: Powers, now: datetime
) -> Row:
    out = tuple(dict.fromkeys(each.loan_id for each in keys if each.loan_id is not None))
    late = any(each.due_at is not None and now >= each.due_at for each in keys)
    return Row(
        booking,
        tuple(keys),
        derive_steps(booking, keys, now),
        derive_acts(booking, keys, powers, now, party=party),
        tuple(lendable(keys, now)),
        out,
        late,
        party.cards if party is not None else (),
    )


def _list_needed(rows: Iterable[Row]) -> dict[str, list[tuple[datetime, str]]]:
    """Give when keys are booked today and have not gone out, by key."""
    needed: dict[str, list[tuple[datetime, str]]] = {}
    for row in rows:
        for each in row.keys:
            if each.is_given and each.lent_at is None and each.used_from is not None:
                needed.setdefault(each.target.id, []).append((each.used_from, row.booking.id))
    return needed


def _count(rows: Sequence[Row], loans: Sequence[Loan]) -> Counts:
    return Counts(
        len(rows),
        sum(row.booking.state is ReservationState.applied for row in rows),
        sum(bool(row.booking.owed_yen or row.booking.deposit_owed_yen) for row in rows),
        len(loans),
        sum(loan.late for loan in loans),
    )
