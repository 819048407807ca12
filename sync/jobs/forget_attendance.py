"""Old messages, and what working time was counted from, are forgotten when nobody has to have them any more (R17)."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.profile import InForce
from domain.civil import instant
from store.messages import forget_messages
from store.time_records import forget_time_records
from store.tx import Tx

MESSAGE_DAYS = 400
"""A year and a little: what somebody was told is found again while its year is looked at."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each are gone."""

    messages: int
    time_records: int


def forget_attendance(tx: Tx, on: date, profile: InForce, *, message_days: int) -> Forgotten:
    """Forget, on a day, messages of more than ``message_days`` days ago and time records beyond the profile's years.

    Time records go by whole months: the years run from the end of the month (労基法109, 労基則56), and a month's count
    needs the days around it. Closed months, orders and applications stay.
    """
    past = date(on.year - profile.on(on).retention_years, on.month, 1) - timedelta(days=1)
    return Forgotten(
        forget_messages(tx, tx.now - timedelta(days=message_days)),
        forget_time_records(tx, instant(past.replace(day=1), 0)),
    )
