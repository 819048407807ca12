"""Look an emergency's loan over: somebody who had no hand in it writes down what was found."""

from dataclasses import dataclass

from domain.keys.custody import Holder, HolderKind
from domain.keys.key_fault import Why, refuse
from gateway.custody.emergency_messages import settle_emergency
from gateway.custody.ledger import demand_words
from store.accounts import load_account
from store.key_emergencies import EmergencyLoan, list_emergencies
from store.key_entitlements import end_entitlement
from store.outbox import Notice, insert_notices
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody found about a loan; ``by`` is a login."""

    loan_id: str
    by: str
    found: str


def review_emergency(tx: Tx, review: Review) -> None:
    """Write down that a loan was looked over, and what was found.

    Raises:
        KeyFaultError: nothing of that loan waits for it, nothing is said, or this one lent, stood by or borrowed.
    """
    demand_words(reason=review.found)
    if not review.found.strip():
        raise refuse("reason", Why.no_reason)
    waiting = list_emergencies(tx, [review.loan_id])
    if not waiting:
        raise refuse("act", Why.moved_on)
    if _had_a_hand(tx, waiting[0], review.by):
        raise refuse("act", Why.own_emergency)
    if not end_entitlement(tx, waiting[0].entitlement_id, by=review.by, reason=review.found.strip()):
        raise refuse("act", Why.moved_on)
    settle_emergency(tx, review.loan_id)
    insert_notices(tx, [Notice("key.reviewed", review.loan_id, "{}")])


def _had_a_hand(tx: Tx, loan: EmergencyLoan, login: str) -> bool:
    if login in {loan.lent_by, loan.second_by}:
        return True
    accounts = {each: load_account(tx, each) for each in (login, loan.lent_by, loan.second_by)}
    persons = {each: found.person_id for each, found in accounts.items() if found is not None and found.person_id}
    own = persons.get(login)
    hands = {persons.get(loan.lent_by), persons.get(loan.second_by)}
    return own is not None and (own in hands or loan.holder == Holder(HolderKind.person, own))
