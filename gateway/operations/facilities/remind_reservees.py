"""Call permitted uses to their reservees' minds, a day before, by letter."""

from domain.notices.reservee_letter import REMINDED, LetterKind, ReserveeLetter, derive_reminder_at
from gateway.bookings.letters import fill_letter, is_written_to
from store.facilities import list_facilities, list_rooms
from store.reservations import list_reservations
from store.reservee_letters import insert_letters, list_unreminded
from store.reservees import load_reservees
from store.tx import Tx


def remind_reservees(tx: Tx) -> int:
    """Write every reminder that is due, none of them twice; gives how many.

    Whoever was written to about the reservation within that day needs none, and at night none leaves.
    """
    settled = list_unreminded(tx, tx.now + REMINDED)
    kept = list_reservations(tx, settled)
    rooms = {room.id: room for room in list_rooms(tx, ids={each.reservation.room_id for each in kept})}
    facilities = {each.id: each for each in list_facilities(tx, {each.facility_id for each in kept})}
    reservees = load_reservees(tx, {each.reservation.reservee_id for each in kept})
    letters = []
    for each in kept:
        of, reservee = each.reservation, reservees.get(each.reservation.reservee_id)
        leaves_at = derive_reminder_at(of.from_at, settled[of.id], tx.now)
        if leaves_at is None or reservee is None or not is_written_to(reservee):
            continue
        filling = fill_letter(of, rooms[of.room_id], facilities[each.facility_id])
        subject, link = f"{of.id}/{of.version}", f"/bookings/{of.id}"
        letters.append(ReserveeLetter(reservee.id, LetterKind.reminder, subject, link, leaves_at, filling))
    insert_letters(tx, letters)
    return len(letters)
