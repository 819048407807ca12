"""Confirm a counted month: the person, by rule where nothing is unsettled, and the head; or send it back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from domain.attendance.check_sheet import BlockerKind, PersonCheck
from domain.attendance.closing import (
    Actor,
    MonthAct,
    MonthStanding,
    MonthState,
    MonthWish,
    assess_month_act,
    step_month,
)
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.attendance.profile import InForce
from domain.notices.month_notice import sent_back_message
from domain.workflow.route import Organisation, StepRole, list_deciders
from gateway.months.acting import keep_act, keep_steps, require_over
from gateway.months.checking import check_people
from gateway.months.counting import count_people
from store.closings import claim_standings
from store.messages import insert_messages
from store.people import load_person
from store.settled_months import list_sent_back
from store.tx import Tx

_NOT_FOR_HEAD = frozenset({BlockerKind.unconfirmed, BlockerKind.head_unconfirmed, BlockerKind.reader})


@dataclass(frozen=True, slots=True)
class SeenMonth:
    """A person's month as it was on the page; ``reason`` says why the head confirms without the person."""

    person_id: str
    seen_hash: str
    reason: str = ""


def confirm_own_month(
    tx: Tx, person_id: str, period: str, profile: InForce, *, by: str, seen_hash: str
) -> MonthStanding:
    """Confirm one's own month as it was seen; divergences may still wait for the head.

    Raises:
        RefusedMonthError: the month goes on, changed since it was seen, is confirmed already, or is another's.
        ValueError: ``period`` is no month.
    """
    require_over(tx, period, profile)
    standing = claim_standings(tx, period, [_known(tx, person_id)])[person_id]
    counted = next(count_people(tx, [person_id], period, profile))
    actors = frozenset({Actor.person} if by == person_id else ())
    return keep_act(tx, standing, MonthWish(MonthAct.confirm, by, actors, seen_hash), counted.content_hash)


def confirm_settled_months(tx: Tx, person_ids: Collection[str], period: str, profile: InForce) -> tuple[str, ...]:
    """Confirm, by the rule, the open months of which nothing is unsettled and all readers are heard; gives whose.

    A month that was sent back, or opened again after it was closed, waits for its person; so does one with days of duty
    of which nothing is known.

    Raises:
        RefusedMonthError: the month goes on.
        ValueError: ``period`` is no month.
    """
    require_over(tx, period, profile)
    claim_standings(tx, period, person_ids)
    done, sent_back = [], list_sent_back(tx, period)
    for checked in check_people(tx, set(person_ids) - sent_back, period, profile):
        check = checked.check
        if check.standing.state is MonthState.open and check.standing.version == 0 and check.confirms_itself:
            wish = MonthWish(MonthAct.confirm, "", frozenset({Actor.rule}), check.content_hash)
            done.append((step_month(check.standing, wish, check.content_hash), wish))
    keep_steps(tx, done)
    return tuple(after.person_id for after, _ in done)


def confirm_months_as_head(
    tx: Tx, months: Iterable[SeenMonth], period: str, profile: InForce, *, by: str, organisation: Organisation
) -> dict[str, tuple[MonthFault, ...]]:
    """Confirm months as their head, all that can be; gives by person why the others cannot.

    Raises:
        RefusedMonthError: the month goes on.
        ValueError: ``period`` is no month.
    """
    require_over(tx, period, profile)
    seen = {each.person_id: each for each in months}
    claim_standings(tx, period, [person_id for person_id in seen if load_person(tx, person_id) is not None])
    refused: dict[str, tuple[MonthFault, ...]] = {
        person_id: (MonthFault("person_id", MonthWhy.unknown, person_id),) for person_id in seen
    }
    done = []
    for checked in check_people(tx, seen, period, profile):
        check, own = checked.check, seen[checked.check.person_id]
        actors = _as_head(tx, check.person_id, by, organisation)
        wish = MonthWish(MonthAct.confirm_as_head, by, actors, own.seen_hash, own.reason)
        faults = (*assess_month_act(check.standing, wish, check.content_hash), *_unsettled(check))
        if faults:
            refused[check.person_id] = faults
            continue
        del refused[check.person_id]
        done.append((step_month(check.standing, wish, check.content_hash), wish))
    keep_steps(tx, done)
    return refused


def send_month_back(
    tx: Tx, person_id: str, period: str, *, by: str, reason: str, organisation: Organisation
) -> MonthStanding:
    """Take confirmations back, with a reason: the month is open again, and the person is told. Heads and HR do.

    Raises:
        RefusedMonthError: the month is not confirmed, it is one's own, one is neither head nor HR, or no reason.
    """
    standing = claim_standings(tx, period, [_known(tx, person_id)])[person_id]
    actors = _as_head(tx, person_id, by, organisation) | (
        frozenset({Actor.hr}) if by in organisation.hr else frozenset()
    )
    after = keep_act(tx, standing, MonthWish(MonthAct.send_back, by, actors, reason=reason))
    insert_messages(tx, [sent_back_message(person_id, period, tx.now.isoformat(), reason.strip())])
    return after


def _known(tx: Tx, person_id: str) -> str:
    if load_person(tx, person_id) is None:
        raise RefusedMonthError((MonthFault("person_id", MonthWhy.unknown, person_id),))
    return person_id


def _as_head(tx: Tx, person_id: str, by: str, organisation: Organisation) -> frozenset[Actor]:
    person = load_person(tx, person_id)
    if person is None:
        return frozenset()
    deciders = list_deciders(StepRole.head, person.department_id, organisation, frozenset({person_id}))
    return frozenset({Actor.head} if any(each.person_id == by for each in deciders) else ())


def _unsettled(check: PersonCheck) -> tuple[MonthFault, ...]:
    if all(each.kind in _NOT_FOR_HEAD for each in check.blockers):
        return ()
    return (MonthFault("person_id", MonthWhy.blocked, check.person_id),)
