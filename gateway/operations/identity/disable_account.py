"""Disable an account: nobody signs in with it any more and its sessions end in the same transaction."""

from store.accounts import save_disabled
from store.tx import Tx


def disable_account(tx: Tx, login: str) -> None:
    """Stop the account at ``tx.now``; an unknown login is a normal result."""
    save_disabled(tx, login)
