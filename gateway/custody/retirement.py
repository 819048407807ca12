"""Retire copies: they are lent no more, come off their rings, and keep their history."""

from dataclasses import dataclass

from domain.keys.custody import Deed, Hand, KeyAct
from gateway.custody.ledger import demand_form_id, demand_words, do_deed, hold_copies
from store.key_custody import KeyDeed
from store.key_rings import list_rings, list_rings_of, save_members
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Retirement:
    """Who retires what, why; ``id`` is made by the form."""

    id: str
    by: str
    reason: str


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
