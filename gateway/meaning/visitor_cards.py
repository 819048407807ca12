"""What live taps tell of cards for visitors and parties: the one that a desk lends next, and the one given back."""

from collections.abc import Collection, Sequence

from contract.records import TapObserved
from domain.access.visits import VisitFault, VisitFaultError
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from gateway.operations.access.end_visit import LENT_JUST_NOW, end_by_card
from gateway.operations.access.receive_visitor import PassKind, WantedPass, give_pass
from gateway.operations.facilities.lend_party_card import lend_party_card, take_party_card
from store.cards import load_desk_card
from store.enrolments import Enrolment, Outcome
from store.party_passes import PERSON_PREFIX, load_lent_at
from store.tx import Tx
from store.visits import load_visit_of_person


def hand_over_card(tx: Tx, asked: Enrolment, token: str) -> Outcome | None:
    """Lend the card that came to the visitor or party for whom a desk waits; None when it waits for another's card.

    ``belongs`` when somebody has the card, ``unfit`` when it is none of the pool's or the visit is over by now.
    """
    if asked.person_id.startswith(PERSON_PREFIX):
        return _hand_to_party(tx, asked, token)
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
    """Let the visitors go whose cards were held to a desk's reader, and take back those that parties have."""
    for tap in taps:
        if tap.reader not in desk_readers:
            continue
        end_by_card(tx, tap.credential, reader_id=tap.reader, tapped_at=tap.at)
        lent_at = load_lent_at(tx, tap.credential)
        if lent_at is not None and tap.at - lent_at >= LENT_JUST_NOW:
            take_party_card(tx, tap.credential, by=tap.reader)


def _hand_to_party(tx: Tx, asked: Enrolment, token: str) -> Outcome:
    try:
        lend_party_card(tx, asked.person_id.removeprefix(PERSON_PREFIX), token, by=asked.asked_by)
    except BookingFaultsError as error:
        is_held = error.faults[0].why is BookingWhy.no_free_card and load_desk_card(tx, token) is not None
        return Outcome.belongs if is_held else Outcome.unfit
    return Outcome.enrolled
