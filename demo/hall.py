"""The demo's civic hall: two weeks that it has lived, today as it stands, and four weeks to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from demo.diary import Diary
from demo.hall_bookings import draw_wishes, list_full_wishes, list_staff_wishes
from demo.hall_keys import KEEPERS, hang_keys
from demo.hall_life import Counter, HallLife
from demo.hall_people import register_guests, register_member
from demo.hall_rules import lay_down_hall
from demo.population import Member
from domain.civil import civil_minute, instant
from domain.facilities.booking import Wish
from gateway.bookings.acting import Acting
from gateway.site.description import Site
from store.tx import Tx

SEEN_AT_DOORS = "zeimu"
"""The department whose first member of staff a visitor can tap as: a booking opens the hall for that card."""

LATE_ROOM, MISSED_ROOM = "gym", "meeting-1"
"""Whose last key was not brought back, and where nobody came the last time."""

_OVERDUE_AFTER = timedelta(minutes=40)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What the hall is opened in.

    Args:
        site: the demo's site.
        site_key: of the site; cards, codes and tags are named by it.
        members: the city's staff.
        desk: the login of the contracted desk.
        decider: the login of whoever permits.
    """

    site: Site
    site_key: bytes
    members: Sequence[Member]
    desk: str
    decider: str


def open_hall(tx: Tx, around: Neighbourhood) -> int:
    """Lay the hall down and let it live up to ``tx.now``; gives how many bookings came about."""
    now, today = tx.now, civil_minute(tx.now)[0]
    before = Tx(tx.connection, now - timedelta(days=100))
    rules = lay_down_hall(before, around.site, around.site_key, today=today, desk=around.desk)
    house = rules.facility.id
    hang_keys(before, house, around.site_key, before.now, by=around.desk)
    guests = register_guests(before, now)
    at_doors, on_patrol = (_find_member(around.members, name) for name in (SEEN_AT_DOORS, KEEPERS))
    staff = register_member(before, at_doors, by=around.desk)
    served = frozenset({house})
    counter = Counter(Acting(around.desk, desks=served), Acting(around.decider, decides=served))
    life = HallLife(house, counter, Diary(now))
    wishes = [
        *list_staff_wishes(staff, today),
        *list_full_wishes(guests, today),
        *draw_wishes(rules, guests, today),
    ]
    late, missed = (_find_last(wishes, room, tx) for room in (LATE_ROOM, MISSED_ROOM))
    for number, wish in enumerate(wishes):
        life.wish(number, wish, is_late=number == late, is_missed=number == missed)
    life.block(guests[-1].reservee.id, now - timedelta(days=5), "備品の破損について話し合っているため")
    life.count(instant(today - timedelta(days=3), 8 * 60 + 30))
    life.take_ring(on_patrol.id, now - timedelta(hours=1))
    life.live(tx)
    return life.made


def _find_member(members: Sequence[Member], department: str) -> Member:
    return next(each for each in members if each.department == department and not each.is_manager)


def _find_last(wishes: Sequence[Wish], room_id: str, tx: Tx) -> int:
    """Give the number of a room's last wish whose key would be late by now."""
    over = [
        number
        for number, wish in enumerate(wishes)
        if wish.room_id == room_id and wish.until_at + _OVERDUE_AFTER < tx.now
    ]
    return over[-1]
