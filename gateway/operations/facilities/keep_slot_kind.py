"""Keep a slot (区分) of a room: 午前, 午後, 夜間, or a course with places."""

from dataclasses import replace

from domain.facilities.facility import SlotKind
from gateway.bookings.rule_book import change_rules, open_book
from store.tx import Tx


def keep_slot_kind(tx: Tx, facility_id: str, slot: SlotKind, *, by: str) -> None:
    """Keep a slot; one that is over has a ``valid_until``, and another time is another slot from the day after on.

    Raises:
        RefusedRulesError: a field is wrong, it lies outside the hours, preparation and clean-up collide with its
            neighbour's, or reservations to come stand on what would change.
    """
    book = open_book(tx, facility_id)
    others = tuple(each for each in book.slots if each.id != slot.id)
    change_rules(tx, book, replace(book, slots=(*others, slot)), by=by)
