"""A person moves to another department: the regular post, and with it what departments grant, and what was personal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.access.rights import GrantSource, PersonKind, Subject, SubjectKind
from domain.civil import JST, instant
from gateway.people.remaining import Remaining, list_remaining
from store.organisation import NOT_OF_THE_CITY
from store.people import list_departments, load_person
from store.posts import save_regular_posts
from store.rights import Grant, limit_grants, list_grants
from store.staffing import StaffingOrder, insert_order, save_department, save_order_done
from store.tx import Tx


class TransferFaultError(Exception):
    """A transfer cannot be: ``fault`` is ``no_person``, ``no_department``, ``no_reason``, ``same`` or ``past``."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a transfer does: the departments' levels before and after, personal grants, and what remains."""

    lost: tuple[str, ...]
    gained: tuple[str, ...]
    personal: tuple[Grant, ...]
    remaining: tuple[Remaining, ...]


def preview_transfer(tx: Tx, person_id: str, department_id: str) -> Transfer:
    """Give what would change: levels by id, and the personal grants of the desk that may end with the move.

    Raises:
        TransferFaultError: ``no_person`` or ``no_department``.
    """
    standing = load_person(tx, person_id)
    if standing is None or standing.kind != PersonKind.staff:
        raise TransferFaultError("no_person")
    parents = {each.id: each.parent_id for each in list_departments(tx)}
    if department_id not in parents or department_id in NOT_OF_THE_CITY:
        raise TransferFaultError("no_department")
    before, after = (_levels_of(tx, where, parents) for where in (standing.department_id, department_id))
    personal = list_grants(tx, [Subject(SubjectKind.person, person_id)])
    return Transfer(
        tuple(sorted(before - after)),
        tuple(sorted(after - before)),
        tuple(grant for grant in personal if grant.source == GrantSource.desk),
        list_remaining(tx, person_id),
    )


def transfer_person(
    tx: Tx,
    order_id: str,
    person_id: str,
    *,
    department_id: str,
    title: str,
    first_on: date,
    by: str,
    reason: str,
    ending: Collection[str] = (),
) -> None:
    """Move a person from a day on: the doors change on that day by themselves; HR's word is changed with it.

    Args:
        tx: the transaction.
        order_id: made by the form, so that sending twice is harmless.
        person_id: who moves.
        department_id: where to.
        title: what the person is there; may be empty.
        first_on: the first day there, today or later.
        by: the login of who does it.
        reason: why.
        ending: ids of the personal grants that end when the person moves.

    Raises:
        TransferFaultError: see there; nothing was changed.
    """
    today = tx.now.astimezone(JST).date()
    plan = preview_transfer(tx, person_id, department_id)
    standing = load_person(tx, person_id)
    if standing is None or standing.department_id == department_id:
        raise TransferFaultError("same")
    if not reason.strip():
        raise TransferFaultError("no_reason")
    if first_on < today:
        raise TransferFaultError("past")
    order = StaffingOrder(order_id, "transfer", person_id, first_on, department_id, title, reason, by)
    if not insert_order(tx, order):
        return
    save_regular_posts(tx, {person_id: department_id}, from_on=first_on, title=title, by=by)
    chosen = [grant.id for grant in plan.personal if grant.id in set(ending)]
    limit_grants(tx, chosen, instant(first_on, 0), by=by, reason=reason)
    if first_on == today:
        carry_out(tx, order)


def carry_out(tx: Tx, order: StaffingOrder) -> None:
    """Let the person's master say what the posts say since the order's day."""
    if order.department_id is not None:
        save_department(tx, order.person_id, order.department_id)
    save_order_done(tx, order.id)


def _levels_of(tx: Tx, department_id: str, parents: dict[str, str | None]) -> frozenset[str]:
    chain = [department_id]
    while (above := parents.get(chain[-1])) is not None and above not in chain:
        chain.append(above)
    grants = list_grants(tx, [Subject(SubjectKind.department, each) for each in chain])
    return frozenset(grant.level_id for grant in grants)
