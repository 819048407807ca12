"""The second of two persons: another account than the first one's, and one that may sign in."""

from domain.keys.key_fault import Why, refuse
from store.accounts import Account, load_account
from store.tx import Tx


def demand_second(tx: Tx, second_by: str, *, by: str) -> Account:
    """Give the account of whoever stands by.

    Raises:
        KeyFaultError: nobody is named, there is no such account, it is closed, or it is the first one's.
    """
    account = load_account(tx, second_by) if second_by else None
    if account is None or account.disabled_at is not None:
        raise refuse("second", Why.second_person_missing)
    if second_by == by:
        raise refuse("second", Why.same_person)
    return account
