"""What stands in force for reservations, set against their promises, and the promises that are not kept."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select

from domain.access.rights import GrantSource
from domain.facilities.promises import PromiseKind
from domain.facilities.reservation import ReservationState
from domain.keys.entitlement import Source, Taker, TakerKind
from domain.keys.key import Target, TargetKind
from store.bulk import batched, insert_rows
from store.key_tables import key_entitlement
from store.opening_tables import facility_change
from store.reservation_tables import party_code, reservation, reservation_step, unkept_promise
from store.rights_tables import right_grant
from store.tables import credential
from store.tx import Tx


class HeldGrant(NamedTuple):
    """A grant of a reservation that has not ended."""

    reservation_id: str
    person_id: str
    level_id: str
    valid_from: datetime | None
    valid_until: datetime | None


class HeldKey(NamedTuple):
    """A key entitlement of a reservation that has not ended."""

    reservation_id: str
    target: Target
    taker: Taker
    used_from: datetime | None
    used_until: datetime | None


class Unkept(NamedTuple):
    """A reservation whose promises are not exactly kept: what lacks (nothing: something is too much), since when."""

    reservation_id: str
    lacks: frozenset[PromiseKind]
    since_at: datetime


def list_held_grants(tx: Tx, reservation_id: str | None = None) -> list[HeldGrant]:
    """Give the grants of one reservation, or all, that have not ended and are not over for a day."""
    c = right_grant.c
    running = c.ended_at.is_(None) & or_(c.valid_until.is_(None), c.valid_until > tx.now - timedelta(days=1))
    columns = (c.source_id, c.subject_id, c.level_id, c.valid_from, c.valid_until)
    query = select(*columns).where(c.source == GrantSource.reservation.value, running)
    rows = tx.connection.execute(query if reservation_id is None else query.where(c.source_id == reservation_id))
    return [HeldGrant(*row) for row in rows]


def list_held_keys(tx: Tx, reservation_id: str | None = None) -> list[HeldKey]:
    """Give the key entitlements of one reservation, or all, that have not ended and are not over for a day."""
    c = key_entitlement.c
    running = c.ended_at.is_(None) & or_(c.until_at.is_(None), c.until_at > tx.now - timedelta(days=1))
    columns = (c.source_id, c.target_kind, c.target_id, c.taker_kind, c.taker_id, c.used_from, c.used_until)
    query = select(*columns).where(c.source == Source.reservation.value, running)
    rows = tx.connection.execute(query if reservation_id is None else query.where(c.source_id == reservation_id))
    return [
        HeldKey(source, Target(TargetKind(kind), target), Taker(TakerKind(taker), taker_id), *used)
        for source, kind, target, taker, taker_id, *used in rows
    ]


def list_open_codes(tx: Tx) -> set[str]:
    """Give the reservations whose codes open something now or later."""
    counts = party_code.c.ended_at.is_(None) & (credential.c.status == "active") & (credential.c.valid_until > tx.now)
    query = select(party_code.c.reservation_id).join(credential, credential.c.token == party_code.c.token)
    return {str(found) for found in tx.connection.scalars(query.where(counts))}


def list_states(tx: Tx, reservation_ids: Collection[str]) -> dict[str, ReservationState]:
    """Give where reservations stand; those that there are not are left out."""
    query = select(reservation.c.id, reservation.c.state)
    return {
        row.id: ReservationState(row.state)
        for some in batched(sorted(reservation_ids))
        for row in tx.connection.execute(query.where(reservation.c.id.in_(some)))
    }


def list_last_steps(tx: Tx, reservation_ids: Collection[str]) -> dict[str, datetime]:
    """Give when the last thing was done about reservations."""
    last = select(reservation_step.c.reservation_id, func.max(reservation_step.c.done_at))
    found: dict[str, datetime] = {}
    for some in batched(sorted(reservation_ids)):
        of_some = last.where(reservation_step.c.reservation_id.in_(some)).group_by(reservation_step.c.reservation_id)
        found.update((reservation_id, done_at) for reservation_id, done_at in tx.connection.execute(of_some))
    return found


def list_last_changes(tx: Tx) -> dict[str, datetime]:
    """Give when what is laid down about facilities was changed last."""
    last = select(facility_change.c.facility_id, func.max(facility_change.c.changed_at))
    known = last.where(facility_change.c.facility_id.is_not(None)).group_by(facility_change.c.facility_id)
    return {str(facility_id): changed_at for facility_id, changed_at in tx.connection.execute(known)}


def list_unkept(tx: Tx) -> dict[str, Unkept]:
    """Give the reservations whose promises were not all kept when somebody looked last, by id."""
    rows = tx.connection.execute(select(unkept_promise).order_by(unkept_promise.c.reservation_id))
    return {
        row.reservation_id: Unkept(
            row.reservation_id, frozenset(PromiseKind(word) for word in row.lacks.split()), row.since_at
        )
        for row in rows
    }


def save_unkept(tx: Tx, unkept: Iterable[Unkept]) -> None:
    """Let these be the reservations whose promises lack something."""
    tx.connection.execute(delete(unkept_promise))
    rows = [(each.reservation_id, " ".join(sorted(each.lacks)), each.since_at) for each in unkept]
    insert_rows(tx, unkept_promise, ("reservation_id", "lacks", "since_at"), rows)
