"""What live taps tell of visitors' cards: the one that a desk hands over next, and the one that is given back."""

from collections.abc import Collection, Sequence

from contract.records import TapObserved
from domain.access.visits import VisitFault, VisitFaultError
from gateway.operations.access.end_visit import end_by_card
from gateway.operations.access.receive_visitor import PassKind, WantedPass, give_pass
from store.cards import load_desk_card
from store.enrolments import Enrolment, Outcome
from store.tx import Tx
from store.visits import load_visit_of_person


def hand_over_card(tx: Tx, asked: Enrolment, token: str) -> Outcome | None:
    """Lend the card that came to the visitor for whom a desk waits; None when it waits for somebody else's card.

    ``belongs`` when somebody has the card, ``unfit`` when it is none of the pool's or the visit is over by now.
    """
    visit = load_visit_of_person(tx, asked.person_id)
    if visit is None:
        return None
    try:
        give_pass(tx, visit.id, WantedPass(PassKind.card, token), by=asked.asked_by)
    except VisitFaultError as error:
        is_held = error.fault is VisitFault.card_taken and load_desk_card(tx, token) is not None
        return Outcome.belongs if is_held else Outcome.unfit
    return Outcome.enrolled


def take_back_cards(tx: Tx, taps: Sequence[TapObserved], desk_readers: Collection[str]) -> None:
    """Let the visitors go whose cards were held to a desk's reader."""
    for tap in taps:
        if tap.reader in desk_readers:
            end_by_card(tx, tap.credential, reader_id=tap.reader, tapped_at=tap.at)
