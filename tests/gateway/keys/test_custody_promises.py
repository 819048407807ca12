"""Keys in any order of acts, also two at once in real threads, on both databases: I20, I21 and I22 at every step."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Barrier
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.keys.custody import Custody, CustodyState
from domain.keys.due import OVERDUE_FOUND_WITHIN, list_overdue
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.key import Cabinet, Copy, Key, Opening, OpeningKind, Place, Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why
from gateway.custody.retirement import Retirement, retire_copies
from gateway.operations.keys.count_keys import close_count, open_count, scan_key
from gateway.operations.keys.extend_loan import Extension, extend_loan
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.hand_over_key import Turn, hand_over_key
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.note_cabinet import CabinetNews, note_removal
from gateway.operations.keys.register_key import keep_cabinet, register_copy, register_key
from gateway.operations.keys.report_key import Report, report_lost
from gateway.operations.keys.return_key import BroughtBack, return_key
from store.key_counts import list_open_counts
from store.key_custody import list_custodies, list_custodies_due
from store.tx import Store, Tx
from tests.gateway.keys.keyroom import HOUR, ISHII, NINE, UEDA, lend, person, standing
from tests.gateway.keys.trail import check_entitled, check_trail

NUMBERS = itertools.count(1)
WHO = st.sampled_from([ISHII, UEDA])
UEDA_FROM = HOUR
TWO_HOURS = DueRule(DueKind.relative, 120)
Work = Callable[[Tx], object]


class KeyLife(RuleBasedStateMachine):
    """One building of its own for each run: a key of two copies, one of one, a ring; Ueda may from later on."""

    store: ClassVar[Store]

    @initialize()
    def begin(self) -> None:
        self.name, self.now, self.ids = f"x{next(NUMBERS)}", NINE, itertools.count(1)
        self.counting: str | None = None
        self.copies = [f"{self.name}-{each}" for each in ("a0", "a1", "b0", "c0", "d0")]
        self.targets = {kind: Target(TargetKind.key, f"{self.name}-{kind}") for kind in ("a", "b")}
        self.targets["ring"] = Target(TargetKind.ring, self.name)
        with self.store.transaction(self.now) as tx:
            keep_cabinet(tx, Cabinet(self.name, "箱", "Box", 5))
            for key in "abcd":
                door = frozenset((Opening(OpeningKind.door, f"{self.name}-{key}"),))
                register_key(tx, Key(f"{self.name}-{key}", "鍵", "Key", "east", door))
            for hook, id_ in enumerate(self.copies, start=1):
                copy = Copy(id_, id_[:-1], id_, int(id_[-1]), home=Place(self.name, hook))
                register_copy(tx, self.new_id(), copy, by="desk")
            keep_ring(tx, RingWish(self.name, "束", "Ring", frozenset(self.copies[3:])))
            for kind, target in self.targets.items():
                for who, from_at in ((ISHII, NINE - HOUR), (UEDA, NINE + UEDA_FROM)):
                    given = standing(f"{self.name}-{kind}-{who}", who, target, from_at=from_at, due=TWO_HOURS)
                    give_entitlement(tx, given, by="desk")
        self.at = self.load()

    def new_id(self) -> str:
        return f"{self.name}-{next(self.ids)}"

    def load(self) -> dict[str, Custody]:
        with self.store.reading(self.now) as tx:
            return list_custodies(tx, self.copies)

    def members(self, kind: str) -> list[str]:
        return {"a": self.copies[:2], "b": self.copies[2:3], "ring": self.copies[3:]}[kind]

    def in_state(self, state: CustodyState) -> list[str]:
        return [id_ for id_, each in self.at.items() if each.state is state]

    @contextmanager
    def trying(self, *, fine: bool) -> Iterator[Tx]:
        """Do something that must succeed or must be refused; refused, it changes nothing."""
        before = self.at
        try:
            with self.store.transaction(self.now) as tx:
                yield tx
            done = True
        except KeyFaultError:
            done = False
        self.at = self.load()
        assert done is fine
        assert done or self.at == before

    @rule(minutes=st.sampled_from([1, 59, 121, 240]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(data=st.data(), who=WHO)
    def lend(self, data: st.DataObject, who: str) -> None:
        kinds = ["a", "b", "ring"]
        here = [each for each in kinds if self.at[self.members(each)[0]].state is CustodyState.in_custody]
        kind = data.draw(st.sampled_from(here or kinds) | st.sampled_from(kinds))
        copies = self.members(kind)
        free = [self.at[id_].state is CustodyState.in_custody for id_ in copies]
        entitled = who == ISHII or self.now >= NINE + UEDA_FROM
        fine = entitled and (all(free) if kind == "ring" else any(free)) and self.counting is None
        loan = self.new_id()
        with self.trying(fine=fine) as tx:
            lend(tx, loan, self.targets[kind], who)
        if fine:
            mine = [each for each in self.at.values() if each.loan_id == loan]
            assert len(mine) == (2 if kind == "ring" else 1)
            assert {(each.holder, each.due_at) for each in mine} == {(person(who), self.now + 2 * HOUR)}

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.copies))
        with self.trying(fine=self.at[id_].state in {CustodyState.out, CustodyState.lost}) as tx:
            return_key(tx, BroughtBack(self.new_id(), frozenset((id_,)), "desk"))

    @rule(data=st.data())
    @precondition(lambda self: self.in_state(CustodyState.out))
    def hand_over(self, data: st.DataObject) -> None:
        before = self.at[data.draw(st.sampled_from(self.in_state(CustodyState.out)))]
        holder = before.holder.id if before.holder else ISHII
        giver = data.draw(st.just(holder) | WHO)
        taker = data.draw(st.just(UEDA if holder == ISHII else ISHII) | WHO)
        entitled = taker == ISHII or self.now >= NINE + UEDA_FROM
        # What left without anybody's leave has no holder whom a card could name.
        fine = entitled and giver != taker and before.holder == person(giver)
        with self.trying(fine=fine) as tx:
            turn = Turn(self.new_id(), before.loan_id or "", "desk")
            hand_over_key(tx, turn, giver=person(giver), taker=person(taker))
        if fine:
            assert self.at[before.copy_id].holder == person(taker)

    @rule(data=st.data(), hours=st.integers(1, 30))
    @precondition(lambda self: self.in_state(CustodyState.out))
    def extend(self, data: st.DataObject, hours: int) -> None:
        before = self.at[data.draw(st.sampled_from(self.in_state(CustodyState.out)))]
        due_at = self.now + hours * HOUR
        with self.trying(fine=before.due_at is not None and due_at > before.due_at) as tx:
            extend_loan(tx, Extension(self.new_id(), before.loan_id or "", due_at, "desk"))

    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.copies))
        with self.trying(fine=self.at[id_].state in {CustodyState.in_custody, CustodyState.out}) as tx:
            report_lost(tx, Report(self.new_id(), frozenset((id_,)), "desk", "見当たらない"))

    @rule(data=st.data())
    def take_without_leave(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.copies))
        with self.trying(fine=self.at[id_].state is CustodyState.in_custody) as tx:
            note_removal(tx, CabinetNews(self.new_id(), id_, "box-1"))

    @rule(data=st.data())
    @precondition(lambda self: not self.in_state(CustodyState.retired))
    def retire(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.copies[:2]))  # a ring would be another one
        with self.trying(fine=self.at[id_].state is not CustodyState.out) as tx:
            retire_copies(tx, frozenset((id_,)), Retirement(self.new_id(), "desk", "摩耗"))

    @rule(waits=st.sampled_from([False, False, True]))
    def open_count(self, *, waits: bool) -> None:
        if not waits and self.counting is None:
            return  # what is counted is not lent: most of a run goes on without
        count_id = self.new_id()
        with self.trying(fine=self.counting is None) as tx:
            open_count(tx, count_id, self.name, by="desk")
        self.counting = self.counting or count_id

    @rule(data=st.data())
    @precondition(lambda self: self.counting is not None)
    def close_count(self, data: st.DataObject) -> None:
        seen = data.draw(st.sets(st.sampled_from(self.copies)))
        before, count_id = self.at, self.counting or ""
        with self.trying(fine=True) as tx:
            for id_ in sorted(seen):
                scan_key(tx, count_id, f"SEKISHO:KEY:1:{id_.upper()}", by="desk")
            counted = close_count(tx, count_id, by="desk")
        self.counting = None
        here = {id_ for id_, each in before.items() if each.state is CustodyState.in_custody}
        assert set(counted.seen) >= seen & here
        assert {each.copy_id for each in counted.differences} == (here - set(counted.seen)) | (seen - here)

    @rule(data=st.data())
    def race(self, data: st.DataObject) -> None:
        """Let two to four do something about one key at once: each is done or refused, and the trail stays whole."""
        id_ = self.copies[2]
        is_lent = data.draw(st.booleans()) and self.counting is None
        if is_lent and self.at[id_].state is CustodyState.in_custody:
            with self.store.transaction(self.now) as tx:
                lend(tx, self.new_id(), self.targets["b"])
            self.at = self.load()
        names = data.draw(st.lists(st.sampled_from(["lend", "back", "over", "count"]), min_size=2, max_size=4))
        before = self.at[id_]
        outcomes = at_once(self.store, self, [self.work(name, before) for name in names])
        won = [name for name, refused in zip(names, outcomes, strict=True) if refused is None]
        assert won.count("count") <= (self.counting is None)
        if before.state is CustodyState.in_custody:
            assert won.count("lend") <= 1 + won.count("back")
        self.at = self.load()
        self.every_copy_is_in_one_place()
        self.settle(id_, self.opened(names, outcomes))

    def settle(self, id_: str, count_id: str | None) -> None:
        """Bring back what was raced for, so that nothing later depends on who was quicker."""
        with self.store.transaction(self.now) as tx:
            if count_id is not None:
                close_count(tx, count_id, by="desk")
            if self.at[id_].state is not CustodyState.in_custody:
                return_key(tx, BroughtBack(self.new_id(), frozenset((id_,)), "desk"))
        self.at = self.load()

    def opened(self, names: list[str], outcomes: list[Why | None]) -> str | None:
        ended = zip(self.raced, names, outcomes, strict=True)
        return next((id_ for id_, name, refused in ended if name == "count" and refused is None), None)

    def work(self, name: str, before: Custody) -> tuple[str, Work]:
        id_ = self.new_id()
        kind = before.copy_id[:-1].rpartition("-")[2]
        match name:
            case "lend":
                return id_, lambda tx: lend_key(tx, LoanWish(id_, self.targets[kind], person(ISHII), "desk"))
            case "back":
                return id_, lambda tx: return_key(tx, BroughtBack(id_, frozenset((before.copy_id,)), "desk"))
            case "over":
                turn = Turn(id_, before.loan_id or "", "desk")
                return id_, lambda tx: hand_over_key(tx, turn, giver=person(ISHII), taker=person(UEDA))
            case _:
                return id_, lambda tx: open_count(tx, id_, self.name, by="desk")

    @invariant()
    def every_copy_is_in_one_place(self) -> None:
        if not hasattr(self, "copies"):
            return
        with self.store.reading(self.now) as tx:
            assert check_trail(tx, self.copies) == self.at
            check_entitled(tx, self.copies)
            later = self.now + OVERDUE_FOUND_WITHIN
            late = {each.copy_id for each in list_overdue(self.at.values(), later)}
            assert late == {id_ for id_, each in self.at.items() if each.due_at is not None and each.due_at <= later}
            assert late == list_custodies_due(tx, later).keys() & set(self.copies)


def at_once(store: Store, machine: KeyLife, works: list[tuple[str, Work]]) -> list[Why | None]:
    """Do all in threads of their own; gives why each was refused, None of what was done."""
    machine.raced = [id_ for id_, _ in works]
    barrier = Barrier(len(works))

    def run(work: tuple[str, Work]) -> Why | None:
        barrier.wait(30)
        try:
            with store.transaction(machine.now) as tx:
                work[1](tx)
        except KeyFaultError as error:
            return error.why
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_every_copy_is_in_exactly_one_place_whatever_is_done(room: Store) -> None:
    life = type("Life", (KeyLife,), {"store": room})
    run_state_machine_as_test(life, settings=settings(max_examples=10, stateful_step_count=40, derandomize=True))


@pytest.mark.parametrize("number", range(2))
def test_of_many_hands_one_gets_the_key_and_the_rest_hear_who(room: Store, number: int) -> None:
    machine = KeyLife()
    machine.now, hands = NINE, 8
    works: list[tuple[str, Work]] = [
        (f"l{each}", lambda tx, id_=f"l{each}": lend(tx, id_, Target(TargetKind.key, "master")))
        for each in range(hands)
    ]
    outcomes = at_once(room, machine, works)
    assert sorted(map(str, outcomes)) == ["None"] + ["key_out"] * (hands - 1)
    with room.reading(NINE) as tx:
        assert check_trail(tx, ["master-0"])["master-0"].version == 2


def test_the_same_form_sent_by_two_browsers_at_once_is_one_loan(room: Store) -> None:
    machine = KeyLife()
    machine.now = NINE
    work: tuple[str, Work] = ("l1", lambda tx: lend(tx, "l1"))
    assert at_once(room, machine, [work, work, work]) == [None] * 3
    with room.reading(NINE) as tx:
        assert [each.state for each in list_custodies(tx, ["hall-0", "hall-1"]).values()] == [
            CustodyState.in_custody,
            CustodyState.out,
        ]


def test_a_count_and_a_loan_never_both_begin(room: Store) -> None:
    machine = KeyLife()
    machine.now = NINE
    lends: Work = lambda tx: lend(tx, "l1", Target(TargetKind.key, "master"))  # noqa: E731
    counts: Work = lambda tx: open_count(tx, "n1", "box", by="desk")  # noqa: E731
    outcomes = at_once(room, machine, [("l1", lends), ("n1", counts)])
    assert outcomes[1] is None  # a count may begin beside a loan that was made just before it
    assert outcomes[0] in {None, Why.count_open}
    with room.transaction(NINE + HOUR) as tx:
        gone = "master-0" in {each.copy_id for each in close_count(tx, "n1", by="desk").differences}
        assert gone is (outcomes[0] is not None)


@pytest.mark.parametrize("counts_first", [True, False], ids=["count_first", "loan_first"])
def test_a_count_and_a_loan_wait_for_each_other(room: Store, *, counts_first: bool) -> None:
    """Whoever comes second sees what the first one did, however long that one takes to commit."""
    begins: list[Work] = [lambda tx: lend(tx, "l1", Target(TargetKind.key, "master"))]
    begins.insert(0 if counts_first else 1, lambda tx: open_count(tx, "n1", "box", by="desk"))

    def follow() -> Why | None:
        try:
            with room.transaction(NINE) as tx:
                begins[1](tx)
        except KeyFaultError as error:
            return error.why
        return None

    with ThreadPoolExecutor(1) as pool:
        with room.transaction(NINE) as tx:
            begins[0](tx)
            second = pool.submit(follow)
            with pytest.raises(TimeoutError):
                second.result(0.5)
        assert second.result(30) is (Why.count_open if counts_first else None)


def test_whoever_races_over_rings_keys_and_counts_waits_in_one_order(room: Store) -> None:
    """No two ever wait for each other: everything ends, done or refused, and every trail is whole."""
    ids = itertools.count(1)
    every = ("hall-0", "hall-1", "store-0", "store-1", "master-0", "vault-0")
    hall, bunch = Target(TargetKind.key, "hall"), Target(TargetKind.ring, "bunch")

    def loan_of(tx: Tx, copy_id: str) -> str:
        return list_custodies(tx, [copy_id])[copy_id].loan_id or "none"

    def close_any(tx: Tx) -> None:
        for count in list_open_counts(tx):
            close_count(tx, count.id, by="desk")

    works: list[Work] = [
        lambda tx: lend(tx, f"l{next(ids)}", hall),
        lambda tx: lend(tx, f"l{next(ids)}", bunch),
        lambda tx: return_key(tx, BroughtBack(f"b{next(ids)}", frozenset(("hall-1", "store-0")), "desk")),
        lambda tx: return_key(tx, BroughtBack(f"b{next(ids)}", frozenset(("store-1",)), "desk")),
        lambda tx: extend_loan(tx, Extension(f"x{next(ids)}", loan_of(tx, "hall-1"), NINE + 20 * HOUR, "desk")),
        lambda tx: report_lost(tx, Report(f"p{next(ids)}", frozenset(("hall-0", "store-0")), "desk", "x")),
        lambda tx: open_count(tx, f"n{next(ids)}", "box", by="desk"),
        close_any,
    ]

    def run(number: int) -> None:
        for turn in range(len(works)):
            with suppress(KeyFaultError), room.transaction(NINE) as tx:
                works[(number + turn) % len(works)](tx)

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(run, range(len(works))))
    with room.reading(NINE) as tx:
        check_trail(tx, every)
        check_entitled(tx, every)
