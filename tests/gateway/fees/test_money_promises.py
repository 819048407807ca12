"""Whatever desks do: numbers have no gaps, nothing goes below 0, entries and closed days stay as they were."""

import dataclasses
import itertools
import json
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from domain.civil import civil_minute
from domain.facilities.balance import derive_balance
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import RefundReason
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import CashCount, Method, Taking
from gateway.fees.day_report import hash_report
from gateway.fees.entries import Slip
from gateway.operations.facilities.close_day import DayEnd, close_day
from gateway.operations.facilities.correct_taking import Correction, correct_taking
from gateway.operations.facilities.grant_reduction import Grant, grant_reduction
from gateway.operations.facilities.refund_fee import Return, refund_fee
from gateway.operations.facilities.take_fee import Payment, take_fee
from store.taking_tables import taking
from store.takings import list_takings_of, list_takings_on, load_taking
from store.takings_days import list_closed_days
from store.tx import Store
from tests.gateway.fees.hall import NOW, build_hall, move, price, reserve

S = ReservationState
SLIPS = st.sampled_from([Slip(Method.cash), Slip(Method.transfer), Slip(Method.qr, "paypay_history", "0")])


class Desk(RuleBasedStateMachine):
    """One reservation after the other at one till that is never emptied."""

    ids = itertools.count()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.known: dict[str, Taking] = {}

    @initialize()
    def reserve(self) -> None:
        self.number = next(Desk.ids)
        self.now = NOW + timedelta(days=self.number % 200)
        self.reservation = f"s{self.number}"
        with self.store.transaction(self.now) as tx:
            reserve(tx, self.reservation, "hall", self.now + timedelta(days=9, hours=-3), slot="am", minutes=180)
            price(tx, self.reservation)

    def _id(self) -> str:
        return f"t{next(Desk.ids)}"

    @rule(yen=st.integers(-5, 13_000), slip=SLIPS, is_deposit=st.booleans())
    def pay(self, yen: int, slip: Slip, is_deposit: bool) -> None:
        payment = Payment(self._id(), self.reservation, yen, slip, is_deposit)
        self._try(lambda tx: take_fee(tx, payment, by="desk"))

    @rule(reason=st.sampled_from(list(RefundReason)), slip=SLIPS)
    def give_back(self, reason: RefundReason, slip: Slip) -> None:
        self._try(lambda tx: refund_fee(tx, Return(self._id(), self.reservation, reason, slip), by="desk"))

    @rule(pick=st.integers(0, 99))
    def correct(self, pick: int) -> None:
        # What stands depends on the till, which examples share: the draw itself may not depend on it.
        if self.known:
            which = list(self.known)[pick % len(self.known)]
            self._try(lambda tx: correct_taking(tx, Correction(self._id(), which, "誤り"), by="desk"))

    @rule(is_granted=st.booleans(), id_=st.sampled_from(["half", "coupon"]))
    def reduce(self, is_granted: bool, id_: str) -> None:
        grant = Grant(self.reservation, id_, "規則", is_granted)
        self._try(lambda tx: grant_reduction(tx, grant, by="kacho", duties=["decide"]))

    @rule(state=st.sampled_from([S.cancelled, S.completed, S.no_show, S.permitted]))
    def end(self, state: ReservationState) -> None:
        with self.store.transaction(self.now) as tx:
            move(tx, self.reservation, state)

    @rule(days=st.integers(0, 1), counted=st.integers(0, 50_000))
    def close(self, days: int, counted: int) -> None:
        end = DayEnd("shimin", civil_minute(self.now)[0] - timedelta(days=days), CashCount(0, counted), "数えた")
        self._try(lambda tx: close_day(tx, end, by="desk"))

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def _try(self, act: object) -> None:
        try:
            with self.store.transaction(self.now) as tx:
                act(tx)  # type: ignore[operator]
        except FeeFaultsError:
            with self.store.reading(self.now) as tx:
                assert {each.id for each in list_takings_of(tx, self.reservation)} == set(self.known)
        with self.store.reading(self.now) as tx:
            entries = {each.id: each for each in list_takings_of(tx, self.reservation)}
        assert {id_: entries[id_] for id_ in self.known} == self.known
        self.known = entries

    @invariant()
    def nobody_is_given_more_than_was_paid(self) -> None:
        balance = derive_balance(self.known.values(), total_yen=0, deposit_yen=0)
        assert min(dataclasses.astuple(balance)) >= 0
        assert balance.paid.fee_yen >= 0
        assert balance.paid.deposit_yen >= 0

    @invariant()
    def numbers_run_without_gaps(self) -> None:
        columns = (taking.c.fiscal_year, taking.c.series, taking.c.number)
        runs: dict[tuple[int, str], list[int]] = {}
        with self.store.reading(self.now) as tx:
            for year, series, number in tx.connection.execute(select(*columns)):
                runs.setdefault((year, series), []).append(number)
        assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in runs.values())

    @invariant()
    def closed_days_say_what_they_said(self) -> None:
        today = civil_minute(self.now)[0]
        with self.store.reading(self.now) as tx:
            for day in list_closed_days(tx, "shimin", today - timedelta(days=4), today):
                entries = list_takings_on(tx, "shimin", day.day_on)
                told = json.loads(day.report)
                assert hash_report(day.report) == day.report_hash
                assert told["total_yen"] == sum(each.yen for each in entries)
                assert sorted(line[0] for line in told["entries"]) == sorted(each.slip for each in entries)
            assert all(load_taking(tx, id_) == entry for id_, entry in self.known.items())


def test_money_on_both_databases(store: Store) -> None:
    build_hall(store)
    run_state_machine_as_test(
        lambda: Desk(store),
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
