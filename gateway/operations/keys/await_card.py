"""Let a loan, a handover or a new tag wait at a desk's reader: what is held to it next completes it.

What it means then is told by ``gateway.meaning.key_tags``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, demand_words
from gateway.custody.targets import choose_copies, hold_target
from store.key_rings import list_rings
from store.key_waits import KeyWait, WaitKind, WaitOutcome, claim_desk, end_wait, load_wait
from store.keys import list_copies
from store.outbox import Notice, insert_notices
from store.tx import Tx

WAIT_MAX = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class WaitWish:
    """What is to wait where: ``id`` is made by the form and becomes the loan's; the rest as a loan's wish says.

    ``copy_id`` is the very copy that is to go out (None: any), or to bear a tag; then without one it is the ring of
    ``target``.
    """

    id: str
    reader_id: str
    target: Target
    by: str
    second_by: str = ""
    due_at: datetime | None = None
    deposit_yen: int = 0
    reason: str = ""
    copy_id: str | None = None


def await_borrower(tx: Tx, wish: WaitWish, *, readers: Collection[str]) -> KeyWait:
    """Lend a key to whoever holds a card to a desk's reader next; sent twice it waits once.

    Raises:
        KeyFaultError: there is no such reader at a desk, something waits there, no copy can be lent now, or the second
            person or the deposit is missing.
    """
    if (known := _find_known(tx, wish)) is not None:
        return known
    asked = _wait(tx, wish, WaitKind.lend, readers)  # the desk before the copies, as a tap holds them
    held = hold_target(tx, wish.target)
    choose_copies(tx, held, wish.copy_id)
    if held.two_person and wish.second_by in {"", wish.by}:
        raise refuse("second", Why.same_person if wish.second_by else Why.second_person_missing)
    if wish.deposit_yen < held.deposit_yen:
        raise refuse("deposit_yen", Why.deposit_missing, asked_yen=held.deposit_yen)
    return asked


def await_hand_over(tx: Tx, wish: WaitWish, *, readers: Collection[str]) -> KeyWait:
    """Hand a key over: the holder's card first, then the other one's; sent twice it waits once.

    Raises:
        KeyFaultError: there is no such reader at a desk, or something waits there.
    """
    return _find_known(tx, wish) or _wait(tx, wish, WaitKind.hand_over, readers)


def await_tag(tx: Tx, wish: WaitWish, *, readers: Collection[str]) -> KeyWait:
    """Let a copy or a ring bear the tag that is held to a desk's reader next; sent twice it waits once.

    Raises:
        KeyFaultError: there is no such copy, ring or reader at a desk, or something waits there.
    """
    if wish.copy_id is not None:
        copy = list_copies(tx, [wish.copy_id]).get(wish.copy_id)
        if copy is None or wish.target != Target(TargetKind.key, copy.key_id):
            raise refuse("copy", Why.unknown)
    elif wish.target.kind is not TargetKind.ring or not list_rings(tx, [wish.target.id]):
        raise refuse("ring", Why.unknown)
    return _find_known(tx, wish) or _wait(tx, wish, WaitKind.tag, readers)


def cancel_wait(tx: Tx, wait_id: str) -> bool:
    """Wait no longer; tells whether it still waited."""
    waited = end_wait(tx, wait_id, WaitOutcome.cancelled)
    if waited:
        insert_notices(tx, [Notice("key.wait_ended", wait_id, "{}")])
    return waited


def _find_known(tx: Tx, wish: WaitWish) -> KeyWait | None:
    known = load_wait(tx, wish.id)
    if known is not None and (known.asked_by, known.target) != (wish.by, wish.target):
        raise refuse("id", Why.taken)
    return known


def _wait(tx: Tx, wish: WaitWish, kind: WaitKind, readers: Collection[str]) -> KeyWait:
    demand_form_id(wish.id)
    demand_words(reason=wish.reason)
    if wish.reader_id not in readers:
        raise refuse("reader", Why.unknown)
    asked = KeyWait(
        wish.id,
        wish.reader_id,
        kind,
        wish.target,
        wish.by,
        tx.now,
        tx.now + WAIT_MAX,
        second_by=wish.second_by,
        due_at=wish.due_at,
        deposit_yen=wish.deposit_yen,
        reason=wish.reason,
        copy_id=wish.copy_id,
    )
    if not claim_desk(tx, asked):
        raise refuse("reader", Why.reader_taken)
    insert_notices(tx, [Notice("key.awaited", wish.id, "{}")])
    return asked
