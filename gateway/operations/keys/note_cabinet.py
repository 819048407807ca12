"""What a key cabinet reports beside loans and returns: a key that nobody may have, a key on another one's hook."""

from dataclasses import dataclass

from domain.keys.custody import Deed, Hand, KeyAct
from domain.keys.key import Place
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, do_deed, hold_copies
from store.alarms import Alarm, insert_alarms
from store.key_custody import KeyDeed
from store.keys import is_position
from store.outbox import Notice, insert_notices
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CabinetNews:
    """What a cabinet saw of a copy: ``id`` is made from the record, ``by`` is the device."""

    id: str
    copy_id: str
    by: str


def note_removal(tx: Tx, news: CabinetNews) -> bool:
    """Write down that a copy was taken without authority: it is out, with nobody known, and late from the start.

    Tells whether this was news.

    Raises:
        KeyFaultError: the copy is unknown or was not in custody.
    """
    demand_form_id(news.id)
    deed = Deed(KeyAct.remove_without_authority, Hand.cabinet, news.by, loan_id=news.id)
    moves = do_deed(tx, KeyDeed(news.id, deed, tx.now), hold_copies(tx, [news.copy_id]).values())
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
    moves = do_deed(tx, KeyDeed(news.id, deed, tx.now), hold_copies(tx, [news.copy_id]).values())
    if moves:
        _raise(tx, Alarm("key_on_wrong_hook", news.copy_id, f"{place.cabinet_id} {place.position}"))
    return bool(moves)


def _raise(tx: Tx, alarm: Alarm) -> None:
    told = insert_alarms(tx, [alarm])
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in told])
