"""Keep a class of reservees (利用者区分) that windows, quotas and fees tell apart."""

from datetime import date

from domain.facilities.facility import UserClass
from gateway.bookings.user_classes import change_user_class
from store.tx import Tx


def keep_user_class(tx: Tx, kept: UserClass, *, by: str, retired_on: date | None = None) -> None:
    """Keep a class; from ``retired_on`` on nobody is given it any more, and who has it keeps it.

    Raises:
        RefusedRulesError: its id or a name is none.
    """
    change_user_class(tx, kept, retired_on=retired_on, by=by)
