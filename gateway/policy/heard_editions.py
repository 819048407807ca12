"""Editions that devices hold and this database never issued: how a restored centre finds out, and goes on above them.

A database that was restored from a backup gives the numbers after that backup a second time, with other contents. So
an edition is named by its number and its instant of issue together. Both stand in every edition and in every policy
that a device holds already, which a digest would not; two editions of one number and one microsecond would need a clock
that was set back to just then. A device says both in its births and questions, the pointer and a change's offer say
both to it: it is never told that it holds what it does not, and no change is laid over another edition of that number.

Devices take greater numbers alone, restored or not. So where one is heard of that this database never issued, and that
is not below the newest, everything is published anew above it (``gateway.policy.policy_keeper``): the device follows by
the ordinary road, by the whole. Numbers are asked for in births and not kept, for each device says its own again and
again. A device that lies can drive the numbers up once a minute and a bounded step at a time, and is named in an alarm.
"""

import threading
from datetime import datetime, timedelta

from contract.status import DeviceBorn
from store.alarms import Alarm, insert_alarms
from store.editions import load_edition, load_newest_version
from store.tx import Tx

LEAP_MAX = 1_000_000
"""No database is so far behind what its devices hold: a number beyond is a lie or a fault, and is not followed."""

LEAP_EVERY = timedelta(minutes=1)


class HeardEditions:
    """The greatest number heard of that is taken; callable from any thread."""

    def __init__(self) -> None:
        self._greatest = -1
        self._leapt_at: datetime | None = None
        self._lock = threading.Lock()

    def note(self, version: int) -> None:
        """Hear that a device holds an edition of that number which is none of this database."""
        with self._lock:
            self._greatest = max(self._greatest, version)

    def leap(self, newest: int, now: datetime) -> int:
        """Give the number above which the next edition is to lie: ``newest``, or beyond what was heard of.

        Args:
            newest: the greatest number that the database knows.
            now: two leaps are a while apart, whichever way the clock went.
        """
        with self._lock:
            heard, self._greatest = self._greatest, -1
            if not newest <= heard <= newest + LEAP_MAX:
                return newest
            if self._leapt_at is not None and abs(now - self._leapt_at) < LEAP_EVERY:
                self._greatest = heard  # later
                return newest
            self._leapt_at = now
            return heard + 1


def is_issued(tx: Tx, version: int, issued_at: datetime | None) -> bool:
    """Tell whether this database issued the edition of that number at that instant; None: whenever.

    Nothing held (0) is nothing unknown.
    """
    if version == 0:
        return True
    edition = load_edition(tx, version)
    return edition is not None and issued_at in {None, edition.issued_at}


def find_held(tx: Tx, born: DeviceBorn) -> int:
    """Give the edition of this database that a device holds by its birth; 0 where it holds none of them.

    One that is as new as ours, or newer, raises an alarm.
    """
    version = born.policy_version
    if is_issued(tx, version, born.policy_issued_at):
        return version
    newest = load_newest_version(tx)
    if version >= newest:
        detail = f"{born.device} holds {version}; this database, whose newest is {newest}, never issued it: restored?"
        insert_alarms(tx, [Alarm("edition_unknown", "site", detail)])
    return 0
