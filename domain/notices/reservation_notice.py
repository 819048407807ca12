"""What an act on a reservation gives members of staff to hear: who has to decide, and what became of one's own. Pure.

Citizens have no messages here; they are written to from the outbox.
"""

from dataclasses import dataclass

from domain.notices.message import Message

WAITING = "reservation_waiting"
_OUTCOMES = {
    "apply": "reservation_applied",
    "permit": "reservation_permitted",
    "ask": "reservation_asked",
    "reject": "reservation_rejected",
    "cancel": "reservation_cancelled",
    "revoke": "reservation_cancelled",
    "change": "reservation_changed",
    "expire": "reservation_expired",
}


@dataclass(frozen=True, slots=True)
class ReservationNotice:
    """An act that was done.

    ``act`` and ``state`` are the stored words of what was done and what it led to, ``version`` the one that it led to;
    ``room`` is the room's name and ``on`` the day (ISO). ``person_id`` is the reservee where it is a member of staff,
    ``by_person_id`` who did it; ``deciders`` may decide about the facility. ``asked_at`` (ISO) tells a question from
    another one about the same version.
    """

    reservation_id: str
    act: str
    state: str
    version: int
    room: str
    on: str
    person_id: str | None = None
    by_person_id: str | None = None
    deciders: tuple[str, ...] = ()
    asked_at: str = ""


def derive_reservation_messages(notice: ReservationNotice) -> tuple[Message, ...]:
    """Give the messages of an act, in order of person; nobody is told of what he did himself."""
    filling = {"room": notice.room, "on": notice.on}
    subject = _subject(notice, notice.version)
    messages = []
    if notice.state == "applied" and notice.act != "ask":
        link = f"/bookings/inbox/{notice.reservation_id}"
        waited_for = sorted(set(notice.deciders) - {notice.by_person_id, notice.person_id})
        messages = [Message(each, WAITING, subject, link, filling) for each in waited_for]
    kind = _OUTCOMES.get(notice.act)
    if kind is not None and notice.person_id is not None and notice.person_id != notice.by_person_id:
        about = f"{subject}/{notice.asked_at}" if notice.act == "ask" else subject
        messages.append(Message(notice.person_id, kind, about, f"/bookings/{notice.reservation_id}", filling))
    return tuple(messages)


def list_settled_subjects(notice: ReservationNotice) -> tuple[str, ...]:
    """Give the subjects of what waits no longer: earlier versions, and this one where it is decided or over."""
    last = notice.version if notice.state == "applied" else notice.version + 1
    return tuple(_subject(notice, version) for version in range(1, last))


def _subject(notice: ReservationNotice, version: int) -> str:
    return f"{notice.reservation_id}/{version}"
