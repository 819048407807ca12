"""The life of visits on a real database: what doors would decide, whose each card is, and who is told, always."""

import itertools
import shutil
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.access.situation import Situation
from domain.access.visits import INSIDE, Approval, VisitFault, VisitFaultError, VisitState, state_at
from domain.civil import civil_minute, instant, parse_clock
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Granted
from gateway.operations.access.announce_visit import NewVisit, announce_visit
from gateway.operations.access.decide_visit import Actor, cancel_visit, decide_visit
from gateway.operations.access.end_visit import LENT_JUST_NOW, end_by_card, end_visit, extend_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, give_pass, receive_visitor
from gateway.site.description import load_site
from gateway.site.policy import derive_policy
from store.cards import insert_card
from store.migrate import migrate
from store.people import Department, Person, upsert_departments, upsert_persons
from store.policy_inputs import load_inputs_revision
from store.rights import load_policy_inputs
from store.tx import Store, Tx
from store.visitor_cards import POOL, ensure_pool, list_pool_cards
from store.visits import GuestVisit, forget_visits, list_visit_steps, load_visit, load_visit_line

DEMO = load_site(Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml")
SITE = DEMO.model_copy(  # at any hour: the visit alone bounds what a visitor opens
    update={
        "levels": tuple(
            level.model_copy(update={"points": dict.fromkeys(level.points, "always")}) for level in DEMO.levels
        )
    }
)
NOON = instant(date(2025, 11, 20), parse_clock("10:00"))
HOST, HEAD = "s0002", "s0001"
POOL_CARDS = tuple(f"{number:032x}" for number in (1, 2))
DESK = Actor("desk", is_desk=True, is_facility=True)
BOSS = Actor("aoki", HEAD, frozenset(("somu",)))
MINUTES = st.sampled_from([0, 1, 20, 60, 90, 240])


def seed(tx: Tx) -> None:
    upsert_departments(tx, [Department("somu", "総務課", HEAD)])
    upsert_persons(tx, [Person(HOST, "石井 健太", "", "somu"), Person(HEAD, "青木 太郎", "", "somu")])
    ensure_pool(tx)
    for number, token in enumerate(POOL_CARDS, start=1):
        assert insert_card(tx, token, POOL, f"No.{number}")


def new_visit(number: int, begins_in: int = 0, minutes: int = 60, levels: tuple[str, ...] = ("visitor",)) -> NewVisit:
    begins_at = NOON + timedelta(minutes=begins_in)
    return NewVisit(
        f"{number:016x}", "山田 一郎", "萩商会", "打合せ", HOST, "1234",
        begins_at, begins_at + timedelta(minutes=minutes), levels,
    )  # fmt: skip


def announce(tx: Tx, asked: NewVisit, by: str = "ishii") -> GuestVisit:
    return announce_visit(tx, SITE, asked, by=by, draw=lambda signs: signs[0])


def policy_of(tx: Tx) -> PolicySnapshot:
    on = civil_minute(tx.now)[0]
    inputs = load_policy_inputs(tx)
    return derive_policy(SITE, inputs, version=1, issued_at=tx.now, first_on=on - timedelta(days=1), days=4)


def opens(tx: Tx, token: str, point: str = "main_in", after: timedelta = timedelta(0), *, escort: bool = False) -> bool:
    at = tx.now + after
    tap = Tap(CredentialToken(token), AccessPointId(point), at, at)
    return isinstance(decide(policy_of(tx), tap, Situation(escort=escort)), Granted)


def fault_of(caught: pytest.ExceptionInfo[VisitFaultError]) -> VisitFault:
    return caught.value.fault


CODES = itertools.count(0x1000)


def new_code() -> WantedPass:
    number = next(CODES)
    return WantedPass(PassKind.code, f"{number:032x}", f"{number:032x}")


@pytest.fixture
def city(store: Store) -> Store:
    with store.transaction(NOON) as tx:
        seed(tx)
    return store


def test_a_card_opens_from_the_arrival_until_the_end_and_is_lent_again(city: Store) -> None:
    with city.transaction(NOON) as tx:
        visit = announce(tx, new_visit(1))
        assert visit.state is VisitState.announced
        assert announce(tx, new_visit(1)).id == visit.id  # sent twice
        assert not opens(tx, POOL_CARDS[0])
        revision = load_inputs_revision(tx)
        visit = receive_visitor(tx, visit.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        assert load_inputs_revision(tx) > revision
        assert (visit.pass_label, visit.person_id) == ("No.1", f"visitor-{visit.id}")
        assert opens(tx, POOL_CARDS[0])
        assert not opens(tx, POOL_CARDS[0], "server_in")
        assert opens(tx, POOL_CARDS[0], after=timedelta(minutes=59))
        assert not opens(tx, POOL_CARDS[0], after=timedelta(minutes=60))
    with city.transaction(NOON + timedelta(minutes=30)) as tx:
        assert end_by_card(tx, POOL_CARDS[0], reader_id="desk", tapped_at=tx.now) is not None
        assert not opens(tx, POOL_CARDS[0])
        assert [step.act for step in list_visit_steps(tx, visit.id)] == ["announce", "receive", "leave"]
        second = announce(tx, new_visit(2, begins_in=30))
        receive_visitor(tx, second.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        assert opens(tx, POOL_CARDS[0])


def test_a_card_that_lies_on_the_reader_is_not_given_back_at_once(city: Store) -> None:
    with city.transaction(NOON) as tx:
        visit = announce(tx, new_visit(1))
        receive_visitor(tx, visit.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        for seconds in (0, LENT_JUST_NOW.total_seconds() - 1):
            at = NOON + timedelta(seconds=seconds)
            assert end_by_card(tx, POOL_CARDS[0], reader_id="desk", tapped_at=at) is None
        assert end_by_card(tx, "e" * 32, reader_id="desk", tapped_at=NOON + timedelta(hours=1)) is None


def test_a_code_is_drawn_anew_and_the_former_opens_no_more(city: Store) -> None:
    with city.transaction(NOON) as tx:
        visit = announce(tx, new_visit(1))
        first, second, third = new_code(), new_code(), new_code()
        receive_visitor(tx, visit.id, first, identified=True, by="desk")
        assert opens(tx, first.token)
        give_pass(tx, visit.id, second, by="desk")
        assert not opens(tx, first.token)
        assert opens(tx, second.token)
        longer = visit.valid_until + timedelta(hours=1)
        after = extend_visit(tx, visit.id, longer, actor=DESK, new_code=third)
        assert (after.token, after.code_id, after.valid_until) == (third.token, third.code_id, longer)
        assert not opens(tx, second.token)
        assert opens(tx, third.token, after=timedelta(minutes=119))
        end_visit(tx, visit.id, by="desk")
        assert not opens(tx, third.token)


def test_whoever_needs_company_opens_nothing_alone(city: Store) -> None:
    with city.transaction(NOON) as tx:
        asked = new_visit(1)
        visit = announce(tx, NewVisit(**{name: getattr(asked, name) for name in asked.__slots__} | {"escorted": True}))
        receive_visitor(tx, visit.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        assert not opens(tx, POOL_CARDS[0])
        assert opens(tx, POOL_CARDS[0], escort=True)


def test_the_word_of_the_one_who_is_asked_is_needed(city: Store) -> None:
    with city.transaction(NOON) as tx:
        visit = announce(tx, new_visit(1, levels=("visitor", "visitor_office")))
        assert (visit.approval, visit.state) == (Approval.head, VisitState.awaiting)
        card = WantedPass(PassKind.card, POOL_CARDS[0])
        with pytest.raises(VisitFaultError) as caught:
            receive_visitor(tx, visit.id, card, identified=True, by="desk")
        assert fault_of(caught) is VisitFault.wrong_state
        for actor, fault in (
            (Actor("eguchi", "s0004", frozenset(("joho",))), VisitFault.not_yours),
            (Actor("ishii", HOST, frozenset(("somu",))), VisitFault.own_visit),
            (Actor("x", HOST, is_facility=True), VisitFault.own_visit),
        ):
            with pytest.raises(VisitFaultError) as caught:
                decide_visit(tx, visit.id, approve=True, actor=actor)
            assert fault_of(caught) is fault
        with pytest.raises(VisitFaultError) as caught:
            decide_visit(tx, visit.id, approve=False, actor=BOSS, reason=" ")
        assert fault_of(caught) is VisitFault.no_reason
        decide_visit(tx, visit.id, approve=True, actor=BOSS)
        receive_visitor(tx, visit.id, card, identified=True, by="desk")
        assert opens(tx, POOL_CARDS[0], "staff_in")
        server = announce(tx, new_visit(2, levels=("visitor_server", "visitor_office")), by="desk")
        with pytest.raises(VisitFaultError) as caught:
            decide_visit(tx, server.id, approve=True, actor=DESK)  # the desk announced it
        assert fault_of(caught) is VisitFault.own_visit
        with pytest.raises(VisitFaultError) as caught:
            decide_visit(tx, server.id, approve=True, actor=BOSS)
        assert fault_of(caught) is VisitFault.not_yours


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "  "}, VisitFault.no_name),
        ({"name": "x" * 81}, VisitFault.too_long),
        ({"purpose": "x" * 201}, VisitFault.too_long),
        ({"host_id": "s9999"}, VisitFault.no_host),
        ({"host_id": POOL}, VisitFault.no_host),
        ({"levels": ("staff",)}, VisitFault.no_level),
        ({"levels": ("visitor", "gone")}, VisitFault.no_level),
        ({"valid_until": NOON}, VisitFault.ends_too_early),
    ],
)
def test_what_makes_no_visit(city: Store, change: dict[str, object], fault: VisitFault) -> None:
    asked = new_visit(1)
    values = {name: getattr(asked, name) for name in asked.__slots__} | change
    with city.transaction(NOON) as tx, pytest.raises(VisitFaultError) as caught:
        announce(tx, NewVisit(**values))  # type: ignore[arg-type]
    assert fault_of(caught) is fault


def test_nobody_is_received_unseen_and_no_card_twice(city: Store) -> None:
    with city.transaction(NOON) as tx:
        first, second = announce(tx, new_visit(1)), announce(tx, new_visit(2))
        card = WantedPass(PassKind.card, POOL_CARDS[0])
    for wanted, identified, fault in (
        (card, False, VisitFault.not_identified),
        (WantedPass(PassKind.card, "9" * 32), True, VisitFault.card_taken),
    ):
        with pytest.raises(VisitFaultError) as caught, city.transaction(NOON) as tx:
            receive_visitor(tx, first.id, wanted, identified=identified, by="desk")
        assert fault_of(caught) is fault
    with city.transaction(NOON) as tx:
        assert load_visit(tx, first.id) == first  # nothing half done
        receive_visitor(tx, first.id, card, identified=True, by="desk")
        receive_visitor(tx, first.id, card, identified=True, by="desk")
        assert len(list_visit_steps(tx, first.id)) == 2
    with pytest.raises(VisitFaultError) as caught, city.transaction(NOON) as tx:
        receive_visitor(tx, second.id, card, identified=True, by="desk")
    assert fault_of(caught) is VisitFault.card_taken
    with city.transaction(NOON) as tx:
        other = WantedPass(PassKind.card, POOL_CARDS[1])
        receive_visitor(tx, second.id, other, identified=True, by="desk")
        with pytest.raises(VisitFaultError):
            give_pass(tx, second.id, card, by="desk")
        assert opens(tx, POOL_CARDS[1])  # the former pass still counts


def test_a_card_that_never_came_back_is_lost_and_lent_no_more(city: Store) -> None:
    with city.transaction(NOON) as tx:
        visit = announce(tx, new_visit(1))
        receive_visitor(tx, visit.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        end_visit(tx, visit.id, by="desk", card_lost=True)
        assert {card.token: card.status for card in list_pool_cards(tx)} == {
            POOL_CARDS[0]: "lost", POOL_CARDS[1]: "active",
        }  # fmt: skip
        assert (
            decide(policy_of(tx), Tap(CredentialToken(POOL_CARDS[0]), AccessPointId("main_in"), tx.now, tx.now)).reason
            == "lost"
        )
        second = announce(tx, new_visit(2))
        with pytest.raises(VisitFaultError):
            receive_visitor(tx, second.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")


def test_who_came_is_forgotten_and_what_happened_is_not(city: Store) -> None:
    with city.transaction(NOON) as tx:
        gone, here, called_off = (announce(tx, new_visit(number)) for number in (1, 2, 3))
        receive_visitor(tx, gone.id, new_code(), identified=True, by="desk")
        receive_visitor(tx, here.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        cancel_visit(tx, called_off.id, actor=DESK, reason="延期")
        end_visit(tx, gone.id, by="desk")
    with city.transaction(NOON + timedelta(days=90)) as tx:
        assert forget_visits(tx, NOON) == 0
        assert forget_visits(tx, tx.now) == 2
        assert forget_visits(tx, tx.now) == 0
        line = load_visit_line(tx, gone.id)
        assert line is not None
        assert (line.visit.name, line.visit.organisation, line.visit.purpose, line.visit.code) == ("", "", "", "")
        assert line.visit.arrived_at == NOON
        still = load_visit(tx, here.id)
        assert still is not None
        assert still.name == "山田 一郎"  # who has a card still is not forgotten


class VisitLife(RuleBasedStateMachine):
    """Visits, cards and the clock in any order, against a model that keeps only what was done."""

    folder: TemporaryDirectory[str]
    template: Path

    @initialize()
    def begin(self) -> None:
        path = Path(self.folder.name) / f"{id(self)}-{next(CODES)}.db"
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
