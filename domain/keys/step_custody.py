"""One deed about one copy: where it is then, or the one reason why not. Pure; the table is ``domain.keys.custody``."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from domain.keys.custody import NOBODY_KNOWN, STEPS, Custody, CustodyState, Deed, Holder, KeyAct
from domain.keys.key import OFFICE, Place
from domain.keys.key_fault import KeyFaultError, Why, refuse

_NEEDS_CUSTODY = frozenset(
    (KeyAct.issue, KeyAct.retire, KeyAct.rekey, KeyAct.count_seen, KeyAct.remove_without_authority)
)
_MOVES_IN = frozenset((KeyAct.register, KeyAct.give_back, KeyAct.found, KeyAct.wrong_position))


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
    """Say where it really is, without saying that it moved: another place, or who has had it since the loan."""
    if after.state is CustodyState.in_custody:
        if deed.place is None:
            raise refuse("position", Why.malformed, expected="place")
        return replace(after, place=deed.place, since_at=now)
    if deed.holder is None:
        raise refuse("borrower", Why.malformed, expected="holder")
    if deed.holder == after.holder:
        raise refuse("borrower", Why.same_holder)
    return replace(after, holder=deed.holder, offered_to=None)


_ACTS = MappingProxyType(
    {
        KeyAct.issue: _issue,
        KeyAct.remove_without_authority: _remove,
        KeyAct.offer: _offer,
        KeyAct.accept: _accept,
        KeyAct.withdraw: _withdraw,
        KeyAct.extend: _extend,
        KeyAct.inspect: _inspect,
        KeyAct.count_seen: _see,
        KeyAct.report_lost: _lose,
        KeyAct.retire: _retire,
        KeyAct.rekey: _retire,
        KeyAct.correct: _correct,
    }
)
