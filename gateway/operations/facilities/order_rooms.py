"""Say in which order a facility's rooms stand in lists."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.bookings.rule_book import change_rules, open_book
from store.tx import Tx


def order_rooms(tx: Tx, facility_id: str, room_ids: Sequence[str], *, by: str) -> None:
    """Let rooms stand in this order; those that are not named follow as they stood, unknown ones are left out.

    Raises:
        RefusedRulesError: there is no such facility.
    """
    book = open_book(tx, facility_id)
    places = {room_id: place for place, room_id in reversed(list(enumerate(room_ids)))}
    rooms = tuple(sorted(book.rooms, key=lambda room: places.get(room.id, len(room_ids))))
    change_rules(tx, book, replace(book, rooms=rooms), by=by)
