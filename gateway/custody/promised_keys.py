"""From a reservation's promises to the entitlements that keep them: what is missing is given, what is over ends.

The promises are the only source (``domain.facilities.promises``); carrying them out twice changes nothing, so that the
same call serves the commit of a booking and whoever looks for promises that were not kept.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from domain.facilities.promises import Promise, PromiseKind
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Key, Opening, OpeningKind, Target, TargetKind
from store.key_entitlements import end_entitlement, insert_entitlement, list_entitlements_of
from store.key_rings import list_rings_of
from store.keys import list_copies_of, list_keys, list_keys_of
from store.outbox import Notice, insert_notices
from store.tx import Tx


class Carried(NamedTuple):
    """What changed by it: the ids of entitlements that were given, and of those that ended."""

    given: tuple[str, ...]
    ended: tuple[str, ...]


def carry_out_keys(
    tx: Tx, reservation_id: str, reservee_id: str, promises: Iterable[Promise], *, by: str, reason: str = ""
) -> Carried:
    """Let exactly what a reservation promises of keys be in force.

    A room's keys are those of level 0 that list the room among what they open; where all copies hang on rings it is
    the rings. What is out already stays due as it is.

    Args:
        tx: the transaction.
        reservation_id: whose promises.
        reservee_id: who may take the keys.
        promises: everything that it promises now; those of doors are left out.
        by: who did what led to this.
        reason: why entitlements end by it.
    """
    known = list_entitlements_of(tx, Source.reservation, reservation_id)
    standing = {each.id: each for each in known if each.ended_at is None}
    ended = [each.id for each in known if each.ended_at is not None]
    taker = Taker(TakerKind.reservee, reservee_id)
    wanted = {
        each.id: each
        for promise in promises
        if promise.kind is PromiseKind.key
        for each in _list_wanted(tx, reservation_id, taker, promise, ended)
    }
    over = tuple(sorted(standing.keys() - wanted.keys()))
    new = tuple(sorted(wanted.keys() - standing.keys()))
    for id_ in over:
        end_entitlement(tx, id_, by=by, reason=reason)
    for id_ in new:
        insert_entitlement(tx, wanted[id_], by=by)
    if over or new:
        insert_notices(tx, [Notice("key.promised", reservation_id, "{}")])
    return Carried(new, over)


def find_room_targets(tx: Tx, room_id: str) -> list[tuple[Target, Key]]:
    """Give what may be lent for a room, each with the key whose terms hold; empty where the room has no key."""
    keys = list_keys(tx, list_keys_of(tx, [Opening(OpeningKind.room, room_id)]))
    found: dict[Target, Key] = {}
    for key in keys.values():
        if key.master_level > 0 or key.retired_on is not None:
            continue
        copies = list_copies_of(tx, [key.id])
        rings = list_rings_of(tx, copies)
        if copies.keys() - rings.keys() or not rings:
            found[Target(TargetKind.key, key.id)] = key
        else:
            found |= {Target(TargetKind.ring, ring_id): key for ring_id in set(rings.values())}
    return sorted(found.items(), key=lambda each: each[0])


def _list_wanted(
    tx: Tx, reservation_id: str, taker: Taker, promise: Promise, ended: Collection[str]
) -> Iterable[Entitlement]:
    for target, key in find_room_targets(tx, promise.subject):
        yield Entitlement(
            _name(promise, target, taker, ended),
            Source.reservation,
            reservation_id,
            taker,
            target,
            promise.from_at - _early(key),
            promise.until_at,
            key.due,
            used_from=promise.from_at,
            used_until=promise.until_at,
        )


def _name(promise: Promise, target: Target, taker: Taker, ended: Collection[str]) -> str:
    """Name an entitlement by what it is; one that ended before is given anew under another name."""
    told = f"{promise.source} {promise.from_at} {promise.until_at} {target.kind} {target.id} {taker.id}"
    number = 0
    while (name := f"res-{sha256(f'{told} {number}'.encode()).hexdigest()[:32]}") in ended:
        number += 1
    return name


def _early(key: Key) -> timedelta:
    return timedelta(minutes=key.early_minutes)
