"""Letters to citizens, written in the commit of the deed; staff have messages instead (``gateway.bookings.telling``).

Only a confirmed address is written to: what was typed at a counter may be somebody else's. The code that confirms one
is sealed, so that a copy of the database opens no door.
"""

from collections.abc import Mapping, Sequence

from domain.facilities.confirmation import LIMITS
from domain.facilities.facility import Facility, Room
from domain.facilities.lottery import Round
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.notices.reservee_letter import WITHDRAWABLE, LetterKind, ReserveeLetter, choose_letter
from store.facilities import load_facility
from store.reservee_letters import insert_letters, withdraw_letters
from store.tx import Tx

Acted = Sequence[tuple[ReservationAct, ReservationState, Actor]]
"""What was done in one commit, where it led, and by whom; the last one counts."""


def is_written_to(reservee: Reservee | None) -> bool:
    """Tell whether a reservee gets letters: a citizen or a group with an address that was shown to be theirs."""
    return (
        reservee is not None
        and reservee.kind is not ReserveeKind.staff
        and bool(reservee.email)
        and reservee.confirmed_at is not None
    )


def write_letter(
    tx: Tx, acted: Acted, after: Reservation, room: Room, reservee: Reservee | None, *, before: ReservationState | None
) -> None:
    """Write to a citizen what became of a reservation; what was still to leave and is wrong now does not leave."""
    if reservee is None or not is_written_to(reservee):
        return
    if before is not None:
        withdraw_letters(tx, WITHDRAWABLE, f"{after.id}/")
    kind = choose_letter([(act.value, state.value, actor.value) for act, state, actor in acted], before)
    facility = None if kind is None else load_facility(tx, room.facility_id)
    if kind is None or facility is None:
        return
    filling = fill_letter(after, room, facility)
    if kind is LetterKind.offered and after.expires_at is not None:
        filling["ends_at"] = after.expires_at.isoformat()
    subject = f"{after.id}/{after.version}"
    if kind is LetterKind.asked:  # one version may be asked about more than once
        subject = f"{subject}/{tx.now.isoformat()}"
    insert_letters(tx, [ReserveeLetter(reservee.id, kind, subject, f"/bookings/{after.id}", tx.now, filling)])


def write_draw(
    tx: Tx, round_: Round, reservees: Mapping[str, Reservee], entries: Mapping[str, tuple[str, int]]
) -> None:
    """Write to everybody who entered a round what came of it.

    Args:
        tx: the transaction that draws.
        round_: the round.
        reservees: those who entered, by id.
        entries: by an entry's id whose it is and how many times it won.
    """
    letters = []
    for entry_id, (reservee_id, count) in entries.items():
        reservee = reservees.get(reservee_id)
        if reservee is not None and is_written_to(reservee):
            kind = LetterKind.draw_won if count else LetterKind.draw_lost
            filling = {"name": round_.name, "name_en": round_.name_en, "count": str(count)}
            letters.append(ReserveeLetter(reservee_id, kind, entry_id, f"/rounds/{round_.id}", tx.now, filling))
    insert_letters(tx, letters)


def write_code(tx: Tx, reservee_id: str, code_id: str, sealed: str) -> None:
    """Send a code to a reservee's address, confirmed or not.

    Args:
        tx: the transaction that keeps the code's hash.
        reservee_id: whose address.
        code_id: the code's id.
        sealed: the code, sealed (``contract.sealed_codes``).
    """
    filling = {"sealed": sealed, "minutes": str(LIMITS.minutes)}
    insert_letters(tx, [ReserveeLetter(reservee_id, LetterKind.code, code_id, "", tx.now, filling)])


def fill_letter(of: Reservation, room: Room, facility: Facility) -> dict[str, str]:
    """Give what a letter about a reservation says: house, room and time, nothing about who comes or what for."""
    return {
        "facility": facility.name,
        "facility_en": facility.name_en,
        "room": room.name,
        "room_en": room.name_en,
        "from_at": of.from_at.isoformat(),
        "until_at": of.until_at.isoformat(),
    }
