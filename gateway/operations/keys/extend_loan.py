"""Let a loan last longer, unless somebody else has reserved the key or the loan becomes a long one without approval."""

from dataclasses import dataclass
from datetime import datetime

from domain.keys.custody import Custody, Deed, Hand, HolderKind, KeyAct
from domain.keys.due import is_long
from domain.keys.entitlement import list_claims
from domain.keys.key import TargetKind
from domain.keys.key_fault import Why, refuse
from gateway.custody.holders import load_borrower
from gateway.custody.ledger import demand_form_id, demand_words, do_deed, find_repeat
from gateway.custody.targets import Held, find_target, hold_target
from store.key_custody import KeyDeed, list_custodies_of_loan, load_deed
from store.key_entitlements import list_entitlements_for, load_entitlement
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Extension:
    """A later due time of a loan; ``id`` is made by the form."""

    id: str
    loan_id: str
    due_at: datetime
    by: str
    reason: str = ""


def extend_loan(tx: Tx, asked: Extension) -> None:
    """Let everything of a loan that is out be due later; the same form sent twice is one extension.

    Raises:
        KeyFaultError: nothing of it is out, the time is no later one, it becomes a long loan without approval, or
            somebody else has reserved the key until then.
    """
    demand_form_id(asked.id)
    demand_words(reason=asked.reason)
    lent = load_deed(tx, asked.loan_id)
    if lent is None:
        raise refuse("copy", Why.not_out)
    # Before the loan's own copies: whoever lends holds them in this order too.
    room = hold_target(tx, find_target(tx, asked.loan_id))
    held = list_custodies_of_loan(tx, asked.loan_id, lock=True)
    if find_repeat(tx, asked.id, Deed(KeyAct.extend, Hand.desk, asked.by)) is not None:
        return
    if not held:
        raise refuse("copy", Why.not_out)
    first = next(iter(held.values()))
    if is_long(lent.done_at, asked.due_at) and not _is_approved(tx, first):
        raise refuse("due_at", Why.long_loan)
    _demand_room(tx, room, first, asked.due_at)
    deed = Deed(
        KeyAct.extend, Hand.desk, asked.by, due_at=asked.due_at, loan_id=asked.loan_id, reason=asked.reason.strip()
    )
    do_deed(tx, KeyDeed(asked.id, deed, tx.now, lent.ring_id), held.values())


def _is_approved(tx: Tx, custody: Custody) -> bool:
    given = load_entitlement(tx, custody.entitlement_id) if custody.entitlement_id else None
    return given is not None and given.entitlement.approved_by is not None


def _demand_room(tx: Tx, room: Held, custody: Custody, due_at: datetime) -> None:
    if custody.holder is None or custody.holder.kind is HolderKind.unknown:
        return
    borrower = load_borrower(tx, custody.holder)
    claims = list_claims(list_entitlements_for(tx, [room.target]), room.target, borrower, tx.now, due_at)
    free = len(room.free) if room.target.kind is TargetKind.key else 0
    if len(claims) > free:
        raise refuse("due_at", Why.reserved_next, from_at=claims[0].used_from)
