"""Keep equipment (備品): how many of it there are, of the whole facility or of one room."""

from dataclasses import replace

from domain.facilities.facility import Equipment
from gateway.bookings.rule_book import change_rules, open_book
from store.tx import Tx


def keep_equipment(tx: Tx, equipment: Equipment, *, by: str) -> None:
    """Keep a piece of equipment; with ``retired_on`` it can be asked for no more from that day on.

    Raises:
        RefusedRulesError: a field is wrong, or reservations to come asked for what would be gone.
    """
    book = open_book(tx, equipment.facility_id)
    others = tuple(each for each in book.equipment if each.id != equipment.id)
    change_rules(tx, book, replace(book, equipment=(*others, equipment)), by=by)
