"""Where a copy is, and the table of everything that can be done about it. Pure: one copy, one deed, one new place.

in_custody 保管 → out 貸出 → in_custody; lost 紛失 leads back by being found, retired 廃止 leads nowhere. *Overdue* is
no state: it is read off the clock (``domain.keys.due``), so that no job has to run for it to be true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.keys.key import OFFICE, Place
from domain.keys.key_fault import KeyFaultError, Why, refuse


class CustodyState(StrEnum):
    """Where a copy is."""

    in_custody = "in_custody"
    out = "out"
    lost = "lost"
    retired = "retired"


class KeyAct(StrEnum):
    """One line of the ledger."""

    register = "register"
    issue = "issue"
    give_back = "give_back"
    offer = "offer"  # the holder wants to hand it over to somebody
    accept = "accept"
    withdraw = "withdraw"
    extend = "extend"
    inspect = "inspect"
    count_seen = "count_seen"
    report_lost = "report_lost"
    found = "found"
    retire = "retire"
    rekey = "rekey"  # retired, because its lock was changed
    remove_without_authority = "remove_without_authority"
    wrong_position = "wrong_position"
    correct = "correct"


class Hand(StrEnum):
    """Through what a deed is done."""

    desk = "desk"
    tap = "tap"  # a card or tag held to a desk's reader
    cabinet = "cabinet"  # what a key cabinet reports


class HolderKind(StrEnum):
    """Whose hands."""

    person = "person"  # staff, contractors
    reservee = "reservee"  # who reserved, known by no card
    unknown = "unknown"  # taken without anybody's leave


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Who has a copy; an unknown one has no id."""

    kind: HolderKind
    id: str = ""


NOBODY_KNOWN = Holder(HolderKind.unknown)


@dataclass(frozen=True, slots=True)
class Custody:
    """Where one copy is. In custody it has a place, out a holder and a loan, lost and retired none of these.

    ``since_at`` is when it came there, ``seen_at`` when anybody or anything last had proof of it. ``version`` counts
    the deeds about it.
    """

    copy_id: str
    state: CustodyState
    since_at: datetime
    seen_at: datetime
    place: Place | None = None
    holder: Holder | None = None
    loan_id: str | None = None
    entitlement_id: str | None = None
    due_at: datetime | None = None
    offered_to: Holder | None = None
    damaged: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done: ``done_by`` a login, a person or a reader; the rest as the act needs it (:data:`STEPS`)."""

    act: KeyAct
    hand: Hand
    done_by: str
    second_by: str = ""
    holder: Holder | None = None
    """To whom: of an issue, an offer, an acceptance, a correction."""
    place: Place | None = None
    """Where it hangs afterwards; None: where it is at home."""
    due_at: datetime | None = None
    loan_id: str | None = None
    entitlement_id: str | None = None
    reason: str = ""
    damaged: bool = False
    """What an inspection found."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where an act leads, through which hands, and whether it needs a reason."""

    to: CustodyState
    by: frozenset[Hand]
    needs_reason: bool = False


_S, _A = CustodyState, KeyAct
_DESK = frozenset((Hand.desk,))
_HANDS = frozenset((Hand.desk, Hand.tap))
_ALL = frozenset(Hand)

STEPS: Mapping[tuple[CustodyState | None, KeyAct], Step] = MappingProxyType(
    {
        (None, _A.register): Step(_S.in_custody, _DESK),
        (_S.in_custody, _A.issue): Step(_S.out, _ALL),
        (_S.in_custody, _A.inspect): Step(_S.in_custody, _DESK),
        (_S.in_custody, _A.count_seen): Step(_S.in_custody, _DESK),
        (_S.in_custody, _A.wrong_position): Step(_S.in_custody, frozenset((Hand.desk, Hand.cabinet))),
        (_S.in_custody, _A.remove_without_authority): Step(_S.out, frozenset((Hand.cabinet,))),
        (_S.in_custody, _A.report_lost): Step(_S.lost, _DESK, needs_reason=True),
        (_S.in_custody, _A.retire): Step(_S.retired, _DESK, needs_reason=True),
        (_S.in_custody, _A.rekey): Step(_S.retired, _DESK),
        (_S.in_custody, _A.correct): Step(_S.in_custody, _DESK, needs_reason=True),
        (_S.out, _A.give_back): Step(_S.in_custody, _ALL),
        (_S.out, _A.wrong_position): Step(_S.in_custody, frozenset((Hand.cabinet,))),
        (_S.out, _A.offer): Step(_S.out, _HANDS),
        (_S.out, _A.accept): Step(_S.out, _HANDS),
        (_S.out, _A.withdraw): Step(_S.out, _HANDS),
        (_S.out, _A.extend): Step(_S.out, _DESK),
        (_S.out, _A.inspect): Step(_S.out, _DESK),
        (_S.out, _A.report_lost): Step(_S.lost, _DESK, needs_reason=True),
        (_S.out, _A.correct): Step(_S.out, _DESK, needs_reason=True),
        (_S.lost, _A.found): Step(_S.in_custody, _ALL),
        (_S.lost, _A.retire): Step(_S.retired, _DESK, needs_reason=True),
        (_S.lost, _A.rekey): Step(_S.retired, _DESK),
    }
)
"""(where it is, what is done) → where it is then. What has no row cannot be done."""

_NEEDS_CUSTODY = frozenset((_A.issue, _A.retire, _A.rekey, _A.count_seen, _A.remove_without_authority))
_MOVES_IN = frozenset((_A.register, _A.give_back, _A.found, _A.wrong_position))


def step_custody(
    custody: Custody | None, deed: Deed, now: datetime, *, copy_id: str = "", home: Place = OFFICE
) -> Custody:
    """Give where a copy is after a deed.

    Args:
        custody: where it is; None: it is not registered yet.
        deed: what is done.
        now: when.
        copy_id: of a copy that is registered now.
        home: where it hangs when the deed says nothing else.

    Raises:
        KeyFaultError: the act does not lead anywhere from here, not through this hand, or lacks something it needs.
    """
    step = STEPS.get((custody.state if custody else None, deed.act))
    if step is None:
        raise _explain(custody, deed.act)
    if deed.hand not in step.by:
        raise refuse("act", Why.wrong_step)
    if step.needs_reason and not deed.reason.strip():
        raise refuse("reason", Why.no_reason)
    if custody is None:
        return Custody(copy_id, step.to, now, now, place=deed.place or home)
    after = replace(custody, version=custody.version + 1)
    if deed.act in _MOVES_IN:
        return _bring_in(after, deed, now, home)
    return _ACTS[deed.act](after, deed, now)


def _explain(custody: Custody | None, act: KeyAct) -> KeyFaultError:
    if custody is None:
        return refuse("copy", Why.unknown)
    match custody.state:
        case CustodyState.retired:
            return refuse("copy", Why.retired)
        case CustodyState.lost if act is not KeyAct.register:
            return refuse("copy", Why.lost)
        case CustodyState.out if act in _NEEDS_CUSTODY:
            return refuse("copy", Why.key_out, holder=custody.holder, since_at=custody.since_at)
        case _ if act is KeyAct.register:
            return refuse("copy", Why.taken)
        case _ if act is KeyAct.found:
            return refuse("copy", Why.not_lost)
        case CustodyState.in_custody:
            return refuse("copy", Why.not_out)
    return refuse("act", Why.wrong_step)


def _bring_in(after: Custody, deed: Deed, now: datetime, home: Place) -> Custody:
    return Custody(
        after.copy_id,
        CustodyState.in_custody,
        now,
        now,
        place=deed.place or (after.place if deed.act is KeyAct.wrong_position else None) or home,
        damaged=after.damaged,
        version=after.version,
    )


def _issue(after: Custody, deed: Deed, now: datetime) -> Custody:
    if after.damaged:
        raise refuse("copy", Why.damaged)
    if deed.holder is None or deed.loan_id is None or deed.due_at is None:
        raise refuse("borrower", Why.malformed, expected="holder, loan, due")
    if deed.due_at <= now:
        raise refuse("due_at", Why.due_past)
    return _go_out(after, deed, now, deed.holder, deed.due_at)


def _remove(after: Custody, deed: Deed, now: datetime) -> Custody:
    return _go_out(after, deed, now, NOBODY_KNOWN, now)  # overdue from its first moment


def _go_out(after: Custody, deed: Deed, now: datetime, holder: Holder, due_at: datetime) -> Custody:
    return replace(
        after,
        state=CustodyState.out,
        since_at=now,
        seen_at=now,
        place=None,
        holder=holder,
        loan_id=deed.loan_id,
        entitlement_id=deed.entitlement_id,
        due_at=due_at,
    )


def _offer(after: Custody, deed: Deed, now: datetime) -> Custody:
    if deed.holder is None:
        raise refuse("taker", Why.malformed, expected="taker")
    if deed.holder == after.holder:
        raise refuse("taker", Why.same_person)
    return replace(after, offered_to=deed.holder, seen_at=now)


def _accept(after: Custody, deed: Deed, now: datetime) -> Custody:
    if after.offered_to is None or deed.holder != after.offered_to:
        raise refuse("taker", Why.no_offer)
    return replace(
        after,
        holder=deed.holder,
        offered_to=None,
        since_at=now,
        seen_at=now,
        entitlement_id=deed.entitlement_id or after.entitlement_id,
        due_at=deed.due_at or after.due_at,
    )


def _withdraw(after: Custody, _: Deed, now: datetime) -> Custody:
    if after.offered_to is None:
        raise refuse("taker", Why.no_offer)
    return replace(after, offered_to=None, seen_at=now)


def _extend(after: Custody, deed: Deed, now: datetime) -> Custody:
    if deed.due_at is None or deed.due_at <= max(after.due_at or now, now):
        raise refuse("due_at", Why.not_later, due_at=after.due_at)
    return replace(after, due_at=deed.due_at)


def _inspect(after: Custody, deed: Deed, now: datetime) -> Custody:
    return replace(after, damaged=deed.damaged, seen_at=now)


def _see(after: Custody, _: Deed, now: datetime) -> Custody:
    return replace(after, seen_at=now)


def _lose(after: Custody, _: Deed, now: datetime) -> Custody:
    return Custody(after.copy_id, CustodyState.lost, now, after.seen_at, damaged=after.damaged, version=after.version)


def _retire(after: Custody, _: Deed, now: datetime) -> Custody:
    return Custody(
        after.copy_id, CustodyState.retired, now, after.seen_at, damaged=after.damaged, version=after.version
    )


def _correct(after: Custody, deed: Deed, now: datetime) -> Custody:
    """Say where it really is, without saying that it moved: another place, or another holder of the same loan."""
    if after.state is CustodyState.in_custody:
        if deed.place is None:
            raise refuse("position", Why.malformed, expected="place")
        return replace(after, place=deed.place, since_at=now)
    if deed.holder is None:
        raise refuse("borrower", Why.malformed, expected="holder")
    return replace(after, holder=deed.holder, offered_to=None, since_at=now)


_ACTS = MappingProxyType(
    {
        _A.issue: _issue,
        _A.remove_without_authority: _remove,
        _A.offer: _offer,
        _A.accept: _accept,
        _A.withdraw: _withdraw,
        _A.extend: _extend,
        _A.inspect: _inspect,
        _A.count_seen: _see,
        _A.report_lost: _lose,
        _A.retire: _retire,
        _A.rekey: _retire,
        _A.correct: _correct,
    }
)
