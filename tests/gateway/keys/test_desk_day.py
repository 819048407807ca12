"""A counter's day on both databases: what is booked, owed, out and back, in few questions however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from domain.civil import civil_minute
from domain.facilities.facility import Facility
from domain.facilities.takings import Method, Taking, TakingKind
from domain.keys.custody import Hand, Holder, HolderKind
from domain.keys.key import Copy, Key, LockGroup, Opening, OpeningKind, Target, TargetKind
from gateway.operations.keys.lend_key import Loan, LoanWish, lend_key
from gateway.operations.keys.register_key import keep_lock_group, register_copy, register_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from gateway.pages.desk.day_view import Day, load_day
from gateway.pages.desk.steps import Act, Mark, Powers, Step, StepView
from store.facilities import save_facility
from store.takings import insert_taking, lock_desk
from store.tx import Store, Tx
from tests.domain.facilities.booking import NOW, ON, wish
from tests.gateway.bookings.house import DESK, book, booked, citizen, keep_house
from tests.gateway.keys.keyroom import HOUR

HALF = Target(TargetKind.key, "half")
ALL = Powers(permits=True, keeps=True, lends=True, takes=True)


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    with store.transaction(NOW) as tx:
        save_facility(tx, Facility("annex", "別館", "Annex", "d"))
        keep_lock_group(tx, LockGroup("house", "館", "House"))
        opens = frozenset((Opening(OpeningKind.room, "half"),))
        register_key(tx, Key("half", "ホール半分", "Half hall", "house", opens, early_minutes=120))
        for number in (0, 1):
            register_copy(tx, f"r-{number}", Copy(f"half-{number}", "half", f"H{number}", number), by="desk")
    return store


def lend(tx: Tx, id_: str = "l1") -> Loan:
    return lend_key(tx, LoanWish(id_, HALF, Holder(HolderKind.reservee, "u1"), "desk"))


def look(tx: Tx, facilities: tuple[str, ...] = ("center",)) -> Day:
    return load_day(tx, facilities, ON, page=1, powers=lambda _: ALL, sees_key=lambda _: True)


def step(day: Day, wanted: Step) -> StepView:
    [row] = day.rows
    return next(each for each in row.steps if each.step is wanted)


@contextmanager
def counted() -> Iterator[list[str]]:
    asked: list[str] = []

    def take(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", take)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", take)


def test_a_booking_goes_from_permission_to_the_keys_return(house: Store) -> None:
    made = book(house, "r1", wish(), citizen(1))
    with house.reading(made.from_at) as tx:
        assert look(tx).rows[0].acts[0] is Act.permit
    booked_again = booked(house, "r2", from_minute=780, until_minute=900)
    assert booked_again.id == "r2"
    with house.reading(booked_again.from_at) as tx:
        second, first = look(tx).rows  # whose time is over stands behind
        assert (first.booking.id, second.booking.id) == ("r1", "r2")
        assert (second.booking.name, second.booking.room) == ("利用者1", "ホール半分")
        assert second.acts == (Act.lend, Act.price)
    with house.transaction(booked_again.from_at) as tx:
        lend(tx)
    with house.reading(booked_again.from_at) as tx:
        day = look(tx)
        assert day.rows[0].acts == (Act.give_back, Act.price)
        [loan] = day.loans
        assert day.rows[0].loans == (loan,)
        assert (loan.holder_name, loan.stamped, loan.reservation_id, loan.late) == ("利用者1", ("H1",), "r2", False)
    with house.reading(booked_again.until_at + HOUR) as tx:
        late = look(tx)
        assert late.counts.late == 1
        assert {each.mark for each in late.rows[0].steps if each.step is Step.returned} == {Mark.late}
    with house.transaction(booked_again.until_at + HOUR) as tx:
        return_key(tx, BroughtBack("b1", frozenset(("half-1",)), "desk", Hand.desk))
    with house.reading(booked_again.until_at + HOUR) as tx:
        day = look(tx)
        assert day.loans == ()
        assert [each.word for each in day.rows[0].steps][3:] == ["lent", "returned"]


def test_a_loan_that_another_booking_needs_says_when(house: Store) -> None:
    booked(house)
    booked(house, "r2", from_minute=780, until_minute=900)
    with house.transaction(NOW) as tx:
        made = wish()
    with house.transaction(made.from_at) as tx:
        lend(tx)
    with house.reading(made.from_at) as tx:
        [loan] = look(tx).loans
    assert loan.next_at == wish(780, 900).from_at


def test_what_is_paid_and_given_back_is_summed_in_the_database(house: Store) -> None:
    made = booked(house)
    day, _ = civil_minute(NOW)
    entry = Taking(
        "t1", "center", made.id, TakingKind.fee, TakingKind.fee, Method.cash, 500, NOW, "desk", day, 1
    )  # fmt: skip
    with house.transaction(NOW) as tx:
        lock_desk(tx, "center")
        insert_taking(tx, entry)
        back = replace(entry, id="t2", kind=TakingKind.fee_refund, of_kind=TakingKind.fee_refund, yen=-200)
        insert_taking(tx, back)
        insert_taking(
            tx, replace(entry, id="t3", kind=TakingKind.deposit, of_kind=TakingKind.deposit, yen=70, number=2)
        )
    with house.reading(NOW) as tx:
        [row] = look(tx).rows
        assert (row.booking.fee_paid_yen, row.booking.deposit_paid_yen, row.booking.total_yen) == (300, 70, None)
        assert step(look(tx), Step.paid).word == "not_priced"


def test_a_day_is_six_questions_and_no_other_facility_is_in_it(house: Store) -> None:
    for number in range(4):
        book(house, f"r{number}", wish(540 + 180 * number, 690 + 180 * number), DESK)
    with house.reading(NOW) as tx, counted() as asked:
        assert len(look(tx).rows) == 4
    assert len(asked) == 6
    with house.reading(NOW) as tx:
        assert look(tx, ("annex",)).rows == ()
