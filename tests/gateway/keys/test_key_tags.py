"""Taps at the keys' desk as controllers send them: a tag brings its key back, a card completes what waits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from domain.ids import DeviceId
from domain.keys.custody import CustodyState
from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import Why
from gateway.intake.ingest import Ingest
from gateway.operations.access.enrol_card import enrol_card
from gateway.operations.keys.await_card import (
    WAIT_MAX,
    WaitWish,
    await_borrower,
    await_hand_over,
    await_tag,
    cancel_wait,
)
from gateway.operations.keys.give_entitlement import give_entitlement
from store.cards import load_desk_card
from store.enrolments import Outcome, load_enrolment
from store.key_rings import list_rings
from store.key_waits import KeyWait, WaitOutcome, load_wait
from store.keys import list_copies
from store.tx import Store
from tests.gateway.city import Journal, make_policy, make_tap, settle
from tests.gateway.ingesting import CENTRE, receipt
from tests.gateway.keys.keyroom import (
    AOKI,
    BUNCH,
    BUNCH_COPIES,
    BUNCH_TAG,
    CARDS,
    HALL,
    ISHII,
    MASTER,
    NINE,
    TAGS,
    UEDA,
    custody_of,
    lend,
    person,
    refused,
    standing,
)

DESK = "desk-1"


@dataclass
class Reader:
    """A desk's reader with its controller, and the clock of both sides."""

    store: Store
    now: datetime = NINE
    journal: Journal = field(default_factory=lambda: Journal(DeviceId("west-1")))

    def __post_init__(self) -> None:
        settle(self.store, self.journal)
        self.ingest = Ingest(self.store, CENTRE, lambda: self.now, desk_readers=(DESK,))

    def tap(self, token: str, *, reader: str = DESK, late: timedelta = timedelta(0), **changes: object) -> None:
        """Hold a card or tag to a reader ``late`` ago."""
        number = len(self.journal.lines) + 1
        at = self.now - late
        given: dict[str, object] = {"credential": token, "reader": reader, "mono_ms": number}
        self.journal.append(make_tap(None, "west", at, policy=make_policy()).model_copy(update=given | changes))
        receipt(self.ingest.take([self.journal.message(number)])[0])

    def await_card(self, id_: str, target: Target, *, hand_over: bool = False, **given: object) -> None:
        wish = WaitWish(id_, DESK, target, "desk", **given)  # type: ignore[arg-type]
        with self.store.transaction(self.now) as tx:
            (await_hand_over if hand_over else await_borrower)(tx, wish, readers=(DESK,))

    def state(self, copy_id: str) -> CustodyState:
        with self.store.reading(self.now) as tx:
            return custody_of(tx, copy_id).state

    def wait(self, id_: str) -> KeyWait:
        with self.store.reading(self.now) as tx:
            found = load_wait(tx, id_)
        assert found is not None
        return found


@pytest.fixture
def desk(room: Store) -> Reader:
    return Reader(room)


def test_a_borrowers_tap_completes_the_loan_and_the_tag_ends_it(desk: Reader) -> None:
    desk.await_card("w1", HALL)
    desk.tap(CARDS[ISHII])
    assert desk.state("hall-1") is CustodyState.out
    assert desk.wait("w1").outcome is WaitOutcome.done
    desk.await_card("w1", HALL)  # the same form again: it is done
    desk.tap(TAGS["hall-1"])  # it lies on the reader still
    assert desk.state("hall-1") is CustodyState.out
    desk.now += timedelta(hours=1)
    desk.tap(TAGS["hall-1"], reader="door-7")  # no desk
    assert desk.state("hall-1") is CustodyState.out
    desk.tap(TAGS["hall-1"])
    assert desk.state("hall-1") is CustodyState.in_custody
    desk.tap(CARDS[ISHII])  # nothing waits any more
    assert desk.state("hall-1") is CustodyState.in_custody


def test_the_very_copy_that_was_offered_goes_out(desk: Reader) -> None:
    desk.await_card("w1", HALL, copy_id="hall-0")
    desk.tap(CARDS[ISHII])
    assert (desk.state("hall-0"), desk.state("hall-1")) == (CustodyState.out, CustodyState.in_custody)
    with refused(desk.store, Why.key_out) as tx:
        await_borrower(tx, WaitWish("w2", DESK, HALL, "desk", copy_id="hall-0"), readers=(DESK,))


def test_who_may_not_have_it_is_refused_and_told(desk: Reader) -> None:
    desk.await_card("w1", HALL)
    desk.tap("e" * 32)  # nobody's card: the desk goes on waiting
    desk.tap(CARDS[ISHII], assurance=0)  # a claimed number is nobody's card
    desk.tap(CARDS[ISHII], late=timedelta(seconds=3))  # before the desk asked
    assert desk.wait("w1").outcome is None
    desk.tap(CARDS[AOKI])
    assert (desk.wait("w1").outcome, desk.wait("w1").fault) == (WaitOutcome.refused, Why.not_permitted.value)
    assert desk.state("hall-1") is CustodyState.in_custody


def test_a_handover_takes_both_cards(desk: Reader) -> None:
    with desk.store.transaction(NINE) as tx:
        lend(tx, "l1", BUNCH)
        give_entitlement(tx, standing("e9", UEDA, BUNCH), by="desk")
    desk.await_card("w1", BUNCH, hand_over=True)
    desk.tap(CARDS[ISHII])
    desk.tap(CARDS[ISHII])
    assert (desk.wait("w1").giver_id, desk.wait("w1").outcome) == (ISHII, None)
    desk.tap(CARDS[UEDA])
    assert desk.wait("w1").outcome is WaitOutcome.done
    with desk.store.reading(NINE) as tx:
        assert {custody_of(tx, id_).holder for id_ in BUNCH_COPIES} == {person(UEDA)}
    desk.now += timedelta(hours=1)
    desk.tap(BUNCH_TAG)
    assert {desk.state(id_) for id_ in BUNCH_COPIES} == {CustodyState.in_custody}


def test_a_handover_by_anybody_else_is_none(desk: Reader) -> None:
    with desk.store.transaction(NINE) as tx:
        lend(tx, "l1", MASTER)
    desk.await_card("w1", MASTER, hand_over=True)
    desk.tap(CARDS[UEDA])
    assert desk.wait("w1").fault == Why.wrong_holder.value
    desk.await_card("w2", MASTER, hand_over=True)
    desk.tap(CARDS[ISHII])
    desk.tap(CARDS[UEDA])
    assert desk.wait("w2").fault == Why.not_permitted.value
    with desk.store.reading(NINE) as tx:
        assert (custody_of(tx, "master-0").holder, custody_of(tx, "master-0").offered_to) == (person(ISHII), None)


def test_one_waits_at_a_reader_and_not_for_ever(desk: Reader) -> None:
    desk.await_card("w1", HALL)
    desk.await_card("w1", HALL)
    with refused(desk.store, Why.taken) as tx:
        await_borrower(tx, WaitWish("w1", DESK, MASTER, "desk"), readers=(DESK,))
    with refused(desk.store, Why.reader_taken) as tx:
        await_borrower(tx, WaitWish("w2", DESK, HALL, "desk"), readers=(DESK,))
    with refused(desk.store, Why.unknown) as tx:
        await_borrower(tx, WaitWish("w2", "door-7", HALL, "desk"), readers=(DESK,))
    desk.now += WAIT_MAX
    assert desk.wait("w1").outcome_at(desk.now) is WaitOutcome.expired
    desk.tap(CARDS[ISHII])
    assert desk.state("hall-1") is CustodyState.in_custody
    desk.await_card("w2", HALL)
    with desk.store.transaction(desk.now) as tx:
        assert cancel_wait(tx, "w2")
        assert not cancel_wait(tx, "w2")
    desk.await_card("w3", MASTER)


def test_nothing_waits_for_what_cannot_be_lent(desk: Reader) -> None:
    with desk.store.transaction(NINE) as tx:
        lend(tx, "l1", MASTER)
    with refused(desk.store, Why.key_out) as tx:
        await_borrower(tx, WaitWish("w1", DESK, MASTER, "desk"), readers=(DESK,))
    desk.await_card("w2", HALL)  # and the desk is free for another


def test_a_keys_tag_becomes_nobodys_card(desk: Reader) -> None:
    with desk.store.transaction(NINE) as tx:
        enrol_card(tx, "n1", person_id=AOKI, reader_id=DESK, label="No.1", by="desk", readers=(DESK,))
    desk.tap(TAGS["hall-1"])
    with desk.store.reading(NINE) as tx:
        asked = load_enrolment(tx, "n1")
        assert asked is not None
        assert asked.outcome == Outcome.unfit
        assert load_desk_card(tx, TAGS["hall-1"]) is None


def test_what_comes_late_moves_nothing(desk: Reader) -> None:
    with desk.store.transaction(NINE - timedelta(minutes=30)) as tx:
        lend(tx)
    desk.tap(TAGS["hall-1"], late=timedelta(minutes=10))  # kept by a controller that was cut off
    assert desk.state("hall-1") is CustodyState.out


def test_the_next_tag_becomes_the_copys_or_the_rings(desk: Reader) -> None:
    def await_next(id_: str, target: Target, copy_id: str | None = None) -> None:
        with desk.store.transaction(desk.now) as tx:
            await_tag(tx, WaitWish(id_, DESK, target, "desk", copy_id=copy_id), readers=(DESK,))

    await_next("w1", MASTER, "master-0")
    desk.tap("d" * 32, late=timedelta(seconds=3))  # before the desk asked
    assert desk.wait("w1").outcome is None
    desk.tap("e" * 32)
    assert desk.wait("w1").outcome is WaitOutcome.done
    await_next("w1", MASTER, "master-0")  # the same form again: it is done
    await_next("w2", BUNCH)
    desk.tap("f" * 32)
    with desk.store.reading(NINE) as tx:
        assert list_copies(tx, ["master-0"])["master-0"].tag == "e" * 32
        ring = list_rings(tx, [BUNCH.id])[BUNCH.id]
        assert (ring.tag, ring.list_copies(NINE)) == ("f" * 32, BUNCH_COPIES)


@pytest.mark.parametrize("token", [TAGS["hall-1"], BUNCH_TAG, CARDS[AOKI]])
def test_a_tag_or_card_of_another_is_not_taken(desk: Reader, token: str) -> None:
    with desk.store.transaction(NINE) as tx:
        await_tag(tx, WaitWish("w1", DESK, MASTER, "desk", copy_id="master-0"), readers=(DESK,))
    desk.tap(token)
    assert (desk.wait("w1").outcome, desk.wait("w1").fault) == (WaitOutcome.refused, Why.taken.value)
    with desk.store.reading(NINE) as tx:
        assert list_copies(tx, ["master-0"])["master-0"].tag is None


def test_no_tag_waits_for_what_is_not_there(desk: Reader) -> None:
    nobody = Target(TargetKind.ring, "nobody")
    for target, copy_id in ((MASTER, "hall-0"), (MASTER, None), (nobody, None), (MASTER, "nobody")):
        with refused(desk.store, Why.unknown) as tx:
            await_tag(tx, WaitWish("w1", DESK, target, "desk", copy_id=copy_id), readers=(DESK,))
