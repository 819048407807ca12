"""What an act on an application gives people to hear: who has to decide now, and what became of one's own matter.

Pure, and without the workflow's types: an act is told by the stable words under which it is stored.
"""

from dataclasses import dataclass

from domain.notices.message import Message

WAITING = "application_waiting"
_OUTCOMES = {
    "approved": "application_approved",
    "returned": "application_returned",
    "rejected": "application_rejected",
    "cancelled": "application_cancelled",
}
_KEPT = "application_kept"
"""States that are told to whom the application is about, by the kind of message."""


@dataclass(frozen=True, slots=True)
class ApplicationNotice:
    """An act that was done.

    ``application_kind``, ``act`` and ``state`` are the stored words of what was asked for, what was done and what it
    led to; ``number`` counts the deeds, ``from_on`` is the first day it speaks of (ISO). ``waiting_for`` may decide
    now; ``by`` did the act.
    """

    application_id: str
    application_kind: str
    act: str
    state: str
    number: int
    person_id: str
    applicant_id: str
    by: str
    from_on: str
    waiting_for: tuple[str, ...] = ()


def derive_messages(notice: ApplicationNotice) -> tuple[Message, ...]:
    """Give the messages of an act, in order of person; who did it is not told of it.

    A decider who is told that something waits is told again only after a further act; names are in no message.
    """
    filling = {"application_kind": notice.application_kind, "on": notice.from_on}
    subject = _subject(notice, notice.number)
    messages = [
        Message(each, WAITING, subject, f"/attendance/inbox/{notice.application_id}", filling)
        for each in sorted(set(notice.waiting_for) - {notice.by})
    ]
    kind = _KEPT if (notice.act, notice.state) == ("reject", "approved") else _OUTCOMES.get(notice.state)
    if kind is not None:
        link = f"/attendance/applications/{notice.application_id}"
        own = sorted({notice.person_id, notice.applicant_id} - {notice.by})
        messages += [Message(each, kind, subject, link, filling) for each in own]
    return tuple(messages)


def list_former_subjects(notice: ApplicationNotice) -> tuple[str, ...]:
    """Give the subjects of what was told of the application's earlier acts: nobody is waited for by them any more."""
    return tuple(_subject(notice, number) for number in range(1, notice.number))


def _subject(notice: ApplicationNotice, number: int) -> str:
    return f"{notice.application_id}/{number}"
