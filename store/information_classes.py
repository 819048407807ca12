"""Classes of information: every version of each, and those that count."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from domain.zones.information import Demand, Handling, InformationClass, Register
from store.information_tables import information_class
from store.tx import Tx
from store.versions import Standing, VersionState


@dataclass(frozen=True, slots=True)
class ClassVersion:
    """A class as somebody entered it."""

    kept: InformationClass
    standing: Standing


def insert_class(tx: Tx, new: InformationClass, *, by: str) -> int:
    """Keep a version now, waiting for a second person; gives its id."""
    values = {
        "class_id": new.id,
        "scheme": new.scheme,
        "name": new.name,
        "name_en": new.name_en,
        "rank": new.rank,
        "tiers": " ".join(sorted(new.tiers)),
        "demands": " ".join(f"{handling}={demand}" for handling, demand in new.demands),
        "same_as": " ".join(sorted(new.same_as)),
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
        "asked_by": by,
        "asked_at": tx.now,
        "state": VersionState.waiting.value,
    }
    made = tx.connection.execute(insert(information_class).values(values).returning(information_class.c.id))
    return int(made.scalar_one())


def save_class_verdict(tx: Tx, version_id: int, state: VersionState, *, by: str) -> bool:
    """Decide a waiting version now; False when none of that id waits."""
    waiting = (information_class.c.id == version_id) & (information_class.c.state == VersionState.waiting.value)
    values = {"state": state.value, "decided_by": by, "decided_at": tx.now}
    return tx.connection.execute(update(information_class).where(waiting).values(values)).rowcount == 1


def load_class_version(tx: Tx, version_id: int) -> ClassVersion | None:
    """Give a version; None when there is none of that id."""
    row = tx.connection.execute(select(information_class).where(information_class.c.id == version_id)).one_or_none()
    return None if row is None else _read(row)


def list_class_versions(tx: Tx, *, state: VersionState | None = None, class_id: str = "") -> list[ClassVersion]:
    """Give versions in a state, or of a class, the last one first."""
    query = select(information_class).order_by(information_class.c.id.desc())
    if state is not None:
        query = query.where(information_class.c.state == state.value)
    if class_id:
        query = query.where(information_class.c.class_id == class_id)
    return [_read(row) for row in tx.connection.execute(query)]


def load_register(tx: Tx) -> Register:
    """Give the classes that count: of each the version approved last, by scheme and rank."""
    found: dict[str, InformationClass] = {}
    approved = list_class_versions(tx, state=VersionState.approved)
    for each in sorted(approved, key=lambda version: (version.standing.decided_at or tx.now, version.standing.id)):
        found[each.kept.id] = each.kept
    return Register(tuple(sorted(found.values(), key=lambda kept: (kept.scheme, kept.rank, kept.id))))


def _read(row: Row[Any]) -> ClassVersion:
    pairs = (pair.partition("=") for pair in row.demands.split())
    kept = InformationClass(
        row.class_id,
        row.scheme,
        row.name,
        row.name_en,
        row.rank,
        frozenset(row.tiers.split()),
        tuple((Handling(handling), Demand(demand)) for handling, _, demand in pairs),
        frozenset(row.same_as.split()),
        row.valid_from,
        row.valid_until,
    )
    return ClassVersion(kept, _standing(row))


def _standing(row: Row[Any]) -> Standing:
    state = VersionState(row.state)
    return Standing(row.id, state, row.asked_by, row.asked_at, row.decided_by, row.decided_at)
