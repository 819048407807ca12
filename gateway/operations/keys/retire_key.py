"""Retire a key with every copy that is left of it; single copies retire by ``gateway.custody.retirement``."""

from domain.civil import civil_minute
from domain.keys.custody import Deed, Hand, KeyAct
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, find_repeat
from gateway.custody.retirement import Retirement, retire_left
from store.key_custody import list_custodies_of_keys
from store.keys import load_key, save_key_retired
from store.tx import Tx


def retire_key(tx: Tx, key_id: str, asked: Retirement) -> None:
    """Retire a key with every copy that is left of it.

    Raises:
        KeyFaultError: there is no such key, copies are out, or there is no reason; nothing was changed.
    """
    if load_key(tx, key_id) is None:
        raise refuse("key", Why.unknown)
    demand_form_id(asked.id)
    if not asked.reason.strip():
        raise refuse("reason", Why.no_reason)
    held = list_custodies_of_keys(tx, [key_id], lock=True)
    if find_repeat(tx, asked.id, Deed(KeyAct.retire, Hand.desk, asked.by)) is not None:
        return
    retire_left(tx, held, asked, field="key")
    save_key_retired(tx, key_id, civil_minute(tx.now)[0])
