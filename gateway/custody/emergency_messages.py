"""Who hears of a key that was lent in an emergency: whoever answers for it, and the city's own house, always."""

from collections.abc import Collection
from datetime import datetime

from domain.civil import JST, civil_minute
from domain.notices.message import Message
from gateway.custody.loan_messages import NAMES_MAX
from store.duty_persons import list_house_persons
from store.key_rings import list_custodians
from store.keys import list_copies, list_keys
from store.messages import insert_messages, settle_messages
from store.tx import Tx

KIND = "key_emergency"


def tell_emergency(tx: Tx, loan_id: str, copy_ids: Collection[str], due_at: datetime, reason: str) -> int:
    """Tell of a loan; each is led to the page of a key that is theirs to look at. Gives how many messages are new."""
    copies = list_copies(tx, copy_ids)
    keys = list_keys(tx, {each.key_id for each in copies.values()})
    names = [f"{keys[each.key_id].name} {each.stamped}".strip() for each in copies.values()]
    named = "、".join(names[:NAMES_MAX]) + (f" (+{len(names) - NAMES_MAX})" if len(names) > NAMES_MAX else "")
    filling = {"key": named, "due": f"{due_at.astimezone(JST):%Y-%m-%d %H:%M}", "note": reason}
    theirs = dict.fromkeys(list_house_persons(tx), min(keys))
    for each in list_custodians(tx, civil_minute(tx.now)[0]):
        if each.key_id is None or each.key_id in keys:
            theirs.setdefault(each.person_id, each.key_id or min(keys))
    return insert_messages(
        tx, [Message(person_id, KIND, loan_id, f"/keys/{key_id}", filling) for person_id, key_id in theirs.items()]
    )


def settle_emergency(tx: Tx, loan_id: str) -> None:
    """Let nobody be told any more of a loan that was looked over."""
    settle_messages(tx, KIND, [loan_id])
