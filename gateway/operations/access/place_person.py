"""Give people posts beside their regular one (兼務, 代理) and places in groups, dated, with a reason; and end either.

The regular post is HR's and is changed by a transfer.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.access.rights import PersonKind, PostKind
from domain.civil import JST
from store.groups import Group, end_member, insert_group, insert_member, list_members, list_persons_groups, load_group
from store.organisation import NOT_OF_THE_CITY
from store.people import Person, list_departments, load_person
from store.posts import end_post, insert_post, list_posts, load_post
from store.tx import Tx

REASON_LENGTH_MAX = 200
NAME_LENGTH_MAX = 80


class PlaceFault(StrEnum):
    """Why somebody is not placed, or a place is not ended."""

    no_person = "no_person"  # nobody, or several people, of that name or number
    left = "left"
    not_staff = "not_staff"  # a post is for staff; whoever is none belongs to groups
    no_department = "no_department"
    no_reason = "no_reason"
    no_name = "no_name"
    too_long = "too_long"
    bad_days = "bad_days"  # the last day lies before the first or in the past
    already = "already"  # the same place stands on some of the days
    own = "own"  # nobody makes himself the head's stand-in
    regular = "regular"  # the regular post is changed by a transfer


class PlaceFaultError(Exception):
    """Somebody was not placed; nothing was changed."""

    def __init__(self, fault: PlaceFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last; None is no bound."""

    from_on: date | None = None
    until_on: date | None = None

    def meets(self, other: "Days") -> bool:
        """Tell whether both hold on one day."""
        begins = self.from_on is None or other.until_on is None or self.from_on <= other.until_on
        return begins and (other.from_on is None or self.until_on is None or other.from_on <= self.until_on)


def give_post(
    tx: Tx,
    person_id: str,
    department_id: str,
    kind: PostKind,
    days: Days,
    *,
    title: str,
    reason: str,
    by: str,
    own: str,
) -> None:
    """Give a member of staff one more post, or let him stand in for a department's head.

    Args:
        tx: the transaction.
        person_id: whom.
        department_id: where.
        kind: ``concurrent`` or ``acting``.
        days: when; without a first day since today.
        title: what the person is there; may be empty.
        reason: why.
        by: the login of who gives it.
        own: the person of that login, empty for none.

    Raises:
        PlaceFaultError: see there.
    """
    person = _demand_person(tx, person_id)
    if person.kind != PersonKind.staff:
        raise PlaceFaultError(PlaceFault.not_staff)
    if kind is PostKind.regular:
        raise PlaceFaultError(PlaceFault.regular)
    if department_id in NOT_OF_THE_CITY or department_id not in {each.id for each in list_departments(tx)}:
        raise PlaceFaultError(PlaceFault.no_department)
    if kind is PostKind.acting and person_id == own:
        raise PlaceFaultError(PlaceFault.own)
    days = _demand_days(tx, days)
    _demand_text(reason, title)
    for post in list_posts(tx, person_id):
        same = post.department_id == department_id and post.kind == kind
        if same and days.meets(Days(post.from_on, post.until_on)):
            raise PlaceFaultError(PlaceFault.already)
    insert_post(
        tx,
        person_id,
        department_id,
        kind,
        title=title.strip(),
        from_on=days.from_on,
        until_on=days.until_on,
        by=by,
        reason=reason.strip(),
    )


def take_post(tx: Tx, post_id: int, person_id: str, *, last_on: date | None, reason: str, by: str) -> bool:
    """End a post after a day, or at once; False when the person has none of that id.

    Raises:
        PlaceFaultError: ``regular``, ``no_reason``, ``too_long`` or ``bad_days``.
    """
    post = load_post(tx, post_id)
    if post is None or post.person_id != person_id:
        return False
    if post.kind == PostKind.regular:
        raise PlaceFaultError(PlaceFault.regular)
    _demand_text(reason)
    end_post(tx, post_id, _last_day(tx, last_on), by=by, reason=reason.strip())
    return True


def make_group(tx: Tx, group_id: str, name: str, *, by: str) -> None:
    """Make a group; the same id again changes nothing.

    Raises:
        PlaceFaultError: ``no_name`` or ``too_long``.
    """
    if not name.strip():
        raise PlaceFaultError(PlaceFault.no_name)
    if len(name) > NAME_LENGTH_MAX:
        raise PlaceFaultError(PlaceFault.too_long)
    insert_group(tx, Group(group_id, name.strip()), by=by)


def join_group(tx: Tx, group_id: str, person_id: str, days: Days, *, reason: str, by: str) -> bool:
    """Let a person belong to a group; False when there is no such group.

    Raises:
        PlaceFaultError: see there.
    """
    if load_group(tx, group_id) is None:
        return False
    _demand_person(tx, person_id)
    days = _demand_days(tx, days)
    _demand_text(reason)
    for member in list_persons_groups(tx, person_id):
        if member.group_id == group_id and days.meets(Days(member.from_on, member.until_on)):
            raise PlaceFaultError(PlaceFault.already)
    insert_member(tx, group_id, person_id, from_on=days.from_on, until_on=days.until_on, by=by, reason=reason.strip())
    return True


def leave_group(tx: Tx, group_id: str, member_id: int, *, last_on: date | None, reason: str, by: str) -> bool:
    """End a membership after a day, or at once; False when the group has none of that id.

    Raises:
        PlaceFaultError: ``no_reason``, ``too_long`` or ``bad_days``.
    """
    if member_id not in {member.id for member in list_members(tx, group_id)}:
        return False
    _demand_text(reason)
    end_member(tx, member_id, _last_day(tx, last_on), by=by, reason=reason.strip())
    return True


def _demand_person(tx: Tx, person_id: str) -> Person:
    person = load_person(tx, person_id)
    if person is None:
        raise PlaceFaultError(PlaceFault.no_person)
    if person.left_on is not None and person.left_on < _today(tx):
        raise PlaceFaultError(PlaceFault.left)
    return person


def _demand_days(tx: Tx, days: Days) -> Days:
    """The days with a first one: whoever belongs somewhere from now on did not before."""
    begins_on = days.from_on or _today(tx)
    if days.until_on is not None and days.until_on < max(_today(tx), begins_on):
        raise PlaceFaultError(PlaceFault.bad_days)
    return Days(begins_on, days.until_on)


def _demand_text(reason: str, title: str = "") -> None:
    if not reason.strip():
        raise PlaceFaultError(PlaceFault.no_reason)
    if len(reason) > REASON_LENGTH_MAX or len(title) > NAME_LENGTH_MAX:
        raise PlaceFaultError(PlaceFault.too_long)


def _last_day(tx: Tx, last_on: date | None) -> date:
    if last_on is not None and last_on < _today(tx):
        raise PlaceFaultError(PlaceFault.bad_days)
    return last_on or _today(tx) - timedelta(days=1)


def _today(tx: Tx) -> date:
    return tx.now.astimezone(JST).date()
