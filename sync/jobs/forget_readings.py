"""Who looked at whose events is itself about persons: the list is kept as long as the settings say, no longer."""

from datetime import timedelta

from store.read_log import forget_readings
from store.tx import Tx

KEPT_DAYS = 1095
"""Three years: so long time records are kept (労働基準法109条・143条), about which somebody may have looked."""


def forget_old_readings(tx: Tx, kept_days: int) -> int:
    """Forget looks of more than ``kept_days`` days before ``tx.now``; gives how many."""
    return forget_readings(tx, tx.now - timedelta(days=kept_days))
