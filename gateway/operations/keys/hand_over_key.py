"""Hand a key from holder to holder: the one who has it offers, the other one accepts, and both are written down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.keys.custody import Custody, Deed, Hand, Holder, HolderKind, KeyAct
from domain.keys.entitlement import Entitlement, choose_entitlement
from domain.keys.key_fault import KeyFault, KeyFaultError, Why, refuse
from gateway.custody.holders import load_borrower
from gateway.custody.ledger import demand_form_id, do_deed, find_repeat
from gateway.custody.second_person import demand_second
from gateway.custody.targets import find_target
from store.key_custody import KeyDeed, list_custodies_of_loan
from store.key_entitlements import list_entitlements_for
from store.keys import list_copies, list_keys
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the two halves of a handover: ``id`` is made by the form, ``loan_id`` names what is handed over."""

    id: str
    loan_id: str
    by: str
    hand: Hand = Hand.desk


def offer_key(tx: Tx, turn: Turn, *, giver: Holder, taker: Holder) -> None:
    """Let the holder offer everything of a loan that is out to somebody.

    Raises:
        KeyFaultError: nothing of the loan is out, somebody else has it, or the taker is nobody; nothing was changed.
    """
    held = _begin(tx, turn, KeyAct.offer)
    if held is None:
        return
    _demand_holder(held, giver)
    load_borrower(tx, taker)
    deed = Deed(KeyAct.offer, turn.hand, turn.by, holder=taker, loan_id=turn.loan_id)
    do_deed(tx, KeyDeed(turn.id, deed, tx.now), held.values())


def accept_key(tx: Tx, turn: Turn, *, taker: Holder, second_by: str = "") -> None:
    """Let somebody take over what was offered; the due time stays, the entitlement is the taker's own.

    Raises:
        KeyFaultError: it was not offered to them, they are not entitled to it, or the second person is missing.
    """
    held = _begin(tx, turn, KeyAct.accept)
    if held is None:
        return
    if any(each.offered_to != taker for each in held.values()):
        raise refuse("taker", Why.no_offer)
    entitlement = _entitle(tx, turn.loan_id, taker)
    _demand_second(tx, turn, held, second_by, taker)
    deed = Deed(
        KeyAct.accept,
        turn.hand,
        turn.by,
        second_by,
        taker,
        loan_id=turn.loan_id,
        entitlement_id=entitlement.id,
    )
    do_deed(tx, KeyDeed(turn.id, deed, tx.now), held.values())


def hand_over_key(tx: Tx, turn: Turn, *, giver: Holder, taker: Holder, second_by: str = "") -> None:
    """Do both halves at once, where both stand at the desk: everything is judged before anything is written.

    Raises:
        KeyFaultError: as :func:`offer_key` and :func:`accept_key` do; nothing was changed.
    """
    held = _begin(tx, turn, KeyAct.accept)
    if held is None:
        return
    _demand_holder(held, giver)
    if giver == taker:
        raise refuse("taker", Why.same_person)
    _entitle(tx, turn.loan_id, taker)
    _demand_second(tx, turn, held, second_by, taker)
    offer_key(tx, replace(turn, id=f"{turn.id}-offer"), giver=giver, taker=taker)
    accept_key(tx, turn, taker=taker, second_by=second_by)


def withdraw_offer(tx: Tx, turn: Turn) -> None:
    """Take an offer back; the key stays with whoever has it.

    Raises:
        KeyFaultError: nothing was offered.
    """
    held = _begin(tx, turn, KeyAct.withdraw)
    if held is None:
        return
    deed = Deed(KeyAct.withdraw, turn.hand, turn.by, loan_id=turn.loan_id)
    do_deed(tx, KeyDeed(turn.id, deed, tx.now), held.values())


def _begin(tx: Tx, turn: Turn, act: KeyAct) -> dict[str, Custody] | None:
    """Hold what is out of a loan; None where the same form did this before."""
    demand_form_id(turn.id)
    held = list_custodies_of_loan(tx, turn.loan_id, lock=True)
    if find_repeat(tx, turn.id, Deed(act, turn.hand, turn.by)) is not None:
        return None
    if not held:
        raise refuse("copy", Why.not_out)
    return held


def _demand_holder(held: Mapping[str, Custody], giver: Holder) -> None:
    if any(each.holder != giver for each in held.values()):
        raise refuse("giver", Why.wrong_holder)


def _entitle(tx: Tx, loan_id: str, taker: Holder) -> Entitlement:
    target = find_target(tx, loan_id)
    found = choose_entitlement(list_entitlements_for(tx, [target]), target, load_borrower(tx, taker), tx.now)
    if isinstance(found, KeyFault):
        raise KeyFaultError(found)
    return found


def _demand_second(tx: Tx, turn: Turn, held: Mapping[str, Custody], second_by: str, taker: Holder) -> None:
    """Two persons: another account than the writing one, and neither of those whose hands it goes through."""
    keys = list_keys(tx, {each.key_id for each in list_copies(tx, held).values()})
    if not any(each.two_person for each in keys.values()):
        return
    account = demand_second(tx, second_by, by=turn.by)
    hands = {taker, *(each.holder for each in held.values())}
    if account.person_id is not None and Holder(HolderKind.person, account.person_id) in hands:
        raise refuse("second", Why.same_person)
