"""Keep a room: one by itself, or one that others make up together."""

from collections.abc import Sequence
from dataclasses import replace

from domain.facilities.facility import Room
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from gateway.bookings.rule_book import RefusedRulesError, change_rules, open_book
from gateway.bookings.spaces import find_spaces
from store.tx import Tx


def keep_room(tx: Tx, room: Room, *, made_of: Sequence[str] = (), by: str) -> Room:
    """Keep a room and give it with its spaces; a new one stands last in lists.

    Args:
        tx: the transaction.
        room: its ``spaces`` are not looked at, for they follow from what it is made of.
        made_of: the ids of the rooms that it consists of; none where it is a room by itself.
        by: the login of who keeps it.

    Raises:
        RefusedRulesError: a field is wrong, it is made of rooms that there are not, others are made of it, or
            reservations to come stand on what would change.
    """
    book = open_book(tx, room.facility_id)
    spaces, unknown = find_spaces(room.id, made_of, {each.id: each.spaces for each in book.rooms})
    if unknown:
        values = [{"name": id_} for id_ in unknown]
        raise RefusedRulesError(
            tuple(FacilityFault(Thing.room, room.id, "spaces", Flaw.unknown_room, each) for each in values)
        )
    kept = replace(room, spaces=spaces)
    rooms = tuple(kept if each.id == room.id else each for each in book.rooms)
    if book.room(room.id) is None:
        rooms = (*rooms, kept)
    change_rules(tx, book, replace(book, rooms=rooms), by=by)
    return kept
