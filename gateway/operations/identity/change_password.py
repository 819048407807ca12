"""Change one's own password: every session of the account ends and a new one begins under a new token."""

from gateway.operations.identity.session_tokens import SESSION_AGE_MAX, SessionTokens, hash_token
from store.accounts import load_account, save_failures, save_password
from store.sessions import delete_sessions_of, insert_session
from store.tx import Tx


def change_password(tx: Tx, login: str, *, checked_hash: str, new_hash: str, tokens: SessionTokens) -> bool:
    """Put the new hash in place of the one the old password was checked against; False when that is no longer it."""
    account = load_account(tx, login, lock=True)
    if account is None or account.disabled_at is not None or account.password_hash != checked_hash:
        return False
    save_password(tx, login, new_hash)
    save_failures(tx, login, 0, None)
    delete_sessions_of(tx, login)
    insert_session(tx, hash_token(tokens.cookie), login, csrf=tokens.csrf, expires_at=tx.now + SESSION_AGE_MAX)
    return True
