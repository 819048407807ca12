"""The life of visits on a real database: what doors would decide, whose each card is, and who is told, always."""

import itertools
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.access.visits import INSIDE, VisitFaultError, VisitState, state_at
from domain.civil import civil_minute, instant
from gateway.operations.access.decide_visit import cancel_visit, decide_visit
from gateway.operations.access.end_visit import LENT_JUST_NOW, end_by_card, end_visit, extend_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, give_pass, receive_visitor
from store.migrate import migrate
from store.tx import Store, Tx
from store.visitor_cards import list_pool_cards
from store.visits import load_visit
from tests.gateway.visiting import BOSS, DESK, NOON, POOL_CARDS, announce, new_code, new_visit, opens, seed

NUMBERS = itertools.count()
MINUTES = st.sampled_from([0, 1, 20, 60, 90, 240])


class VisitLife(RuleBasedStateMachine):
    """Visits, cards and the clock in any order, against a model that keeps only what was done."""

    folder: TemporaryDirectory[str]
    template: Path

    @initialize()
    def begin(self) -> None:
        path = Path(self.folder.name) / f"{next(NUMBERS)}.db"
        shutil.copyfile(self.template, path)
        self.path, self.store, self.now = path, Store(f"sqlite:///{path}"), NOON
        self.states: dict[str, VisitState] = {}
        self.ends: dict[str, timedelta] = {}
        self.held: dict[str, str] = {}
        self.lost: set[str] = set()
        self.old: set[str] = set()
        with self.store.transaction(self.now) as tx:
            seed(tx)

    def state(self, visit_id: str) -> VisitState:
        return state_at(self.states[visit_id], NOON + self.ends[visit_id], self.now)

    def pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.states)), "visit")

    @rule(minutes=MINUTES)
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(length=st.sampled_from([30, 120]), office=st.booleans())
    @precondition(lambda self: len(self.states) < 5)
    def announce(self, length: int, *, office: bool) -> None:
        begins_in = int((self.now - NOON).total_seconds() // 60)
        asked = new_visit(len(self.states) + 1, begins_in, length, ("visitor_office",) if office else ("visitor",))
        with self.store.transaction(self.now) as tx:
            announce(tx, asked)
        self.states[asked.id] = VisitState.awaiting if office else VisitState.announced
        self.ends[asked.id] = timedelta(minutes=begins_in + length)

    @rule(data=st.data(), approve=st.booleans())
    @precondition(lambda self: self.states)
    def decide(self, data: st.DataObject, *, approve: bool) -> None:
        visit_id = self.pick(data)
        allowed = {VisitState.awaiting} if approve else {VisitState.awaiting, VisitState.approved}
        with self.trying(fine=self.state(visit_id) in allowed) as tx:
            decide_visit(tx, visit_id, approve=approve, actor=BOSS, reason="x")
            self.states[visit_id] = VisitState.approved if approve else VisitState.refused

    @rule(data=st.data())
    @precondition(lambda self: self.states)
    def cancel(self, data: st.DataObject) -> None:
        visit_id = self.pick(data)
        allowed = {VisitState.announced, VisitState.awaiting, VisitState.approved}
        with self.trying(fine=self.state(visit_id) in allowed) as tx:
            cancel_visit(tx, visit_id, actor=DESK)
            self.states[visit_id] = VisitState.cancelled

    @rule(data=st.data(), kind=st.sampled_from(PassKind), first=st.booleans())
    @precondition(lambda self: self.states)
    def hand_over(self, data: st.DataObject, kind: PassKind, *, first: bool) -> None:
        visit_id = self.pick(data)
        token = data.draw(st.sampled_from(POOL_CARDS)) if kind is PassKind.card else ""
        wanted = new_code() if kind is PassKind.code else WantedPass(kind, token)
        again = token and self.held.get(visit_id) == token and self.states[visit_id] is VisitState.arrived
        free = not token or token not in {*self.held.values(), *self.lost}
        state = self.state(visit_id)
        here = state in {VisitState.announced, VisitState.approved} if first else state is VisitState.arrived
        fine = (here and free) or bool(again and (first or here))
        with self.trying(fine=fine) as tx:
            if first:
                receive_visitor(tx, visit_id, wanted, identified=True, by="desk")
            else:
                give_pass(tx, visit_id, wanted, by="desk")
            self.states[visit_id] = VisitState.arrived
            self.take(visit_id)
            if wanted.token:
                self.held[visit_id] = wanted.token
                self.old.discard(wanted.token)

    @rule(data=st.data(), lost=st.booleans())
    @precondition(lambda self: self.states)
    def leave(self, data: st.DataObject, *, lost: bool) -> None:
        visit_id = self.pick(data)
        with self.trying(fine=self.state(visit_id) in INSIDE | {VisitState.left}) as tx:
            end_visit(tx, visit_id, by="desk", card_lost=lost)
            if lost and self.held.get(visit_id) in POOL_CARDS:
                self.lost.add(self.held[visit_id])
            self.states[visit_id] = VisitState.left
            self.take(visit_id)

    @rule(token=st.sampled_from(POOL_CARDS))
    def hold_to_the_desk(self, token: str) -> None:
        self.now += LENT_JUST_NOW
        holder = next((visit_id for visit_id, held in self.held.items() if held == token), None)
        with self.store.transaction(self.now) as tx:
            ended = end_by_card(tx, token, reader_id="desk", tapped_at=self.now)
        assert (ended.id if ended else None) == holder
        if holder is not None:
            self.states[holder] = VisitState.left
            self.take(holder)

    @rule(data=st.data())
    @precondition(lambda self: self.states)
    def extend(self, data: st.DataObject) -> None:
        visit_id, code = self.pick(data), new_code()
        over = {VisitState.left, VisitState.cancelled, VisitState.refused}
        longer = max(NOON + self.ends[visit_id], self.now) + timedelta(minutes=30)
        today = longer <= instant(civil_minute(max(self.now, NOON + self.ends[visit_id]))[0] + timedelta(days=1), 0)
        with self.trying(fine=self.state(visit_id) not in over and today) as tx:
            extend_visit(tx, visit_id, longer, actor=DESK, new_code=code)
            self.ends[visit_id] = longer - NOON
            if visit_id in self.held and self.held[visit_id] not in POOL_CARDS:
                self.take(visit_id)
                self.held[visit_id] = code.token

    def take(self, visit_id: str) -> None:
        if visit_id in self.held:
            self.old.add(self.held.pop(visit_id))

    def trying(self, *, fine: bool) -> "Trying":
        return Trying(self, fine=fine)

    @invariant()
    def doors_and_pool_agree_with_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.reading(self.now) as tx:
            assert {card.token for card in list_pool_cards(tx)} == set(POOL_CARDS) - set(self.held.values())
            for visit_id, state in self.states.items():
                kept = load_visit(tx, visit_id)
                assert kept is not None
                assert (kept.state, kept.token) == (state, self.held.get(visit_id))
                if visit_id in self.held:
                    left = NOON + self.ends[visit_id] - self.now
                    assert opens(tx, self.held[visit_id], "main_in") is (left > timedelta(0))
                    assert not opens(tx, self.held[visit_id], "main_in", after=max(left, timedelta(0)))
                    if left > timedelta(0):
                        assert opens(tx, self.held[visit_id], "main_in", after=left - timedelta(seconds=1))
            assert not any(opens(tx, token, "main_in") for token in self.old - set(self.held.values()))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.path.unlink()


class Trying:
    """A transaction that must go well, or must be refused and leave nothing."""

    def __init__(self, life: VisitLife, *, fine: bool) -> None:
        self.life, self.fine = life, fine
        self.opened = life.store.transaction(life.now)

    def __enter__(self) -> Tx:
        return self.opened.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        refused = isinstance(error, VisitFaultError)
        with suppress(VisitFaultError):
            self.opened.__exit__(kind, error, trace)  # type: ignore[arg-type]
        if error is None or refused:
            assert refused is not self.fine, error
        return refused


@pytest.fixture(scope="module", autouse=True)
def database() -> object:
    with TemporaryDirectory() as folder:
        VisitLife.template = Path(folder) / "template.db"
        migrate(f"sqlite:///{VisitLife.template}")
        Store(f"sqlite:///{VisitLife.template}").close()
        VisitLife.folder = type("Folder", (), {"name": folder})()
        yield


TestVisitLife = VisitLife.TestCase
TestVisitLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
