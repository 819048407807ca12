"""Give somebody a level, or deny one, and end either: with a reason, and never beyond what the site's files define."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from domain.access.rights import GrantSource, Subject, SubjectKind
from domain.civil import JST, instant
from store.denials import Denial, end_denial, insert_denial, load_denial
from store.groups import load_group
from store.people import list_departments, load_person
from store.posts import list_posts
from store.rights import Grant, end_grant, insert_grant, load_grant
from store.tx import Tx

REASON_LENGTH_MAX = 200


class RightFault(StrEnum):
    """Why a right is not given or ended."""

    no_person = "no_person"  # nor any department or group of that id
    left = "left"  # the person has left
    no_level = "no_level"  # the site's files define no such level
    no_reason = "no_reason"
    too_long = "too_long"
    bad_days = "bad_days"  # the last day lies before the first or in the past
    not_yours = "not_yours"  # HR's file, a visit or a reservation gave it: it is ended there


class RightFaultError(Exception):
    """A right was not given or ended; nothing was changed."""

    def __init__(self, fault: RightFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def give_grant(
    tx: Tx,
    grant_id: str,
    subject: Subject,
    level_id: str,
    *,
    from_on: date | None,
    until_on: date | None,
    reason: str,
    by: str,
    levels: Collection[str],
) -> None:
    """Give a person, a department with all below, or a group a level; the same id again changes nothing.

    Args:
        tx: the transaction.
        grant_id: made by the form.
        subject: to whom.
        level_id: which.
        from_on: the first day; None is at once.
        until_on: the last day; None is until it is ended.
        reason: why.
        by: the login of who gives it.
        levels: what the site's files define.

    Raises:
        RightFaultError: see there.
    """
    _demand_subject(tx, subject)
    _demand_right(tx, level_id, levels, from_on, until_on)
    _demand_reason(reason)
    grant = Grant(
        grant_id,
        subject.kind.value,
        subject.id,
        level_id,
        GrantSource.desk.value,
        reason.strip(),
        by,
        None if from_on is None else instant(from_on, 0),
        None if until_on is None else instant(until_on + timedelta(days=1), 0),
    )
    insert_grant(tx, grant)


def give_denial(
    tx: Tx,
    denial_id: str,
    subject: Subject,
    level_id: str,
    *,
    from_on: date | None,
    until_on: date | None,
    reason: str,
    by: str,
    levels: Collection[str],
) -> None:
    """Take the points and hours of a level from somebody, whatever else grants them; arguments as ``give_grant``.

    Raises:
        RightFaultError: see there.
    """
    _demand_subject(tx, subject)
    _demand_right(tx, level_id, levels, from_on, until_on)
    _demand_reason(reason)
    denial = Denial(denial_id, subject.kind.value, subject.id, level_id, reason.strip(), by, from_on, until_on)
    insert_denial(tx, denial)


def take_grant(tx: Tx, grant_id: str, subject: Subject, *, reason: str, by: str) -> bool:
    """End a subject's own grant that the desk gave; False when it has none of that id. Twice is once.

    Raises:
        RightFaultError: ``no_reason``, ``too_long`` or ``not_yours``.
    """
    grant = load_grant(tx, grant_id)
    if grant is None or (grant.subject_kind, grant.subject_id) != (subject.kind, subject.id):
        return False
    if grant.source not in (GrantSource.desk, GrantSource.emergency):
        raise RightFaultError(RightFault.not_yours)
    _demand_reason(reason)
    end_grant(tx, grant_id, by=by, reason=reason.strip())
    return True


def lift_denial(tx: Tx, denial_id: str, subject: Subject, *, reason: str, by: str) -> bool:
    """End a denial about a subject; False when there is none of that id. Twice is once.

    Raises:
        RightFaultError: ``no_reason`` or ``too_long``.
    """
    denial = load_denial(tx, denial_id)
    if denial is None or (denial.subject_kind, denial.subject_id) != (subject.kind, subject.id):
        return False
    _demand_reason(reason)
    end_denial(tx, denial_id, by=by, reason=reason.strip())
    return True


def _demand_subject(tx: Tx, subject: Subject) -> None:
    match subject.kind:
        case SubjectKind.person:
            _demand_person(tx, subject.id)
        case SubjectKind.department if subject.id not in {each.id for each in list_departments(tx)}:
            raise RightFaultError(RightFault.no_person)
        case SubjectKind.group if load_group(tx, subject.id) is None:
            raise RightFaultError(RightFault.no_person)


def _demand_person(tx: Tx, person_id: str) -> None:
    person, today = load_person(tx, person_id), tx.now.astimezone(JST).date()
    if person is None:
        raise RightFaultError(RightFault.no_person)
    if person.left_on is None or person.left_on > today:
        return
    if person.left_on < today or all(
        post.until_on is not None and post.until_on < today for post in list_posts(tx, person_id)
    ):
        raise RightFaultError(RightFault.left)  # on the last day itself only a post tells


def _demand_right(tx: Tx, level_id: str, levels: Collection[str], from_on: date | None, until_on: date | None) -> None:
    today = tx.now.astimezone(JST).date()
    if level_id not in levels:
        raise RightFaultError(RightFault.no_level)
    if until_on is not None and until_on < max(today, from_on or today):
        raise RightFaultError(RightFault.bad_days)


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise RightFaultError(RightFault.no_reason)
    if len(reason) > REASON_LENGTH_MAX:
        raise RightFaultError(RightFault.too_long)
