"""Money on both databases: never more than owed, never more back than paid, numbers without gaps, closed days."""

import json
import threading
from datetime import date, datetime, timedelta

import pytest

from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import RefundReason
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import CashCount, Method, Series, Taking, TakingKind
from gateway.fees.day_report import hash_report
from gateway.fees.entries import Slip
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.close_day import DayEnd, close_day
from gateway.operations.facilities.correct_taking import Correction, correct_taking
from gateway.operations.facilities.grant_reduction import Grant, grant_reduction
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.refund_fee import Return, refund_fee
from gateway.operations.facilities.take_fee import Payment, take_fee
from store.takings import list_takings_of, list_takings_on
from store.takings_days import list_closed_days, load_closed_day
from store.tx import Store, Tx
from tests.gateway.fees.hall import CASH, NINE, NOW, build_hall, card, change, move, pay, price, reserve

ON = date(2026, 5, 20)
TOTAL = 17_850
"""The morning in the hall with a piano."""

YEAR_END = datetime.fromisoformat("2027-03-31T09:00:00+00:00")


@pytest.fixture
def hall(store: Store) -> Store:
    build_hall(store)
    with store.transaction(NOW) as tx:
        assert price(tx) == TOTAL
    return store


def refused(error: pytest.ExceptionInfo[FeeFaultsError]) -> list[str]:
    return [f"{fault.field}:{fault.why}" for fault in error.value.faults]


def give_back(tx: Tx, id_: str, reason: RefundReason = RefundReason.reservee, *, withheld: int = 0) -> list[int]:
    slip = Slip(Method.cash, reason="窓の破損" if withheld else "")
    return [each.yen for each in refund_fee(tx, Return(id_, "r1", reason, slip, withheld), by="desk")]


def test_parts_are_taken_up_to_what_is_owed_and_sending_twice_is_once(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        assert pay(tx, "a", 10_000) == "2026-000001"
        assert pay(tx, "a", 10_000) == "2026-000001"
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        pay(tx, "b", TOTAL - 9_999)
    assert refused(error) == ["yen:more_than_owed"]
    assert error.value.faults[0].values == {"owed_yen": TOTAL - 10_000}
    with hall.transaction(NOW) as tx:
        assert pay(tx, "b", TOTAL - 10_000, card("T-1")) == "2026-000002"
        assert [(each.method, each.payer, each.tax_percent) for each in list_takings_of(tx, "r1")] == [
            (Method.cash, "青木会", 10),
            (Method.card, "", 10),
        ]


REFUSED_PAYMENTS = [
    (Payment("x", "r1", 0, CASH), ["yen:not_positive"]),
    (Payment("x", "r1", 500, Slip(Method.card)), ["reference:reference_missing"]),
    (Payment("", "r1", 500, Slip(Method.cash, reason="あ" * 201)), ["reason:too_long", "id:too_long"]),
    (Payment("x", "none", 500, CASH), ["reservation_id:no_reservation"]),
    (Payment("x", "r2", 500, CASH), ["reservation_id:not_priced"]),
    (Payment("x", "r1", 500, CASH, is_deposit=True), ["yen:more_than_owed"]),
    (Payment("old", "r1", 400, CASH), ["id:id_taken"]),
]


def test_what_cannot_be_taken_uses_no_number(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "old", 300)
    for payment, told in REFUSED_PAYMENTS:
        with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
            take_fee(tx, payment, by="desk")
        assert refused(error) == told
    with hall.transaction(NOW) as tx:
        assert pay(tx, "next", 300) == "2026-000002"


def test_nothing_is_taken_for_what_is_over_or_changed(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        change(tx, "r1")
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        pay(tx, "a", 100)
    assert refused(error) == ["reservation_id:priced_for_another_version"]
    with hall.transaction(NOW) as tx:
        move(tx, "r1", ReservationState.cancelled)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        pay(tx, "a", 100)
    assert refused(error) == ["reservation_id:reservation_over"]


def test_numbers_have_no_gaps_when_twelve_clients_race(hall: Store) -> None:
    """Of twelve that each bring 2,550 yen seven find something owed; numbers run from 1 to 7 and none is used up."""
    told: list[str] = []
    lock = threading.Lock()

    def run(number: int) -> None:
        try:
            with hall.transaction(NOW + timedelta(seconds=number)) as tx:
                slip = pay(tx, f"p{number}", 2_550, card(f"T-{number}"))
        except FeeFaultsError as error:
            slip = str(error)
        with lock:
            told.append(slip)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[:7] == [f"2026-{number:06d}" for number in range(1, 8)]
    assert sorted(told)[7:] == ["yen:more_than_owed"] * 5
    with hall.reading(NOW) as tx:
        assert sum(each.yen for each in list_takings_of(tx, "r1")) == TOTAL


def test_a_refund_goes_by_the_rules_once(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", TOTAL)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        give_back(tx, "early")
    assert refused(error) == ["reservation_id:nothing_to_refund"]
    ended_at = NINE - timedelta(days=3)
    with hall.transaction(ended_at) as tx:
        move(tx, "r1", ReservationState.cancelled)
        assert give_back(tx, "back") == [-8_920]
        assert give_back(tx, "back") == [-8_920]
        [entry] = [each for each in list_takings_of(tx, "r1") if each.kind is TakingKind.fee_refund]
        assert (entry.slip, entry.rule_id, entry.series) == ("2026-R000001", "r1", Series.refund)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(ended_at + timedelta(days=1)) as tx:
        give_back(tx, "again")
    assert refused(error) == ["reservation_id:nothing_to_refund"]
    with hall.transaction(ended_at + timedelta(days=1)) as tx:  # the city closed the house on that day after all
        assert give_back(tx, "rest", RefundReason.disaster) == [8_920 - TOTAL]
        assert sum(each.yen for each in list_takings_of(tx, "r1")) == 0


def test_what_was_paid_beyond_the_price_goes_back_and_leaves_the_rest_to_the_rules(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", TOTAL)
        reduced = grant_reduction(tx, Grant("r1", "half", "登録団体"), by="kacho", duties=["decide"])
        total = reduced.quote.total_yen
        assert give_back(tx, "excess") == [total - TOTAL]
    with hall.transaction(NINE - timedelta(days=1)) as tx:
        move(tx, "r1", ReservationState.cancelled)
        assert give_back(tx, "back") == [-(total // 20 * 10)]


def test_a_changed_reservation_gives_nothing_back_before_it_is_priced_again(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", TOTAL)
        change(tx, "r1")
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        give_back(tx, "b")
    assert refused(error) == ["reservation_id:priced_for_another_version"]


def test_what_was_refused_goes_back_whole_and_a_no_show_does_not(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", 5_000)
        move(tx, "r1", ReservationState.no_show)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        give_back(tx, "b")
    assert refused(error) == ["reservation_id:nothing_to_refund"]
    with hall.transaction(NOW) as tx:
        move(tx, "r1", ReservationState.rejected)
        assert give_back(tx, "b") == [-5_000]


@pytest.mark.parametrize("state", [ReservationState.cancelled, ReservationState.rejected, ReservationState.expired])
def test_what_was_never_permitted_goes_back_whole_however_late(hall: Store, state: ReservationState) -> None:
    late = NINE - timedelta(hours=1)
    with hall.transaction(NOW) as tx:
        reserve(tx, "r3", "meeting", NINE + timedelta(hours=3), slot=None, minutes=60, is_permitted=False)
        paid = price(tx, "r3")
        pay(tx, "a", paid, of="r3")
    with hall.transaction(late) as tx:
        move(tx, "r3", state)
        [back] = refund_fee(tx, Return("b", "r3", RefundReason.reservee, CASH), by="desk")
    assert (back.yen, back.rule_id) == (-paid, "unpermitted")


def test_what_was_permitted_is_not_said_to_be_unpermitted(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", TOTAL)
        move(tx, "r1", ReservationState.cancelled)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        give_back(tx, "b", RefundReason.unpermitted)
    assert refused(error) == ["why:bad_choice"]


def test_a_deposit_comes_back_without_what_is_withheld(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        deposit = Payment("d", "r1", 20_000, CASH, is_deposit=True)
        with pytest.raises(FeeFaultsError):
            take_fee(tx, deposit, by="desk")
        price_reservation(tx, "r1", Wanted("entrance"), by="desk")
        assert take_fee(tx, deposit, by="desk").tax_percent is None
        move(tx, "r1", ReservationState.completed)
    for withheld, told in ((30_000, "withheld_yen:more_than_paid"), (-1, "withheld_yen:negative")):
        with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
            give_back(tx, "back", withheld=withheld)
        assert refused(error) == [told]
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        refund_fee(tx, Return("back", "r1", RefundReason.reservee, CASH, 5_000), by="desk")
    assert refused(error) == ["reason:reason_missing"]
    with hall.transaction(NOW) as tx:
        assert give_back(tx, "back", withheld=5_000) == [-15_000]


def test_a_mistake_is_taken_back_by_a_counter_entry(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", 5_000, card("T-1"))
        wrong = correct_taking(tx, Correction("c", "a", "現金の誤り"), by="desk")
        assert (wrong.slip, wrong.yen, wrong.of_kind) == ("2026-C000001", -5_000, TakingKind.fee)
        assert correct_taking(tx, Correction("c", "a", "現金の誤り"), by="desk") == wrong
        assert pay(tx, "b", TOTAL) == "2026-000002"
    for correction, told in (
        (Correction("d", "a", "もう一度"), ["taking_id:corrected_already"]),
        (Correction("d", "c", "戻す"), ["taking_id:not_correctable"]),
        (Correction("d", "b", " "), ["reason:reason_missing"]),
        (Correction("d", "zzz", "x"), ["taking_id:no_entry"]),
    ):
        with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
            correct_taking(tx, correction, by="desk")
        assert refused(error) == told
    with hall.transaction(NOW) as tx:
        move(tx, "r1", ReservationState.cancelled)
        give_back(tx, "back")
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        correct_taking(tx, Correction("d", "b", "取り消したい"), by="desk")
    assert refused(error) == ["taking_id:more_than_paid"]


def count(on: date, counted: int, *, note: str = "", opening: int = 30_000) -> DayEnd:
    return DayEnd("shimin", on, CashCount(opening, counted), note)


def test_a_day_is_closed_once_and_tells_exactly_its_entries(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", 5_000)
        pay(tx, "b", 2_000, card("T-1"))
        correct_taking(tx, Correction("c", "b", "誤り"), by="desk")
        pay(tx, "d", 1_000)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        close_day(tx, count(ON, 35_000), by="desk")
    assert refused(error) == ["note:note_missing"]
    assert error.value.faults[0].values == {"expected_yen": 36_000, "counted_yen": 35_000}
    with hall.transaction(NOW) as tx:
        closed = close_day(tx, count(ON, 35_000, note="釣銭の渡し間違い"), by="desk")
        assert close_day(tx, count(ON, 35_000, note="釣銭の渡し間違い"), by="desk") == closed
        told = json.loads(closed.report)
        assert closed.report_hash == hash_report(closed.report)
        entries = list_takings_on(tx, "shimin", ON)
        assert told["total_yen"] == sum(each.yen for each in entries) == 6_000
        assert told["cash"]["difference_yen"] == -1_000
        assert told["methods"]["card"] == {"entries": 2, "in_yen": 2_000, "out_yen": 2_000}
        assert sorted(line[0] for line in told["entries"]) == sorted(each.slip for each in entries)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        close_day(tx, count(ON, 36_000), by="desk")
    assert refused(error) == ["on:closed_already"]


def test_a_day_that_is_closed_while_others_pay_tells_exactly_what_it_has(hall: Store) -> None:
    """Whatever the till let in first stands in the report; the rest belongs to the next day, and nothing is lost."""
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            with hall.transaction(NOW) as tx:
                if number == 3:
                    close_day(tx, count(ON, 30_000, note="数え直し"), by="desk")
                else:
                    pay(tx, f"p{number}", 100)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with hall.reading(NOW) as tx:
        closed = load_closed_day(tx, "shimin", ON)
        assert closed is not None
        before, after = (list_takings_on(tx, "shimin", on) for on in (ON, ON + timedelta(days=1)))
    assert sorted(line[0] for line in json.loads(closed.report)["entries"]) == [each.slip for each in sorted_by(before)]
    assert [each.number for each in sorted_by([*before, *after])] == list(range(1, 9))


def sorted_by(entries: list[Taking]) -> list[Taking]:
    return sorted(entries, key=lambda each: each.number)


def test_what_comes_after_the_closing_belongs_to_the_next_day(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "a", 5_000)
        close_day(tx, count(ON, 35_000), by="desk")
        correct_taking(tx, Correction("c", "a", "別の予約だった"), by="desk")
        before = load_closed_day(tx, "shimin", ON)
    tomorrow = ON + timedelta(days=1)
    with hall.reading(NOW) as tx:
        assert [each.id for each in list_takings_on(tx, "shimin", tomorrow)] == ["c"]
        assert load_closed_day(tx, "shimin", ON) == before
    for on, told in ((tomorrow, "on:day_to_come"), (ON - timedelta(days=1), "on:closed_already")):
        with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
            close_day(tx, count(on, 0), by="desk")
        assert refused(error) == [told]
    later = NOW + timedelta(days=3)
    with pytest.raises(FeeFaultsError) as error, hall.transaction(later) as tx:
        close_day(tx, count(ON + timedelta(days=3), 30_000), by="desk")
    assert refused(error) == ["on:earlier_day_open"]
    with hall.transaction(later) as tx:
        close_day(tx, count(tomorrow, 30_000, opening=35_000), by="desk")
        assert [each.day_on for each in list_closed_days(tx, "shimin", ON, tomorrow)] == [ON, tomorrow]


def test_a_count_that_makes_no_sense_is_refused(hall: Store) -> None:
    for end, told in (
        (DayEnd("shimin", ON, CashCount(-1, -2, -3)), ["opening_yen", "counted_yen", "banked_yen"]),
        (DayEnd("shimin", ON, CashCount(0, 0), "あ" * 201), ["note"]),
        (DayEnd("moon", ON, CashCount(0, 0)), ["facility_id"]),
    ):
        with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
            close_day(tx, end, by="desk")
        assert [fault.field for fault in error.value.faults] == told


def test_numbers_begin_anew_with_the_fiscal_year_of_the_day(hall: Store) -> None:
    with hall.transaction(YEAR_END) as tx:
        assert pay(tx, "a", 1_000) == "2026-000001"
        close_day(tx, count(date(2027, 3, 31), 31_000), by="desk")
        assert pay(tx, "b", 1_000) == "2027-000001"
        days: list[Taking] = list_takings_of(tx, "r1")
        assert sorted(str(each.counted_on) for each in days) == ["2027-03-31", "2027-04-01"]
