"""Lend a card of the visitors' pool to the party of a booking, and take it back; what it opens follows the booking.

The card is the party's until it is back: bounds move with the booking, and nothing opens once the booking is over.
"""

from domain.access.rights import GrantSource
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from gateway.bookings.demands import demand_reservation
from gateway.bookings.promised_doors import DOOR_PROMISED
from store.cards import CardChange, insert_card_changes, load_desk_card
from store.outbox import Notice, insert_notices
from store.party_passes import PERSON_PREFIX, party_id
from store.rights import list_grants_of_source
from store.tx import Tx
from store.visitor_cards import lend_card, take_card_back


def lend_party_card(tx: Tx, reservation_id: str, token: str, *, by: str) -> str:
    """Lend a card for a booking and give what is printed on it; the same card twice is lent once.

    Raises:
        BookingFaultsError: the booking opens no door to its party, or the card is not there to be lent.
    """
    demand_reservation(tx, reservation_id)
    person_id = party_id(reservation_id)
    grants = list_grants_of_source(tx, GrantSource.reservation, reservation_id)
    times = [
        (each.valid_from, each.valid_until)
        for each in grants
        if each.subject_id == person_id and each.valid_from is not None and each.valid_until is not None
    ]
    if not times or max(until_at for _, until_at in times) <= tx.now:
        raise refuse_booking("id", BookingWhy.no_door)
    card = load_desk_card(tx, token)
    if card is not None and card.person_id == person_id:
        return card.label
    from_at, until_at = min(begins for begins, _ in times), max(ends for _, ends in times)
    label = lend_card(tx, token, person_id, valid_from=from_at, valid_until=until_at, escorted=False)
    if label is None:
        raise refuse_booking("token", BookingWhy.no_free_card)
    _note(tx, reservation_id, token, "lent", label, by=by)
    return label


def take_party_card(tx: Tx, token: str, *, by: str, lost: bool = False) -> str | None:
    """Take back a card that a booking's party has, or write it off; gives the booking, None where no party has it."""
    card = load_desk_card(tx, token)
    if card is None or not card.person_id.startswith(PERSON_PREFIX):
        return None
    reservation_id = card.person_id.removeprefix(PERSON_PREFIX)
    take_card_back(tx, token, card.person_id, lost=lost)
    _note(tx, reservation_id, token, "given_back", card.label, by=by)
    return reservation_id


def _note(tx: Tx, reservation_id: str, token: str, kind: str, label: str, *, by: str) -> None:
    insert_card_changes(tx, [CardChange(tx.now, by, token, party_id(reservation_id), kind, label)])
    insert_notices(tx, [Notice(DOOR_PROMISED, reservation_id, "{}")])
