"""Who reserves."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from domain.facilities.reservee import Reservee, ReserveeKind
from store.bulk import batched
from store.conflicts import insert_new
from store.reservation_tables import reservee
from store.tx import Tx

_NAMES = tuple(field.name for field in fields(Reservee))
_COLUMNS = tuple(reservee.c[name] for name in _NAMES)


def insert_reservee(tx: Tx, new: Reservee) -> bool:
    """Keep a new reservee; False when one of that id stands already, and nothing is changed."""
    values = {name: getattr(new, name) for name in _NAMES}
    return insert_new(tx, reservee, values | {"kind": new.kind.value})


def load_reservee(tx: Tx, reservee_id: str) -> Reservee | None:
    """Give a reservee; None when there is none of that id."""
    return load_reservees(tx, [reservee_id]).get(reservee_id)


def load_reservees(tx: Tx, reservee_ids: Collection[str], *, lock: bool = False) -> dict[str, Reservee]:
    """Give reservees by id; with ``lock`` nobody else books for them until the commit."""
    found = {}
    for some in batched(sorted(reservee_ids)):
        query = select(*_COLUMNS).where(reservee.c.id.in_(some)).order_by(reservee.c.id)
        for row in tx.connection.execute(query.with_for_update(key_share=True) if lock else query):
            found[row.id] = _reservee(row)
    return found


def load_reservee_of_person(tx: Tx, person_id: str) -> Reservee | None:
    """Give a member of staff as a reservee; None when that one has never reserved anything."""
    row = tx.connection.execute(select(*_COLUMNS).where(reservee.c.person_id == person_id)).one_or_none()
    return None if row is None else _reservee(row)


def list_reservees_named(tx: Tx, names: Collection[str]) -> list[Reservee]:
    """Give the reservees of some names that are neither merged nor forgotten, the first registered last."""
    found = []
    for some in batched(sorted(names)):
        standing = reservee.c.name.in_(some) & reservee.c.merged_into.is_(None) & reservee.c.forgotten_at.is_(None)
        query = select(*_COLUMNS).where(standing).order_by(reservee.c.registered_at.desc(), reservee.c.id.desc())
        found += [_reservee(row) for row in tx.connection.execute(query)]
    return found


def list_reservees_like(tx: Tx, of: Reservee) -> list[Reservee]:
    """Give standing reservees that share a name, a reading, an address or a telephone with one, itself apart."""
    told = {name: getattr(of, name) for name in ("name", "kana", "email", "phone")}
    alike = [reservee.c[name] == value for name, value in told.items() if value]
    return _list(tx, or_(*alike) & (reservee.c.id != of.id)) if alike else []


def list_reservees_at(tx: Tx, email: str) -> list[Reservee]:
    """Give standing citizens and groups with an address, those that confirmed it first, the last registered first."""
    at = (reservee.c.email == email) & (reservee.c.kind != ReserveeKind.staff.value)
    found = _list(tx, at) if email else []
    return sorted(found, key=lambda each: (each.confirmed_at is not None, each.registered_at, each.id), reverse=True)


def search_reservees(tx: Tx, text: str, *, limit: int = 100) -> list[Reservee]:
    """Give standing reservees whose id, names or contacts have a text in them, by reading."""
    columns = (reservee.c[name] for name in ("id", "name", "kana", "contact_name", "email", "phone"))
    return _list(tx, or_(*(column.contains(text, autoescape=True) for column in columns)), limit=limit)


def save_reservee(tx: Tx, before: Reservee, after: Reservee) -> bool:
    """Write a reservee over as it was loaded; False when it was changed since, and nothing is changed now."""
    known = {name: getattr(before, name) for name in _NAMES} | {"kind": before.kind.value}
    same = [reservee.c[name].is_(None) if value is None else reservee.c[name] == value for name, value in known.items()]
    values = {name: getattr(after, name) for name in _NAMES if name != "id"} | {"kind": after.kind.value}
    return tx.connection.execute(update(reservee).where(*same).values(values)).rowcount == 1


def _list(tx: Tx, wanted: ColumnElement[bool], *, limit: int | None = None) -> list[Reservee]:
    standing = wanted & reservee.c.merged_into.is_(None) & reservee.c.forgotten_at.is_(None)
    query = select(*_COLUMNS).where(standing).order_by(reservee.c.kana, reservee.c.name, reservee.c.id).limit(limit)
    return [_reservee(row) for row in tx.connection.execute(query)]


def _reservee(row: Any) -> Reservee:
    values = dict(zip(_NAMES, row, strict=True))
    return Reservee(**values | {"kind": ReserveeKind(values["kind"])})
