"""Forget what was written to citizens, once the settings' days are over."""

from datetime import timedelta

from store.reservee_letters import forget_letters as forget
from store.tx import Tx


def forget_letters(tx: Tx, days: int) -> int:
    """Forget letters older than so many days; gives how many."""
    return forget(tx, tx.now - timedelta(days=days))
