"""The second person of a key that two lend: another account than the one that lends, proved by its own password."""

from fastapi import Request

from gateway.operations.identity.passwords import is_right
from gateway.operations.identity.sign_in import Attempt, prove_account
from gateway.pages.entrance.visit import Visit
from store.accounts import load_account


def prove_second(visit: Visit, request: Request, login: str, password: str) -> str | None:
    """Check who stands by; gives the fault's key, or None when the account is proved.

    Whether that one may be the second is the operation's question.
    """
    context = visit.pages.context
    if not login.strip() or not password:
        return "desk.fault_field.second_missing"
    address = request.client.host if request.client else ""
    if not visit.pages.attempts.admit(f"second {address}", context.now()):
        return "desk.fault_field.second_often"
    with context.store.reading(context.now()) as tx:
        account = load_account(tx, login.strip())
    checked_hash = account.password_hash if account else None
    attempt = Attempt(login.strip(), checked_hash, right=is_right(checked_hash, password))
    with context.store.transaction(context.now()) as tx:
        return None if prove_account(tx, attempt) else "desk.fault_field.second_wrong"
