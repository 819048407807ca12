"""Remind of keys that are out: before they are due, when they are late, and when they leave the house."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from domain.attendance.directions import derive_directions, in_order
from domain.attendance.facts import Direction
from domain.attendance.profile import InForce
from domain.attendance.spans import civil_date, minute_from
from domain.civil import civil_minute, instant
from domain.keys.loan_news import LoanOut, derive_news
from gateway.custody.loan_letters import write_loan_letters
from gateway.custody.loan_messages import tell_news
from store.key_rings import list_custodians
from store.loans_out import CopyOut, list_copies_out
from store.month_punches import list_month_punches
from store.people import load_persons
from store.tx import Tx

PUNCHES_LOOKED_BACK = timedelta(days=2)
"""Who clocked out longer ago was told of it then."""


def remind_loans(tx: Tx, profiles: InForce) -> int:
    """Tell holders and custodians what is to be told of keys by now, each thing once; citizens have letters.

    Gives how many messages to staff are new.

    Args:
        tx: the transaction.
        profiles: the rules by which a tap at an entrance is a clock-out.
    """
    copies: dict[str, list[CopyOut]] = defaultdict(list)
    for each in list_copies_out(tx):
        copies[each.loan_id].append(each)
    if not copies:
        return 0
    holders = {out[0].person_id for out in copies.values() if out[0].person_id}
    left, ended = _list_left(tx, holders, profiles), _list_ended(tx, holders)
    custodians = _Custodians(tx)
    write_loan_letters(tx, copies.values())
    loans = [_make_loan(out, left, ended, custodians) for out in copies.values()]
    return tell_news(tx, [news for loan in loans for news in derive_news(loan, tx.now)], copies, custodians.known)


class _Custodians:
    """Who answers for which key today."""

    def __init__(self, tx: Tx) -> None:
        self.known = list_custodians(tx, civil_minute(tx.now)[0])

    def of(self, out: list[CopyOut]) -> tuple[str, ...]:
        keys = {each.key_id for each in out} | {None}
        return tuple(sorted({each.person_id for each in self.known if each.key_id in keys}))


def _make_loan(
    out: list[CopyOut], left: Mapping[str, datetime], ended: Collection[str], custodians: _Custodians
) -> LoanOut:
    first = out[0]
    return LoanOut(
        first.loan_id,
        first.lent_at,
        first.since_at,
        first.due_at,
        holder_id=first.person_id,
        left_at=left.get(first.person_id or ""),
        has_ended=first.person_id in ended,
        custodians=custodians.of(out),
    )


def _list_ended(tx: Tx, person_ids: Collection[str]) -> frozenset[str]:
    """Give those whose last day of service is over."""
    today = civil_minute(tx.now)[0]
    known = load_persons(tx, person_ids).values()
    return frozenset(each.id for each in known if each.left_on is not None and each.left_on < today)


def _list_left(tx: Tx, person_ids: Collection[str], profiles: InForce) -> dict[str, datetime]:
    """Give when those whose last tap at an entrance was a clock-out did that."""
    if not person_ids:
        return {}
    punches = list_month_punches(tx, person_ids, tx.now - PUNCHES_LOOKED_BACK, tx.now + timedelta(minutes=1))
    left = {}
    for person_id, found in punches.items():
        last = next(iter(reversed(list(derive_directions(in_order(found), profiles, ())))), None)
        if last is not None and last.direction is Direction.clock_out:
            on = civil_date(last.minute)
            left[person_id] = instant(on, minute_from(on, last.minute)) + timedelta(microseconds=last.tick)
    return left
