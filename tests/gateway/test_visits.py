"""Visits by example on both databases: whose word is needed, what a pass opens and until when, who is forgotten."""

from datetime import timedelta

import pytest

from domain.access.decide import Tap, decide
from domain.access.visits import Approval, VisitFault, VisitFaultError, VisitState
from domain.ids import AccessPointId, CredentialToken
from gateway.operations.access.announce_visit import NewVisit
from gateway.operations.access.decide_visit import Actor, cancel_visit, decide_visit
from gateway.operations.access.end_visit import LENT_JUST_NOW, end_by_card, end_visit, extend_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, give_pass, receive_visitor
from store.policy_inputs import load_inputs_revision
from store.tx import Store
from store.visitor_cards import POOL, list_pool_cards
from store.visits import forget_visits, list_visit_steps, load_visit, load_visit_line
from tests.gateway.visiting import (
    BOSS,
    DESK,
    HOST,
    NOON,
    POOL_CARDS,
    announce,
    fault_of,
    new_code,
    new_visit,
    opens,
    policy_of,
    seed,
)


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
