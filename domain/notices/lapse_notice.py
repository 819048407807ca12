"""A training or a clearance (取扱いの認定) that ends soon: who hears of it, and when. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.notices.message import Message

TOLD_DAYS = (30, 7)
"""So many days before its last day, it is told; who is within the lesser one is told of that alone."""

PERSONS_LINK = "/network"
HEADS_LINK = "/messages"
"""A head may have no page about the tiers; the message itself says everything."""


class LapseKind(StrEnum):
    """What ends."""

    training = "training"
    clearance = "clearance"


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something of a person's that counts until a day; ``thing_id`` and ``name`` are the training's or the tier's."""

    kind: LapseKind
    thing_id: str
    name: str
    person_id: str
    department_id: str
    until_on: date
    head_ids: tuple[str, ...] = ()


def name_message(kind: LapseKind, *, of_staff: bool = False) -> str:
    """Give the kind of message that tells the person, or a head of the staff."""
    return f"{kind.value}_ends_of_staff" if of_staff else f"{kind.value}_ends"


def find_told_days(until_on: date, today: date) -> int | None:
    """Give which of :data:`TOLD_DAYS` a last day lies within; None: it is far, or over."""
    left = (until_on - today).days
    return min((each for each in TOLD_DAYS if 0 <= left <= each), default=None)


def list_subjects(thing_id: str, until_on: date) -> list[str]:
    """Give the subjects under which a person was told that something ends."""
    return [_subject(thing_id, until_on, days) for days in TOLD_DAYS]


def derive_lapse_messages(lapses: Iterable[Lapse], today: date) -> tuple[Message, ...]:
    """Tell each person of what ends soon, and heads how many of their people something ends for on a day.

    A head is never told of oneself that way.
    """
    found: list[Message] = []
    staff: dict[tuple[str, LapseKind, str, date, int], list[Lapse]] = defaultdict(list)
    for each in lapses:
        days = find_told_days(each.until_on, today)
        if days is None:
            continue
        subject = _subject(each.thing_id, each.until_on, days)
        filling = {"note": each.name, "due": each.until_on.isoformat()}
        found.append(Message(each.person_id, name_message(each.kind), subject, PERSONS_LINK, filling))
        for head_id in set(each.head_ids) - {each.person_id}:
            staff[head_id, each.kind, each.thing_id, each.until_on, days].append(each)
    for (head_id, kind, thing_id, until_on, days), theirs in sorted(staff.items(), key=lambda one: str(one[0])):
        filling = {"note": theirs[0].name, "due": until_on.isoformat(), "count": str(len(theirs))}
        subject = _subject(thing_id, until_on, days)
        found.append(Message(head_id, name_message(kind, of_staff=True), subject, HEADS_LINK, filling))
    return tuple(found)


def _subject(thing_id: str, until_on: date, days: int) -> str:
    return f"{thing_id}/{until_on.isoformat()}/{days}"
