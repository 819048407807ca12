"""Rules of facilities that are read once and looked up while their revision is the same.

A booking asks for them in twelve questions and answers in the rest; at nine o'clock on the first of a month hundreds
ask within a second. What is remembered belongs to a database and goes with it.
"""

from collections.abc import Collection, Hashable, Iterable
from datetime import date
from typing import cast
from weakref import WeakKeyDictionary

from domain.facilities.rules import FacilityRules
from gateway.bookings.facility_rules import Houses, load_days_off, load_facility_rules
from store.facility_revisions import HouseRevision, list_every_revision, list_revisions
from store.tx import Tx

_Remembered = dict[str, tuple[int, FacilityRules]]
_REMEMBERED: WeakKeyDictionary[Hashable, _Remembered] = WeakKeyDictionary()


def recall_houses(tx: Tx, first_on: date, last_on: date, room_ids: Collection[str], *, lock: bool = False) -> Houses:
    """Give the facilities of rooms as they are laid down now, with the days off from the first day to the last.

    With ``lock`` nobody changes their rules until the commit.
    """
    return Houses(recall_rules(tx, room_ids, lock=lock), load_days_off(tx, first_on, last_on))


def recall_rules(tx: Tx, room_ids: Collection[str], *, lock: bool = False) -> dict[str, FacilityRules]:
    """Give what is laid down now about the facilities of rooms, by facility.

    A facility whose rules were never changed through an operation has no revision, and is read each time.
    """
    return _recall(tx, list_revisions(tx, room_ids, lock=lock))


def recall_every(tx: Tx) -> dict[str, FacilityRules]:
    """Give what is laid down now about all facilities, by facility, in the order of their names; retired ones too."""
    return _recall(tx, list_every_revision(tx))


def _recall(tx: Tx, revisions: Iterable[HouseRevision]) -> dict[str, FacilityRules]:
    remembered = _REMEMBERED.setdefault(cast("Hashable", tx.connection.engine), {})
    rules: dict[str, FacilityRules] = {}
    for facility_id, revision in revisions:
        known = remembered.get(facility_id)
        if known is None or known[0] != revision or revision == 0:
            known = (revision, load_facility_rules(tx, [facility_id])[facility_id])
            remembered[facility_id] = known
        rules[facility_id] = known[1]
    return rules
