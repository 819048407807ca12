"""What a key cabinet reports: a key that somebody took by right, one that nobody may have, one on another's hook.

It has happened, and is written down as it was; what the centre would have refused by now is an alarm beside it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.keys.custody import NOBODY_KNOWN, Deed, Hand, Holder, HolderKind, KeyAct
from domain.keys.due import derive_due
from domain.keys.due_rule import DueKind
from domain.keys.entitlement import Entitlement
from domain.keys.key import Place, TargetKind
from domain.keys.key_fault import KeyFaultError, Why, refuse
from gateway.custody.ledger import demand_form_id, do_deed, hold_copies
from gateway.custody.office_days import list_office_days
from store.alarms import Alarm, insert_alarms
from store.key_custody import KeyDeed
from store.key_entitlements import load_entitlement
from store.keys import is_position
from store.outbox import Notice, insert_notices
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CabinetNews:
    """What a cabinet saw of a copy: ``id`` is made from the record, ``by`` is the device; ``at`` None: now."""

    id: str
    copy_id: str
    by: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenKeys:
    """Copies that somebody took out of a cabinet by right; ``person`` None: nobody knows who.

    ``second`` is the person who stood by, ``shelter`` says that they were there for everybody.
    """

    id: str
    copy_ids: frozenset[str]
    by: str
    at: datetime
    person: str | None
    second: str = ""
    entitlement_id: str | None = None
    shelter: bool = False


SHELTER_DUE = timedelta(days=3)
"""What is taken while a shelter is open is due after this."""

UNKNOWN_DUE = timedelta(hours=12)
"""What was taken under a rule that gives no due time any more is due after this."""


def note_taking(tx: Tx, taken: TakenKeys) -> bool:
    """Write down that copies were taken by right; due as their entitlement says. Tells whether this was news.

    Where nobody knows the person or the entitlement, they count as taken without authority.

    Raises:
        KeyFaultError: a copy is unknown or was not in custody.
    """
    demand_form_id(taken.id)
    known = load_entitlement(tx, taken.entitlement_id) if taken.entitlement_id else None
    if not taken.shelter and (taken.person is None or known is None):
        news = (
            CabinetNews(f"{taken.id}-{number}", copy_id, taken.by, taken.at)
            for number, copy_id in enumerate(sorted(taken.copy_ids))
        )
        return sum(note_removal(tx, each) for each in news) > 0
    entitlement = None if known is None else known.entitlement
    deed = Deed(
        KeyAct.issue,
        Hand.cabinet,
        taken.by,
        taken.second,
        NOBODY_KNOWN if taken.person is None else Holder(HolderKind.person, taken.person),
        due_at=_derive_due(tx, taken, entitlement),
        loan_id=taken.id,
        entitlement_id=None if entitlement is None else entitlement.id,
        reason="shelter" if taken.shelter else "",
    )
    ring_id = None
    if entitlement is not None and entitlement.target.kind is TargetKind.ring:
        ring_id = entitlement.target.id
    moves = do_deed(tx, KeyDeed(taken.id, deed, taken.at, ring_id), hold_copies(tx, taken.copy_ids).values())
    if moves and entitlement is not None and not entitlement.holds_at(taken.at):
        _raise(tx, *(Alarm("key_right_over", copy_id, entitlement.id) for copy_id in sorted(taken.copy_ids)))
    return bool(moves)


def _derive_due(tx: Tx, taken: TakenKeys, entitlement: Entitlement | None) -> datetime:
    if entitlement is None:
        return taken.at + SHELTER_DUE
    days = list_office_days(tx) if entitlement.due.kind is DueKind.office_day else ()
    try:
        return derive_due(entitlement.due, taken.at, used_until=entitlement.used_until, office_days=days)
    except KeyFaultError:
        return taken.at + UNKNOWN_DUE


def note_removal(tx: Tx, news: CabinetNews) -> bool:
    """Write down that a copy was taken without authority: it is out, with nobody known, and late from the start.

    Tells whether this was news.

    Raises:
        KeyFaultError: the copy is unknown or was not in custody.
    """
    demand_form_id(news.id)
    deed = Deed(KeyAct.remove_without_authority, Hand.cabinet, news.by, loan_id=news.id)
    moves = do_deed(tx, KeyDeed(news.id, deed, news.at or tx.now), hold_copies(tx, [news.copy_id]).values())
    if moves:
        _raise(tx, Alarm("key_removed", news.copy_id, news.by))
    return bool(moves)


def note_position(tx: Tx, news: CabinetNews, place: Place) -> bool:
    """Write down that a copy hangs on another one's hook; one that was out is back by that. Tells whether it was news.

    Raises:
        KeyFaultError: the copy or the place is unknown, or the copy is lost or retired.
    """
    demand_form_id(news.id)
    if not is_position(tx, place):
        raise refuse("position", Why.unknown)
    deed = Deed(KeyAct.wrong_position, Hand.cabinet, news.by, place=place)
    moves = do_deed(tx, KeyDeed(news.id, deed, news.at or tx.now), hold_copies(tx, [news.copy_id]).values())
    if moves:
        _raise(tx, Alarm("key_on_wrong_hook", news.copy_id, f"{place.cabinet_id} {place.position}"))
    return bool(moves)


def _raise(tx: Tx, *alarms: Alarm) -> None:
    told = insert_alarms(tx, alarms)
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in told])
