"""What may be lent now of a key or a ring: the copies, held against others, or the one reason that helps most."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.keys.custody import Custody, CustodyState
from domain.keys.key import Copy, Key, Target, TargetKind
from domain.keys.key_fault import KeyFault, KeyFaultError, Why, refuse
from gateway.custody.holders import with_names
from store.key_counts import list_open_counts
from store.key_custody import list_custodies, list_custodies_of_keys, list_deed_copies, load_deed
from store.key_rings import list_rings, list_rings_of
from store.keys import hold_cabinets, list_copies, list_copies_of, list_keys
from store.tx import Tx

_WORST = (Why.retired, Why.lost, Why.on_ring, Why.damaged, Why.key_out, Why.count_open)
"""Which reason is told where no copy is free: the last one of these that any copy has."""


@dataclass(frozen=True, slots=True)
class Held:
    """A key or ring that somebody wants, held until the commit.

    ``custodies`` are its copies (of a ring those on it, in order); ``faults`` says why a copy cannot be lent now.
    """

    target: Target
    keys: tuple[Key, ...]
    copies: Mapping[str, Copy]
    custodies: Mapping[str, Custody]
    faults: Mapping[str, KeyFault]

    @property
    def free(self) -> list[Custody]:
        """The copies that could be lent, the newest duplicate first: originals stay where they are."""
        free = [each for id_, each in self.custodies.items() if id_ not in self.faults]
        return sorted(free, key=lambda each: (-self.copies[each.copy_id].duplicate, each.copy_id))

    @property
    def two_person(self) -> bool:
        """Whether two persons lend it."""
        return any(each.two_person for each in self.keys)

    @property
    def deposit_yen(self) -> int:
        """What is to be deposited for it."""
        return sum(each.deposit_yen for each in self.keys)


def find_target(tx: Tx, loan_id: str) -> Target:
    """Give what a loan is of: the ring it moved as, else the key of its copy.

    Raises:
        KeyFaultError: there is no such loan.
    """
    lent = load_deed(tx, loan_id)
    if lent is None:
        raise refuse("copy", Why.not_out)
    if lent.ring_id is not None:
        return Target(TargetKind.ring, lent.ring_id)
    copy = next(iter(list_copies(tx, list_deed_copies(tx, loan_id)).values()))
    return Target(TargetKind.key, copy.key_id)


def hold_target(tx: Tx, target: Target) -> Held:
    """Give what there is of a key or ring, held against others until the commit.

    Raises:
        KeyFaultError: there is no such thing, the key is retired, the ring is empty or was changed meanwhile.
    """
    return _read(tx, target, lock=True)


def look_at_target(tx: Tx, target: Target) -> Held:
    """Give the same without holding anything, for a page that offers it.

    Raises:
        KeyFaultError: as :func:`hold_target` does.
    """
    return _read(tx, target, lock=False)


def _read(tx: Tx, target: Target, *, lock: bool) -> Held:
    if target.kind is TargetKind.key:
        return _read_key(tx, target, lock=lock)
    ring = list_rings(tx, [target.id]).get(target.id)
    if ring is None:
        raise refuse("ring", Why.unknown)
    members = ring.list_copies(tx.now)
    if not members:
        raise refuse("ring", Why.ring_empty)
    custodies = list_custodies(tx, members, lock=lock)
    if list_rings(tx, [target.id])[target.id].list_copies(tx.now) != members:
        raise refuse("ring", Why.moved_on)
    copies = list_copies(tx, members)
    keys = list_keys(tx, {each.key_id for each in copies.values()})
    return Held(target, tuple(keys.values()), copies, custodies, _find_faults(tx, custodies, frozenset(), lock=lock))


def choose_copies(tx: Tx, held: Held, copy_id: str | None = None) -> list[Custody]:
    """Give the copies to lend: all of a ring, one of a key.

    Args:
        tx: the transaction.
        held: what is wanted.
        copy_id: the very copy, where somebody holds it in the hand; None: any.

    Raises:
        KeyFaultError: it cannot be lent now; the fault says why, who has it and since when.
    """
    if held.target.kind is TargetKind.ring:
        if held.faults:
            raise with_names(tx, KeyFaultError(*(held.faults[id_] for id_ in sorted(held.faults))))
        return [held.custodies[id_] for id_ in sorted(held.custodies)]
    if copy_id is not None:
        if copy_id not in held.custodies:
            raise refuse("copy", Why.unknown)
        if (fault := held.faults.get(copy_id)) is not None:
            raise with_names(tx, KeyFaultError(fault))
        return [held.custodies[copy_id]]
    if free := held.free:
        return free[:1]
    if not held.faults:
        raise refuse("key", Why.none_free)
    worst = max(held.faults.values(), key=lambda fault: _WORST.index(fault.why))
    raise with_names(tx, KeyFaultError(worst))


def _read_key(tx: Tx, target: Target, *, lock: bool) -> Held:
    key = list_keys(tx, [target.id]).get(target.id)
    if key is None:
        raise refuse("key", Why.unknown)
    if key.retired_on is not None:
        raise refuse("key", Why.retired)
    custodies = list_custodies_of_keys(tx, [key.id], lock=lock)
    copies = list_copies_of(tx, [key.id])
    faults = _find_faults(tx, custodies, frozenset(list_rings_of(tx, copies)), lock=lock)
    return Held(target, (key,), copies, custodies, faults)


def _find_faults(
    tx: Tx, custodies: Mapping[str, Custody], on_ring: frozenset[str], *, lock: bool
) -> dict[str, KeyFault]:
    cabinets = {each.place.cabinet_id for each in custodies.values() if each.place is not None}
    if lock:
        hold_cabinets(tx, cabinets, alone=False)
    counted = {each.cabinet_id: each for each in list_open_counts(tx, cabinets)}
    faults: dict[str, KeyFault] = {}
    for id_, each in custodies.items():
        if each.state is CustodyState.out:
            faults[id_] = KeyFault("copy", Why.key_out, {"holder": each.holder, "since_at": each.since_at})
        elif each.state is not CustodyState.in_custody:
            faults[id_] = KeyFault("copy", Why.lost if each.state is CustodyState.lost else Why.retired)
        elif each.place is not None and (count := counted.get(each.place.cabinet_id)) is not None:
            values = {"opened_by": count.opened_by, "opened_at": count.opened_at}
            faults[id_] = KeyFault("cabinet", Why.count_open, values)
        elif id_ in on_ring:
            faults[id_] = KeyFault("copy", Why.on_ring)
        elif each.damaged:
            faults[id_] = KeyFault("copy", Why.damaged)
    return faults
