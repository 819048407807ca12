"""What people may open: grants by whoever gives them, and everything of the people that a policy is made from."""

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, update

from domain.access.policy import CredentialStatus
from domain.access.rights import GrantSource, Rights, Subject, SubjectKind, derive_rights, list_below
from domain.civil import JST
from domain.ids import CredentialToken, PersonId
from domain.key_boxes import KeyHook, KeyRight
from store.bulk import batched
from store.conflicts import insert_new
from store.entitlements import (
    load_denials,
    load_entitlements,
    load_memberships,
    load_parents,
    read_of,
)
from store.key_rights import load_key_hooks, load_key_rights
from store.policy_inputs import save_inputs_changed
from store.rights_tables import group_member, post, right_grant
from store.tables import calendar_day, credential, person
from store.tx import Tx

REACHED_MAX = 2000
"""A change that reaches more persons is said to be a change of anybody."""

_STATUS = {status.value: status for status in CredentialStatus}


@dataclass(frozen=True, slots=True)
class Grant:
    """A level given to a subject. ``valid_from`` is inside, ``valid_until`` no longer is; None is no bound.

    ``id`` is made by whoever asks. ``given_by`` is a login, empty for HR's file; ``source_id`` the visit or the like.
    """

    id: str
    subject_kind: str
    subject_id: str
    level_id: str
    source: str
    reason: str
    given_by: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    source_id: str = ""
    given_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A card with what bounds it: its own validity and its holder's employment; and what it is allowed and needs.

    ``pin`` and ``duress_pin`` are verifiers (``contract.tokens.pin_verifier``).
    """

    token: CredentialToken
    person_id: PersonId
    status: CredentialStatus
    valid_from: datetime | None
    valid_until: datetime | None
    joined_on: date | None
    left_on: date | None
    pin: str | None = None
    duress_pin: str | None = None
    escorted: bool = False
    passback_exempt: bool = False
    extended: bool = False


@dataclass(frozen=True, slots=True)
class PolicyInputs:
    """Everything besides the site's description that a policy is made from; persons without rights are left out.

    ``keys`` is who may take what out of key cabinets, ``hooks`` what is at home there, by cabinet.
    """

    cards: tuple[CardFacts, ...]
    rights: Mapping[PersonId, Rights]
    holidays: frozenset[date]
    keys: Mapping[PersonId, tuple[KeyRight, ...]] = field(default_factory=dict)
    hooks: Mapping[str, tuple[KeyHook, ...]] = field(default_factory=dict)


def insert_grant(tx: Tx, grant: Grant) -> bool:
    """Give a level from ``tx.now`` on; False when a grant of that id stands already, and nothing is changed."""
    values = {name: value for name, value in zip(Grant.__slots__, astuple(grant), strict=True) if value is not None}
    new = insert_new(tx, right_grant, values | {"given_at": tx.now})
    if new:
        save_inputs_changed(tx, list_reached(tx, [Subject(SubjectKind(grant.subject_kind), grant.subject_id)]))
    return new


def end_grant(tx: Tx, grant_id: str, *, by: str, reason: str) -> bool:
    """End a grant at ``tx.now``; False when there is none of that id or it has ended."""
    return end_grants(tx, [grant_id], by=by, reason=reason) == 1


def end_grants(tx: Tx, grant_ids: Collection[str], *, by: str, reason: str) -> int:
    """End grants at ``tx.now``; gives how many of them had not ended before."""
    subjects: list[Subject] = []
    for some in batched(sorted(grant_ids)):
        ended = tx.connection.execute(
            update(right_grant)
            .where(right_grant.c.id.in_(some), right_grant.c.ended_at.is_(None))
            .values(ended_by=by, ended_at=tx.now, end_reason=reason)
            .returning(right_grant.c.subject_kind, right_grant.c.subject_id)
        )
        subjects += [Subject(SubjectKind(kind), subject_id) for kind, subject_id in ended]
    save_inputs_changed(tx, list_reached(tx, subjects))
    return len(subjects)


def limit_grants(tx: Tx, grant_ids: Collection[str], until_at: datetime, *, by: str, reason: str) -> None:
    """Let grants hold until an instant at the latest; those that begin later end at once."""
    late = right_grant.c.id.in_(sorted(grant_ids)), right_grant.c.valid_from >= until_at
    end_grants(tx, tx.connection.scalars(select(right_grant.c.id).where(*late)).all(), by=by, reason=reason)
    limited = tx.connection.execute(
        update(right_grant)
        .where(
            right_grant.c.id.in_(sorted(grant_ids)),
            right_grant.c.ended_at.is_(None),
            or_(right_grant.c.valid_until.is_(None), right_grant.c.valid_until > until_at),
        )
        .values(valid_until=until_at, ended_by=by, end_reason=reason)
        .returning(right_grant.c.subject_kind, right_grant.c.subject_id)
    )
    subjects = [Subject(SubjectKind(kind), subject_id) for kind, subject_id in limited]
    save_inputs_changed(tx, list_reached(tx, subjects))


def load_grant(tx: Tx, grant_id: str) -> Grant | None:
    """Give one grant, ended or not; None when there is none of that id."""
    row = tx.connection.execute(_grants().where(right_grant.c.id == grant_id)).one_or_none()
    return None if row is None else Grant(*row)


def list_grants(tx: Tx, subjects: Collection[Subject], *, ended: bool = False) -> list[Grant]:
    """Give the grants of exactly these subjects that have not ended (or all), the newest first."""
    query = _grants().where(about(right_grant, subjects)).order_by(right_grant.c.given_at.desc(), right_grant.c.id)
    return [Grant(*row) for row in tx.connection.execute(query if ended else query.where(_running(right_grant)))]


def list_grants_of_source(tx: Tx, source: GrantSource, source_id: str) -> list[Grant]:
    """Give the grants that have not ended of one visit, reservation or the like, by id."""
    of_source = right_grant.c.source == source.value, right_grant.c.source_id == source_id
    query = _grants().where(*of_source, _running(right_grant)).order_by(right_grant.c.id)
    return [Grant(*row) for row in tx.connection.execute(query)]


def list_reached(tx: Tx, subjects: Collection[Subject]) -> frozenset[str] | None:
    """Give the persons whom rights of the subjects may reach now or later; None: so many that it may be anybody.

    Whoever has, or will have, a post in a department or below it is reached by what the department is given.
    """
    reached = {subject.id for subject in subjects if subject.kind is SubjectKind.person}
    groups = {subject.id for subject in subjects if subject.kind is SubjectKind.group}
    departments = {subject.id for subject in subjects if subject.kind is SubjectKind.department}
    if departments:
        parents = load_parents(tx)
        departments = {below for each in departments for below in list_below(each, parents)}
    today = tx.now.astimezone(JST).date()
    for table, column, ids in (
        (group_member, group_member.c.group_id, groups),
        (post, post.c.department_id, departments),
    ):
        goes_on = or_(table.c.until_on.is_(None), table.c.until_on >= today)
        for some in batched(sorted(ids)):
            query = select(table.c.person_id).where(column.in_(some), goes_on).distinct().limit(REACHED_MAX + 1)
            reached.update(tx.connection.scalars(query))
    return frozenset(reached) if len(reached) <= REACHED_MAX else None


def load_policy_inputs(tx: Tx, persons: Collection[str] | None = None) -> PolicyInputs:
    """Give everybody's or some persons' cards in the order of tokens, their rights at ``tx.now``, and the holidays."""
    some = None if persons is None else sorted(set(persons))
    cards = read_of(tx, _cards(), credential.c.person_id, some)
    hooks = load_key_hooks(tx)
    targets = frozenset(hook.target for hung in hooks.values() for hook in hung)
    return PolicyInputs(
        tuple(
            sorted(
                (CardFacts(token, who, _STATUS[status], *rest) for token, who, status, *rest in cards),
                key=lambda card: card.token,
            )
        ),
        derive_rights(
            load_entitlements(tx, some),
            load_denials(tx, some),
            load_memberships(tx, some),
            load_parents(tx),
            tx.now,
        ),
        frozenset(tx.connection.scalars(select(calendar_day.c.day_on))),
        load_key_rights(tx, targets, some),
        hooks,
    )


def about(table: Any, subjects: Collection[Subject]) -> Any:
    """Give the condition that a row of grants or denials is about exactly one of the subjects."""
    kinds = {kind: [each.id for each in subjects if each.kind is kind] for kind in SubjectKind}
    return or_(*(and_(table.c.subject_kind == kind.value, table.c.subject_id.in_(ids)) for kind, ids in kinds.items()))


def _cards() -> Select[Any]:
    return select(
        credential.c.token,
        credential.c.person_id,
        credential.c.status,
        credential.c.valid_from,
        credential.c.valid_until,
        person.c.joined_on,
        person.c.left_on,
        credential.c.pin_verifier,
        credential.c.duress_verifier,
        credential.c.escorted,
        credential.c.passback_exempt,
        credential.c.extended,
    ).join_from(credential, person, person.c.id == credential.c.person_id)


def _grants() -> Select[Any]:
    return select(*(right_grant.c[name] for name in Grant.__slots__))


def _running(table: Any) -> Any:
    return table.c.ended_at.is_(None)
