"""Rings with their dated members, and who answers for keys."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.keys.key import Custodian, CustodianRole, Membership, Ring
from store.key_tables import key_custodian, key_ring, ring_member
from store.policy_inputs import save_inputs_changed
from store.tx import Tx


def save_ring(tx: Tx, ring: Ring) -> None:
    """Keep a ring's names and tag, new or changed; its members are kept by :func:`save_members`."""
    values = {"id": ring.id, "name": ring.name, "name_en": ring.name_en, "tag": ring.tag}
    dialect = postgresql if tx.is_postgresql else sqlite
    changed = {name: value for name, value in values.items() if name != "id"}
    statement = dialect.insert(key_ring).values(values)
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))
    save_inputs_changed(tx)


def save_members(tx: Tx, ring_id: str, copy_ids: Collection[str]) -> None:
    """Let exactly these copies be on a ring from now on; what was on it stays written."""
    current = (ring_member.c.ring_id == ring_id) & ring_member.c.until_at.is_(None)
    standing = set(tx.connection.scalars(select(ring_member.c.copy_id).where(current)))
    if gone := standing - set(copy_ids):
        off = update(ring_member).where(current, ring_member.c.copy_id.in_(sorted(gone)))
        tx.connection.execute(off.values(until_at=tx.now))
    if new := set(copy_ids) - standing:
        rows = [{"ring_id": ring_id, "copy_id": each, "from_at": tx.now} for each in sorted(new)]
        tx.connection.execute(insert(ring_member), rows)
    if gone or new:
        save_inputs_changed(tx)


def list_rings(tx: Tx, ring_ids: Collection[str] | None = None) -> dict[str, Ring]:
    """Give rings by id with all members that they ever had; None: all."""
    return _rings(tx, None if ring_ids is None else key_ring.c.id.in_(sorted(ring_ids)))


def load_ring_of_tag(tx: Tx, tag: str) -> Ring | None:
    """Give the ring that bears a tag; None when none does."""
    return next(iter(_rings(tx, key_ring.c.tag == tag).values()), None)


def list_rings_of(tx: Tx, copy_ids: Collection[str]) -> dict[str, str]:
    """Give the ring that each copy is on now; those on none are left out."""
    now = ring_member.c.until_at.is_(None) & ring_member.c.copy_id.in_(sorted(copy_ids))
    rows = tx.connection.execute(select(ring_member.c.copy_id, ring_member.c.ring_id).where(now))
    return {row.copy_id: row.ring_id for row in rows}


def save_custodian(tx: Tx, custodian: Custodian) -> None:
    """Write down that somebody answers for a key or for all, unless it is written already."""
    if custodian not in _custodians(tx, key_custodian.c.person_id == custodian.person_id):
        tx.connection.execute(insert(key_custodian).values(asdict(custodian) | {"role": custodian.role.value}))


def end_custodian(tx: Tx, custodian: Custodian, last_on: date) -> None:
    """Let somebody answer for a key until a day, the last one."""
    same = (key_custodian.c.role == custodian.role.value) & (key_custodian.c.person_id == custodian.person_id)
    same &= key_custodian.c.key_id.is_not_distinct_from(custodian.key_id) & key_custodian.c.until_on.is_(None)
    tx.connection.execute(update(key_custodian).where(same).values(until_on=last_on))


def list_custodians(tx: Tx, on: date, *, key_id: str | None = None, person_id: str | None = None) -> list[Custodian]:
    """Give who answers on a day: for a key and for all, or with None for anything; of everybody, or of one."""
    then = (key_custodian.c.from_on <= on) & or_(key_custodian.c.until_on.is_(None), key_custodian.c.until_on >= on)
    if key_id is not None:
        then &= or_(key_custodian.c.key_id == key_id, key_custodian.c.key_id.is_(None))
    if person_id is not None:
        then &= key_custodian.c.person_id == person_id
    return _custodians(tx, then)


def _custodians(tx: Tx, wanted: ColumnElement[bool]) -> list[Custodian]:
    columns = (key_custodian.c[name] for name in ("role", "person_id", "from_on", "key_id", "until_on"))
    rows = tx.connection.execute(select(*columns).where(wanted).order_by(key_custodian.c.id))
    return [Custodian(CustodianRole(row[0]), *row[1:]) for row in rows]


def _rings(tx: Tx, wanted: ColumnElement[bool] | None) -> dict[str, Ring]:
    query = select(key_ring).order_by(key_ring.c.id)
    rows = tx.connection.execute(query if wanted is None else query.where(wanted)).all()
    members: dict[str, list[Membership]] = {}
    mine = ring_member.c.ring_id.in_([row.id for row in rows])
    for row in tx.connection.execute(select(ring_member).where(mine).order_by(ring_member.c.id)):
        members.setdefault(row.ring_id, []).append(Membership(row.copy_id, row.from_at, row.until_at))
    return {row.id: Ring(row.id, row.name, row.name_en, tuple(members.get(row.id, ())), tag=row.tag) for row in rows}
