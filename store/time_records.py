"""What a person's working time was counted from: forgotten once nobody has to be able to count it again (R17)."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_

from store.closing_tables import doubtful_tap
from store.roster_tables import computer_use, manual_punch, punch_judgement, wrong_tap
from store.tables import punch
from store.tx import Tx


def forget_time_records(tx: Tx, before: datetime) -> int:
    """Forget punches, by hand too, what was judged of taps, wrong ones, and logs of computers from before an instant.

    Gives how many.
    Closed months, their adjustments, orders and applications stay.
    """
    old = doubtful_tap.c.tapped_at < before
    key = ("device_id", "epoch", "seq")
    judged = tuple_(*(punch_judgement.c[name] for name in key))
    doubtful = select(*(doubtful_tap.c[name] for name in key)).where(old)
    return sum(
        tx.connection.execute(statement).rowcount
        for statement in (
            delete(punch_judgement).where(judged.in_(doubtful)),
            delete(doubtful_tap).where(old),
            delete(punch).where(punch.c.punched_at < before),
            delete(wrong_tap).where(wrong_tap.c.tapped_at < before),
            delete(manual_punch).where(manual_punch.c.punched_at < before),
            delete(computer_use).where(computer_use.c.used_at < before),
        )
    )
