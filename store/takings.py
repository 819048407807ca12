"""Takings: entries that are never edited, with numbers that have no gaps per facility, fiscal year and series."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from domain.facilities.takings import Method, Series, Taking, TakingKind, fiscal_year
from store.bulk import batched
from store.conflicts import insert_new
from store.taking_tables import payout_match, slip_counter, taking, taking_desk
from store.tx import Tx

_NAMES = tuple(Taking.__slots__)
_COLUMNS = tuple(taking.c[name] for name in _NAMES)


def lock_desk(tx: Tx, facility_id: str) -> None:
    """Hold a facility's till until the commit: one entry, one closing at a time.

    Raises:
        IntegrityError: there is no such facility.
    """
    insert_new(tx, taking_desk, {"facility_id": facility_id})
    held = select(taking_desk.c.facility_id).where(taking_desk.c.facility_id == facility_id)
    tx.connection.execute(held.with_for_update()).one()


def draw_number(tx: Tx, facility_id: str, counted_on: date, series: Series) -> int:
    """Give the next number of a series; only under :func:`lock_desk`, and gone again with the transaction."""
    key = {"facility_id": facility_id, "fiscal_year": fiscal_year(counted_on), "series": series.value}
    insert_new(tx, slip_counter, {**key, "last": 0})
    here = (slip_counter.c[name] == value for name, value in key.items())
    drawn = update(slip_counter).where(*here).values(last=slip_counter.c.last + 1).returning(slip_counter.c.last)
    return int(tx.connection.execute(drawn).scalar_one())


def insert_taking(tx: Tx, entry: Taking) -> None:
    """Write an entry down.

    Raises:
        IntegrityError: its id, its number, or the correction of what it corrects stands already.
    """
    plain = {name: getattr(entry, name) for name in _NAMES}
    words = {name: plain[name].value for name in ("kind", "of_kind", "method")}
    more = {"series": entry.series.value, "fiscal_year": fiscal_year(entry.counted_on)}
    tx.connection.execute(insert(taking).values({**plain, **words, **more}))


def load_taking(tx: Tx, taking_id: str) -> Taking | None:
    """Give an entry; None when there is none of that id."""
    return next(iter(_entries(tx, taking.c.id == taking_id)), None)


def list_takings_by_id(tx: Tx, ids: Collection[str]) -> dict[str, Taking]:
    """Give entries by id; what there is none of is left out."""
    found = [each for some in batched(sorted(ids)) for each in _entries(tx, taking.c.id.in_(some))]
    return {each.id: each for each in found}


def find_correction(tx: Tx, taking_id: str) -> Taking | None:
    """Give the counter-entry of an entry; None where it stands uncorrected."""
    return next(iter(_entries(tx, taking.c.corrects == taking_id)), None)


def list_takings_of(tx: Tx, reservation_id: str) -> list[Taking]:
    """Give the entries of a reservation, in the order of time."""
    return _entries(tx, taking.c.reservation_id == reservation_id)


def list_takings_of_each(tx: Tx, reservation_ids: Collection[str]) -> dict[str, list[Taking]]:
    """Give the entries of reservations, each in the order of time; a reservation without any is left out."""
    found: dict[str, list[Taking]] = {}
    for some in batched(sorted(reservation_ids)):
        for each in _entries(tx, taking.c.reservation_id.in_(some)):
            found.setdefault(each.reservation_id, []).append(each)
    return found


def list_takings_on(tx: Tx, facility_id: str, counted_on: date) -> list[Taking]:
    """Give the entries of a facility's day, in the order of time."""
    return _entries(tx, (taking.c.facility_id == facility_id) & (taking.c.counted_on == counted_on))


def list_days_with_takings(tx: Tx, facility_id: str, first_on: date, last_on: date) -> list[date]:
    """Give the days of a facility that have entries, from the first to the last, both included."""
    within = (taking.c.counted_on >= first_on) & (taking.c.counted_on <= last_on)
    days = select(taking.c.counted_on).where(taking.c.facility_id == facility_id, within).distinct()
    return list(tx.connection.scalars(days.order_by(taking.c.counted_on)))


def list_provider_takings(tx: Tx, provider: str, references: Collection[str]) -> list[Taking]:
    """Give a provider's entries that no file has answered yet, and all of some references; corrected ones are left out.

    An entry and its counter-entry together are nothing that a provider would pay out.
    """
    by = (taking.c.provider == provider) & taking.c.corrects.is_(None)
    corrected = select(taking.c.corrects).where(taking.c.corrects.is_not(None))
    by &= taking.c.id.not_in(corrected)
    matched = select(payout_match.c.taking_id)
    found = {each.id: each for each in _entries(tx, by & taking.c.id.not_in(matched))}
    for some in batched(sorted(references)):
        found |= {each.id: each for each in _entries(tx, by & taking.c.reference.in_(some))}
    return sorted(found.values(), key=lambda each: (each.taken_at, each.id))


def _entries(tx: Tx, wanted: ColumnElement[bool]) -> list[Taking]:
    query = select(*_COLUMNS).where(wanted).order_by(taking.c.taken_at, taking.c.id)
    return [_taking(row) for row in tx.connection.execute(query)]


def _taking(row: Any) -> Taking:
    values = dict(zip(_NAMES, row, strict=True))
    kinds = {name: TakingKind(values[name]) for name in ("kind", "of_kind")}
    return Taking(**{**values, **kinds, "method": Method(values["method"])})
