"""The demo's civic hall at whatever hour it is opened: it has lived, something waits, and nothing is without effect."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from demo.diary import Diary
from demo.hall import Neighbourhood, open_hall
from demo.hall_bookings import STAFF_ROOM
from demo.hall_keys import ROOM_KEYS, WIRED_BOX, list_hung
from demo.town import draw_members, settle_people
from domain.civil import civil_minute
from domain.facilities.reservation import ReservationState as State
from domain.keys.custody import CustodyState
from domain.keys.key import Target, TargetKind
from gateway.bookings.unkept_promises import find_unkept
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from store.key_custody import list_custodies_due, list_custodies_in
from store.key_entitlements import list_entitlements_for
from store.reservations import Kept, list_overdue, list_reservations_in, list_unattended, list_waiting
from store.reservees import search_reservees
from store.takings import list_days_with_takings
from store.takings_days import find_last_closed
from store.tx import Store, Tx

HOUSE = "shimin-kan"
SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
DAY = timedelta(days=1)


@pytest.fixture(params=["2026-11-24T10:40+09:00", "2027-01-02T02:00+09:00", "2027-05-05T21:10+09:00"])
def opened(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Tx]:
    """The hall on an ordinary morning, in a night of the new year's holidays, and on a holiday's evening."""
    store, now, members = Store(sqlite_url), datetime.fromisoformat(request.param), draw_members()
    with store.transaction(now) as tx:
        settle_people(tx, members, bytes(32), civil_minute(now)[0] - 60 * DAY)
        open_hall(tx, Neighbourhood(SITE, bytes(32), members, desk="madoguchi", decider="shisetsu"))
        yield tx
    store.close()


def test_the_hall_has_lived_and_something_is_left_to_do(opened: Tx) -> None:
    today = civil_minute(opened.now)[0]
    assert find_unkept(opened) == []
    assert not list_overdue(opened), "nothing that is over is left as it was"
    assert not list_unattended(opened), "whoever had come by now has come"
    assert len(list_waiting(opened, [HOUSE])) >= 5
    states = Counter(kept.reservation.state for kept in every_reservation(opened))
    assert states[State.completed] > 20
    assert states[State.permitted] > 15
    assert states[State.no_show] == 1
    assert states[State.cancelled] >= 1
    assert find_last_closed(opened, HOUSE) == today - 2 * DAY
    assert today - DAY in list_days_with_takings(opened, HOUSE, today - DAY, today)
    assert [each.blocked_until is not None for each in search_reservees(opened, "渡辺")] == [True]


def test_one_key_is_late_the_rest_is_where_it_belongs(opened: Tx) -> None:
    assert {each.copy_id.rpartition("-")[0] for each in list_custodies_due(opened, opened.now).values()} == {"gym-key"}
    boxed = list_custodies_in(opened, WIRED_BOX.id).values()
    hung = {each.place.position for each in boxed if each.place and each.state is CustodyState.in_custody}
    assert hung == set(list_hung()), "the ledger says what the cabinet's hooks will say"
    assert (WIRED_BOX.id, WIRED_BOX.positions) in {(each.id, each.positions) for each in SITE.cabinets}


def test_some_key_can_be_lent_at_any_hour(opened: Tx) -> None:
    targets = [Target(TargetKind.key, each) for each in ROOM_KEYS]
    assert any(each.holds_at(opened.now) for each in list_entitlements_for(opened, targets))


def test_a_diary_is_lived_in_order_and_ends_now(sqlite_url: str) -> None:
    store, until = Store(sqlite_url), datetime.fromisoformat("2026-11-24T10:00+09:00")
    diary, seen = Diary(until), list[datetime]()

    def wake(tx: Tx) -> None:
        seen.append(tx.now)
        diary.note(tx.now + timedelta(hours=2), lambda later: seen.append(later.now))

    for hours in (1, 3, 5):
        diary.note(until - timedelta(hours=hours), wake)
    with store.transaction(until) as tx:
        diary.live(tx)
    store.close()
    assert [int((until - at).total_seconds()) // 3600 for at in seen] == [5, 3, 3, 1, 1]


def every_reservation(tx: Tx) -> list[Kept]:
    rooms = [*(room for _, _, rooms in ROOM_KEYS.values() for room in rooms), STAFF_ROOM]
    return list_reservations_in(tx, rooms, tx.now - 40 * DAY, tx.now + 40 * DAY)
