"""Which keys a booking entitles to, from when until when, and who has had them under it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.keys.custody import CustodyState
from domain.keys.entitlement import Entitlement, Source
from domain.keys.key import Key, Ring, TargetKind
from gateway.custody.holders import name_holders
from store.key_custody import list_custodies
from store.key_entitlements import list_entitlements_of
from store.key_history import list_issued_under
from store.key_rings import list_rings
from store.keys import list_copies, list_keys
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeyPromise:
    """A key or ring that may be taken; ``thing`` is missing where there is none of that id any more."""

    thing: Key | Ring | None
    entitlement: Entitlement


@dataclass(frozen=True, slots=True)
class LentCopy:
    """A copy that went out under it; ``due_at`` while it is out."""

    key: Key | None
    stamped: str
    holder: str
    lent_at: datetime
    is_out: bool
    due_at: datetime | None


def load_key_promises(tx: Tx, reservation_id: str) -> tuple[tuple[KeyPromise, ...], tuple[LentCopy, ...]]:
    """Give what a booking promises of keys, the newest of each, and what went out under it, in order."""
    given = list_entitlements_of(tx, Source.reservation, reservation_id)
    newest: dict[str, Entitlement] = {}
    for each in sorted(given, key=lambda one: (one.ended_at is None, one.from_at)):
        newest[each.target.id] = each
    keys = list_keys(tx, [each.target.id for each in newest.values() if each.target.kind is TargetKind.key])
    rings = list_rings(tx, [each.target.id for each in newest.values() if each.target.kind is TargetKind.ring])
    promises = tuple(KeyPromise(keys.get(id_) or rings.get(id_), each) for id_, each in sorted(newest.items()))
    return promises, _list_lent(tx, [each.id for each in given])


def _list_lent(tx: Tx, entitlement_ids: Iterable[str]) -> tuple[LentCopy, ...]:
    ids = set(entitlement_ids)
    issued = list_issued_under(tx, ids) if ids else []
    copy_ids = {line.copy_id for line in issued}
    copies, custodies = list_copies(tx, copy_ids), list_custodies(tx, copy_ids)
    keys = list_keys(tx, {copy.key_id for copy in copies.values()})
    names = name_holders(tx, {line.holder for line in issued if line.holder is not None})
    lent = []
    for line in issued:
        copy, now = copies[line.copy_id], custodies[line.copy_id]
        is_out = now.state is CustodyState.out and now.loan_id == line.deed_id
        holder = names[line.holder] if line.holder is not None else ""
        due_at = now.due_at if is_out else None
        lent.append(LentCopy(keys.get(copy.key_id), copy.stamped, holder, line.done_at, is_out, due_at))
    return tuple(lent)
