"""Retire copies: they are lent no more, come off their rings, and keep their history."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.keys.custody import Custody, CustodyState, Deed, Hand, KeyAct
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, demand_words, do_deed, hold_copies
from store.key_custody import KeyDeed
from store.key_rings import list_rings, list_rings_of, save_members
from store.keys import list_copies
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Retirement:
    """Who retires what, why; ``id`` is made by the form."""

    id: str
    by: str
    reason: str


def retire_left(
    tx: Tx, held: Mapping[str, Custody], asked: Retirement, *, field: str, act: KeyAct = KeyAct.retire
) -> None:
    """Retire what is left of some copies that are held; none of them may be out.

    Raises:
        KeyFaultError: copies are out (with their stamped numbers, beside ``field``), or there is no reason to tell.
    """
    out = sorted(id_ for id_, each in held.items() if each.state is CustodyState.out)
    if out:
        copies = list_copies(tx, out)
        raise refuse(field, Why.copies_out, copies=tuple(copies[id_].stamped for id_ in out))
    left = frozenset(id_ for id_, each in held.items() if each.state is not CustodyState.retired)
    if left:
        retire_copies(tx, left, asked, act=act)


def retire_copies(tx: Tx, copy_ids: frozenset[str], asked: Retirement, *, act: KeyAct = KeyAct.retire) -> None:
    """Retire copies that are in custody or lost, and take them off their rings.

    Raises:
        KeyFaultError: one is out (with the holder), retired or unknown, or there is no reason; nothing was changed.
    """
    demand_form_id(asked.id)
    demand_words(reason=asked.reason)
    held = hold_copies(tx, copy_ids)
    deed = Deed(act, Hand.desk, asked.by, reason=asked.reason.strip())
    if not do_deed(tx, KeyDeed(asked.id, deed, tx.now), held.values()):
        return
    for ring_id in sorted(set(list_rings_of(tx, held).values())):
        members = set(list_rings(tx, [ring_id])[ring_id].list_copies(tx.now))
        save_members(tx, ring_id, members - held.keys())
