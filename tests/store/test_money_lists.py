"""What the pages of money and reservees ask of both databases: sums, what is due back, who is seen, uploads."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from domain.facilities.fee_table import RefundReason
from domain.facilities.reservation import ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.takings import CashCount, Method
from domain.facilities.use_report import Use
from gateway.fees.entries import Slip
from gateway.operations.facilities.close_day import DayEnd, close_day
from gateway.operations.facilities.correct_taking import Correction, correct_taking
from gateway.operations.facilities.refund_fee import Return, refund_fee
from store.accounts import insert_account
from store.booking_sums import count_ends, list_uses_in
from store.payout_uploads import PayoutUpload, forget_upload, load_upload, save_upload
from store.reservation_tables import reservation
from store.reservee_search import CounterScope, Uses, count_uses, find_reservees, is_seen
from store.reservees import insert_reservee
from store.taking_sums import TakingSum, list_closed_facilities, list_overpaid, list_paid, sum_takings
from store.takings import list_takings_by_id
from store.tx import Store
from tests.gateway.fees.hall import CASH, NINE, NOW, build_hall, card, move, pay, price

ON = date(2026, 5, 20)
TOTAL = 17_850


@pytest.fixture
def hall(store: Store) -> Store:
    """The hall with two payments of one booking, one of them taken back."""
    build_hall(store)
    with store.transaction(NOW) as tx:
        price(tx)
        for id_, yen, slip in (("a", 10_000, CASH), ("b", 5_000, card("T-1")), ("c", 2_850, CASH)):
            pay(tx, id_, yen, slip)
        correct_taking(tx, Correction("x", "c", "誤り"), by="desk")
    return store


def test_sums_are_by_facility_day_and_method(hall: Store) -> None:
    with hall.reading(NOW) as tx:
        assert sum_takings(tx, ["shimin"], ON, ON) == [
            TakingSum("shimin", ON, Method.card, 1, 5_000, 0, 0),
            TakingSum("shimin", ON, Method.cash, 3, 12_850, 2_850, 0),
        ]
        assert sum_takings(tx, ["shimin"], ON + timedelta(days=1), ON + timedelta(days=9)) == []
        assert sum_takings(tx, [], ON, ON) == []
        assert set(list_takings_by_id(tx, ["a", "x", "none"])) == {"a", "x"}
        assert list_paid(tx, ["r1", "r2"]) == {"r1": (15_000, 0)}
        assert list_closed_facilities(tx, ["shimin"], ON) == frozenset()
    with hall.transaction(NOW) as tx:
        close_day(tx, DayEnd("shimin", ON, CashCount(0, 10_000)), by="desk")
        assert list_closed_facilities(tx, ["shimin", "other"], ON) == {"shimin"}


def test_what_may_be_due_back_is_found_until_it_went_back(hall: Store) -> None:
    since = NINE - timedelta(days=1)

    def found() -> list[str]:
        with hall.reading(NOW) as tx:
            return list_overpaid(tx, ["shimin"], since, limit=9)

    assert found() == []  # paid in part, nothing beyond
    with hall.transaction(NOW) as tx:
        move(tx, "r1", ReservationState.cancelled)
        assert list_overpaid(tx, ["shimin"], since, limit=0) == []
        assert list_overpaid(tx, ["other"], since, limit=9) == []
        assert list_overpaid(tx, ["shimin"], NINE + timedelta(minutes=1), limit=9) == []
    assert found() == ["r1"]
    with hall.transaction(NOW) as tx:
        refund_fee(tx, Return("z", "r1", RefundReason.facility, Slip(Method.cash)), by="desk")
    assert found() == []


def test_uses_and_ends_of_a_time(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        move(tx, "r2", ReservationState.no_show)
        day = timedelta(days=1)
        morning = Use("hall", NINE, NINE + timedelta(hours=3), 20)
        assert list_uses_in(tx, ["shimin"], NINE - day, NINE + day) == [morning]
        assert list_uses_in(tx, ["shimin"], NINE + timedelta(hours=3), NINE + day) == []
        assert count_ends(tx, ["shimin"], NINE - day, NINE + day) == {
            ("hall", ReservationState.permitted): 1,
            ("meeting", ReservationState.no_show): 1,
        }
        assert count_ends(tx, ["other"], NINE - day, NINE + day) == {}


def test_a_counter_finds_its_own_and_whom_it_registered(hall: Store) -> None:
    mine, others = CounterScope(frozenset({"shimin"}), "desk"), CounterScope(frozenset({"other"}), "desk")
    with hall.transaction(NOW) as tx:
        for id_, by in (("v", "desk"), ("w", "self")):
            who = Reservee(id_, ReserveeKind.citizen, "inside", f"市民 {id_}", NOW, by, "シミン", phone="0312345678")
            insert_reservee(tx, who)
        tx.connection.execute(update(reservation).where(reservation.c.id == "r2").values(state="no_show"))
    with hall.reading(NOW) as tx:

        def names(*spellings: str, scope: CounterScope | None) -> list[str]:
            return [each.id for each in find_reservees(tx, spellings, scope, limit=9)]

        assert names("市民", scope=None) == ["v", "w"]
        assert names("市民", scope=mine) == ["v"]
        assert set(names(scope=mine)) == {"u", "v"}
        assert names("青木", scope=others) == []
        assert names("nothing", "0312", scope=None) == ["v", "w"]
        assert names("%", scope=None) == []
        assert (is_seen(tx, "u", mine), is_seen(tx, "u", others), is_seen(tx, "w", mine)) == (True, False, False)
        assert is_seen(tx, "w", None)
        assert count_uses(tx, ["u", "v"], mine) == {"u": Uses(2, 2, 1)}
        assert count_uses(tx, ["u"], others) == {}


def test_those_who_are_blocked_are_found_apart(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        for id_, until in (("v", ON), ("w", ON - timedelta(days=1))):
            who = Reservee(id_, ReserveeKind.citizen, "inside", id_, NOW, "self", blocked_until=until)
            insert_reservee(tx, who)
        assert [each.id for each in find_reservees(tx, (), None, limit=9, blocked_on=ON)] == ["v"]


def test_an_upload_takes_the_place_of_the_one_before(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        for login in ("desk", "other"):
            insert_account(tx, login, person_id=None, password_hash="-", roles=())
        assert load_upload(tx, "desk") is None
        first = PayoutUpload("desk", "generic", "a.csv", b"\x00a", NOW)
        for each in (first, first._replace(content=b"b"), first._replace(login="other")):
            save_upload(tx, each)
    with hall.transaction(NOW) as tx:
        assert load_upload(tx, "desk") == first._replace(content=b"b")
        forget_upload(tx, "desk")
        forget_upload(tx, "desk")
        assert load_upload(tx, "desk") is None
        assert load_upload(tx, "other") is not None
