"""Report what happened to keys: lost (a case of every door is opened by that), found, damaged or sound."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.keys.custody import Deed, Hand, Holder, KeyAct
from domain.keys.key import Place
from domain.keys.key_fault import Why, refuse
from gateway.custody.exposure import open_case
from gateway.custody.holders import load_borrower
from gateway.custody.ledger import demand_form_id, demand_words, do_deed, hold_copies
from gateway.custody.second_person import demand_second
from store.alarms import Alarm, insert_alarms
from store.key_custody import KeyDeed, Move
from store.keys import is_position, list_copies
from store.outbox import Notice, insert_notices
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of copies; ``id`` is made by the form."""

    id: str
    copy_ids: frozenset[str]
    by: str
    reason: str = ""
    second_by: str = ""


def report_lost(tx: Tx, report: Report) -> tuple[str, ...]:
    """Write down that copies are lost: nobody is lent them, and a case lists what they open. Gives the cases' ids.

    Raises:
        KeyFaultError: one is lost already, retired or unknown, or there is no reason; nothing was changed.
    """
    moves = _do(tx, report, Deed(KeyAct.report_lost, Hand.desk, report.by, report.second_by, reason=report.reason))
    copies = list_copies(tx, [move.after.copy_id for move in moves])
    cases = []
    for number, copy in enumerate(copies.values(), start=1):
        case_id = f"{report.id}-{number}"
        if open_case(tx, case_id, copy, by=report.by, reason=report.reason.strip()):
            cases.append(case_id)
    told = insert_alarms(tx, [Alarm("key_lost", copy.id, copy.stamped) for copy in copies.values()])
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in told])
    return tuple(cases)


def report_found(tx: Tx, report: Report, place: Place | None = None) -> None:
    """Write down that lost copies are here again; ``place`` where they hang, None at home. Their cases stay open.

    Raises:
        KeyFaultError: one was not lost, or the place is none; nothing was changed.
    """
    if place is not None and not is_position(tx, place):
        raise refuse("position", Why.unknown)
    _do(tx, report, Deed(KeyAct.found, Hand.desk, report.by, place=place, reason=report.reason))


def inspect_key(tx: Tx, report: Report, *, damaged: bool) -> None:
    """Write down what an inspection found; damaged copies are not lent until one finds them sound.

    Raises:
        KeyFaultError: one is lost, retired or unknown, or damage has no words; nothing was changed.
    """
    if damaged and not report.reason.strip():
        raise refuse("reason", Why.no_reason)
    _do(tx, report, Deed(KeyAct.inspect, Hand.desk, report.by, reason=report.reason, damaged=damaged))


def correct_custody(tx: Tx, report: Report, *, place: Place | None = None, holder: Holder | None = None) -> None:
    """Say where copies really are, by the word of two: the place of what is here, the holder of what is out.

    Raises:
        KeyFaultError: the second person is missing, there is no reason, no such holder, or nothing to correct there.
    """
    demand_second(tx, report.second_by, by=report.by)
    if holder is not None:
        load_borrower(tx, holder)
    if place is not None and not is_position(tx, place):
        raise refuse("position", Why.unknown)
    deed = Deed(KeyAct.correct, Hand.desk, report.by, report.second_by, holder, place, reason=report.reason)
    _do(tx, report, deed)


def _do(tx: Tx, report: Report, deed: Deed) -> Sequence[Move]:
    demand_form_id(report.id)
    demand_words(reason=report.reason)
    return do_deed(tx, KeyDeed(report.id, deed, tx.now), hold_copies(tx, report.copy_ids).values())
