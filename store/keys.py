"""The register of keys: lock groups, keys with what they open, copies, cabinets with their positions, photographs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.keys.due_rule import DueKind, DueRule
from domain.keys.key import Cabinet, CabinetKind, Copy, Key, LockGroup, Opening, OpeningKind, Place
from store.conflicts import insert_new
from store.key_tables import cabinet, cabinet_position, key, key_copy, key_opens, key_photo, key_ring, lock_group
from store.policy_inputs import save_inputs_changed
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeyPhoto:
    """A photograph of a key by reference; its bytes are loaded by their own."""

    id: str
    key_id: str
    added_at: datetime
    added_by: str


def save_lock_group(tx: Tx, group: LockGroup) -> None:
    """Keep a lock group, new or changed."""
    _upsert(
        tx, lock_group, {"id": group.id, "name": group.name, "name_en": group.name_en, "parent_id": group.parent_id}
    )


def list_lock_groups(tx: Tx) -> dict[str, LockGroup]:
    """Give every lock group by id."""
    columns = lock_group.c.id, lock_group.c.name, lock_group.c.name_en, lock_group.c.parent_id
    return {row.id: LockGroup(*row) for row in tx.connection.execute(select(*columns).order_by(lock_group.c.id))}


def save_key(tx: Tx, kept: Key) -> None:
    """Keep a key with all that it opens, new or changed."""
    names = ("id", "name", "name_en", "lock_group_id", "master_level", "two_person", "deposit_yen", "early_minutes")
    values = {name: getattr(kept, name) for name in (*names, "retired_on")}
    _upsert(tx, key, values | {"due_kind": kept.due.kind.value, "due_minutes": kept.due.minutes})
    tx.connection.execute(delete(key_opens).where(key_opens.c.key_id == kept.id))
    if kept.opens:
        rows = [{"key_id": kept.id, "kind": each.kind.value, "subject": each.id} for each in sorted(kept.opens)]
        tx.connection.execute(insert(key_opens), rows)


def list_keys(tx: Tx, key_ids: Collection[str] | None = None) -> dict[str, Key]:
    """Give keys by id with what they open; None: all, the retired ones too."""
    query, openings = select(key).order_by(key.c.id), select(key_opens)
    if key_ids is not None:
        query = query.where(key.c.id.in_(sorted(key_ids)))
        openings = openings.where(key_opens.c.key_id.in_(sorted(key_ids)))
    opens: dict[str, set[Opening]] = {}
    for row in tx.connection.execute(openings):
        opens.setdefault(row.key_id, set()).add(Opening(OpeningKind(row.kind), row.subject))
    return {row.id: _key(row, frozenset(opens.get(row.id, ()))) for row in tx.connection.execute(query)}


def load_key(tx: Tx, key_id: str) -> Key | None:
    """Give a key; None when there is none of that id."""
    return list_keys(tx, [key_id]).get(key_id)


def hold_key(tx: Tx, key_id: str) -> bool:
    """Keep others from adding copies to a key until the commit; tells whether there is one of that id."""
    return tx.connection.scalar(select(key.c.id).where(key.c.id == key_id).with_for_update()) is not None


def list_keys_of(tx: Tx, openings: Iterable[Opening]) -> list[str]:
    """Give the keys that list any of these as what they open, by id; master levels are not looked at."""
    wanted = sorted((each.kind.value, each.id) for each in openings)
    theirs = tuple_(key_opens.c.kind, key_opens.c.subject).in_(wanted)
    return sorted(set(tx.connection.scalars(select(key_opens.c.key_id).where(theirs))))


def save_key_retired(tx: Tx, key_id: str, on: date) -> None:
    """Let a key be lent no more from a day on."""
    tx.connection.execute(update(key).where(key.c.id == key_id).values(retired_on=on))
    save_inputs_changed(tx)


def insert_copy(tx: Tx, copy: Copy) -> bool:
    """Keep a new copy; False when one of that id stands already, and nothing is changed."""
    values = {"id": copy.id, "key_id": copy.key_id, "stamped": copy.stamped, "duplicate": copy.duplicate}
    values |= {"maker": copy.maker, "made_on": copy.made_on, "tag": copy.tag}
    values |= {"home_cabinet_id": copy.home.cabinet_id, "home_position": copy.home.position}
    new = insert_new(tx, key_copy, values)
    if new and copy.home.position is not None:
        save_inputs_changed(tx)
    return new


def save_copy_tag(tx: Tx, copy_id: str, tag: str | None) -> None:
    """Let a tag be a copy's; None takes it off."""
    tx.connection.execute(update(key_copy).where(key_copy.c.id == copy_id).values(tag=tag))
    save_inputs_changed(tx)


def save_copy_home(tx: Tx, copy_id: str, home: Place) -> None:
    """Let a copy hang somewhere else from its next return on."""
    values = {"home_cabinet_id": home.cabinet_id, "home_position": home.position}
    tx.connection.execute(update(key_copy).where(key_copy.c.id == copy_id).values(values))
    save_inputs_changed(tx)


def list_copies(tx: Tx, copy_ids: Collection[str] | None = None) -> dict[str, Copy]:
    """Give copies by id; None: all."""
    return _copies(tx, None if copy_ids is None else key_copy.c.id.in_(sorted(copy_ids)))


def list_copies_of(tx: Tx, key_ids: Collection[str]) -> dict[str, Copy]:
    """Give the copies of keys by id."""
    return _copies(tx, key_copy.c.key_id.in_(sorted(key_ids)))


def list_copies_stamped(tx: Tx, stamped: str) -> dict[str, Copy]:
    """Give the copies that bear a stamped number, by id."""
    return _copies(tx, key_copy.c.stamped == stamped)


def load_copy_of_tag(tx: Tx, tag: str) -> Copy | None:
    """Give the copy that bears a tag; None when none does."""
    return next(iter(_copies(tx, key_copy.c.tag == tag).values()), None)


def is_tag_taken(tx: Tx, tag: str) -> bool:
    """Tell whether a copy or a ring bears a tag."""
    found = select(key_copy.c.id).where(key_copy.c.tag == tag).union(select(key_ring.c.id).where(key_ring.c.tag == tag))
    return tx.connection.execute(found).first() is not None


def save_cabinet(tx: Tx, kept: Cabinet) -> None:
    """Keep a cabinet, new or changed; positions are only added, for deeds speak of the old ones."""
    values = {"id": kept.id, "name": kept.name, "name_en": kept.name_en, "site_place": kept.site_place}
    _upsert(tx, cabinet, values | {"kind": kept.kind.value})
    known = set(
        tx.connection.scalars(select(cabinet_position.c.position).where(cabinet_position.c.cabinet_id == kept.id))
    )
    rows = [{"cabinet_id": kept.id, "position": each} for each in range(1, kept.positions + 1) if each not in known]
    if rows:
        tx.connection.execute(insert(cabinet_position), rows)


def list_cabinets(tx: Tx) -> dict[str, Cabinet]:
    """Give every cabinet by id; the office's drawer has no positions."""
    hooks = func.count(cabinet_position.c.position).label("positions")
    columns = cabinet.c.id, cabinet.c.name, cabinet.c.name_en, hooks, cabinet.c.site_place, cabinet.c.kind
    query = select(*columns).join_from(cabinet, cabinet_position, isouter=True).group_by(cabinet.c.id)
    rows = tx.connection.execute(query.order_by(cabinet.c.id))
    return {row.id: _cabinet(row) for row in rows}


def hold_cabinets(tx: Tx, cabinet_ids: Collection[str], *, alone: bool) -> None:
    """Keep counts from being opened (``alone``: and anything from being lent) from these cabinets until the commit."""
    query = select(cabinet.c.id).where(cabinet.c.id.in_(sorted(cabinet_ids))).order_by(cabinet.c.id)
    tx.connection.execute(query.with_for_update(read=not alone, key_share=alone)).all()


def is_position(tx: Tx, place: Place) -> bool:
    """Tell whether a cabinet has a position; without a number, whether there is the cabinet."""
    if place.position is None:
        return tx.connection.scalar(select(cabinet.c.id).where(cabinet.c.id == place.cabinet_id)) is not None
    same = cabinet_position.c.cabinet_id == place.cabinet_id, cabinet_position.c.position == place.position
    return tx.connection.execute(select(cabinet_position.c.position).where(*same)).first() is not None


def insert_photo(tx: Tx, photo: KeyPhoto, content: bytes) -> bool:
    """Keep a photograph; False when one of that id stands already."""
    values = {"id": photo.id, "key_id": photo.key_id, "added_at": photo.added_at, "added_by": photo.added_by}
    return insert_new(tx, key_photo, values | {"content": content})


def list_photos(tx: Tx, key_id: str) -> list[KeyPhoto]:
    """Give the photographs of a key, the first one first."""
    columns = key_photo.c.id, key_photo.c.key_id, key_photo.c.added_at, key_photo.c.added_by
    query = select(*columns).where(key_photo.c.key_id == key_id).order_by(key_photo.c.added_at, key_photo.c.id)
    return [KeyPhoto(*row) for row in tx.connection.execute(query)]


def load_photo(tx: Tx, photo_id: str) -> bytes | None:
    """Give a photograph's PNG; None when there is none of that id."""
    return tx.connection.scalar(select(key_photo.c.content).where(key_photo.c.id == photo_id))


def delete_photo(tx: Tx, photo_id: str) -> bool:
    """Take a photograph away; tells whether there was one."""
    return tx.connection.execute(delete(key_photo).where(key_photo.c.id == photo_id)).rowcount == 1


def _key(row: Row[Any], opens: frozenset[Opening]) -> Key:
    values = row._asdict()
    due = DueRule(DueKind(values.pop("due_kind")), values.pop("due_minutes"))
    return Key(**values, opens=opens, due=due)


def _copies(tx: Tx, wanted: ColumnElement[bool] | None) -> dict[str, Copy]:
    query = select(key_copy).order_by(key_copy.c.id)
    rows = tx.connection.execute(query if wanted is None else query.where(wanted))
    return {row.id: _copy(row) for row in rows}


def _cabinet(row: Row[Any]) -> Cabinet:
    return Cabinet(row.id, row.name, row.name_en, row.positions, row.site_place, CabinetKind(row.kind))


def _copy(row: Row[Any]) -> Copy:
    values = row._asdict()
    home = Place(values.pop("home_cabinet_id"), values.pop("home_position"))
    return Copy(**values, home=home)


def _upsert(tx: Tx, table: Any, values: dict[str, Any]) -> None:
    dialect = postgresql if tx.is_postgresql else sqlite
    changed = {name: value for name, value in values.items() if name != "id"}
    statement = dialect.insert(table).values(values)
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))
