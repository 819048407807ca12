"""The timed job that keeps the way into payroll's service open, and whom it tells when that way is closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from domain.civil import civil_minute
from domain.notices.payroll_notice import closed_messages
from store.alarms import Alarm, insert_alarms, restore_alarms
from store.deciders import load_organisation
from store.messages import insert_messages
from store.tx import Store
from sync.payroll.delivery import PortClosedError
from sync.payroll.freee_access import SERVICE, FreeeAccess
from sync.payroll.freee_settings import FreeeSettings


def keep_payroll_access(store: Store, settings: FreeeSettings, site_key: bytes, clock: Callable[[], datetime]) -> str:
    """Renew the tokens if it is time to; gives what was done.

    Raises:
        PortClosedError, NotReachedError: as ``FreeeAccess.keep``; of the first one people were told.
    """
    with telling_closed(store, clock):
        return "renewed" if FreeeAccess(store, settings, site_key, clock).keep() else "holds"


@contextmanager
def telling_closed(store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Tell HR, once a day, and by an alarm when what runs here finds payroll's service closed; it is raised again.

    What runs through without that lets the alarm rest.
    """
    try:
        yield
    except PortClosedError as error:
        now = clock()
        on = civil_minute(now)[0]
        with store.transaction(now) as tx:
            insert_alarms(tx, [Alarm("payroll_closed", SERVICE, str(error))])
            insert_messages(tx, closed_messages(load_organisation(tx, on).hr, SERVICE, on))
        raise
    with store.transaction(clock()) as tx:
        restore_alarms(tx, [("payroll_closed", SERVICE)])
