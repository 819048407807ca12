"""Papers that were ordered tell of persons: they lie ready for some days; whoever needs one later orders it again."""

from datetime import timedelta

from store.papers import forget_papers
from store.tx import Tx


def forget_old_papers(tx: Tx, kept_days: int) -> int:
    """Forget papers that were finished more than ``kept_days`` days before ``tx.now``; gives how many."""
    return forget_papers(tx, tx.now - timedelta(days=kept_days))
