"""Sign in: a right password opens a session under a new token; wrong ones in a row lock the account for a while.

The password is checked before the transaction opens (see ``passwords``); what was checked comes in as an
:class:`Attempt`. Nothing in the answer tells an unknown login from a wrong password or a locked account.
"""

from dataclasses import dataclass
from datetime import timedelta

from gateway.operations.identity.session_tokens import SESSION_AGE_MAX, SESSION_IDLE_MAX, SessionTokens, hash_token
from store.accounts import load_account, save_failures
from store.sessions import delete_expired_sessions, delete_session, insert_session, is_person_active
from store.tx import Tx

FAILURES_MAX = 5
LOCK_TIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A password that was checked against ``checked_hash`` (None: no such account) and was right or not."""

    login: str
    checked_hash: str | None
    right: bool


def sign_in(tx: Tx, attempt: Attempt, tokens: SessionTokens, *, old_cookie: str | None = None) -> bool:
    """Open a session, or count the failure; True when a session was opened.

    The session of ``old_cookie`` ends whatever happens to it next: a token known before signing in is worth nothing
    after it.
    """
    if not prove_account(tx, attempt):
        return False
    delete_expired_sessions(tx, idle_max=SESSION_IDLE_MAX)
    if old_cookie is not None:
        delete_session(tx, hash_token(old_cookie))
    insert_session(tx, hash_token(tokens.cookie), attempt.login, csrf=tokens.csrf, expires_at=tx.now + SESSION_AGE_MAX)
    return True


def prove_account(tx: Tx, attempt: Attempt) -> bool:
    """Tell whether a checked password proves somebody who may sign in now; a wrong one is counted, and locks."""
    account = load_account(tx, attempt.login, lock=True)
    if account is None or account.disabled_at is not None:
        return False
    if account.person_id is not None and not is_person_active(tx, account.person_id):
        return False
    if account.locked_until is not None and account.locked_until > tx.now:
        return False
    if not attempt.right or account.password_hash != attempt.checked_hash:
        failures = account.failures + 1
        if failures < FAILURES_MAX:
            save_failures(tx, account.login, failures, None)
        else:
            save_failures(tx, account.login, 0, tx.now + LOCK_TIME)
        return False
    if account.failures or account.locked_until is not None:
        save_failures(tx, account.login, 0, None)
    return True
