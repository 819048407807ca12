"""Policy snapshots: what they are made from (cards, grants, holidays) and the published versions themselves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from domain.access.policy import CredentialStatus
from domain.ids import CredentialToken, LevelId, PersonId
from store.tables import calendar_day, credential, level_grant, person, policy_snapshot
from store.tx import Tx

_STATUS = {status.value: status for status in CredentialStatus}


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
    """Everything besides the site's description that a snapshot is made from."""

    cards: tuple[CardFacts, ...]
    levels: dict[PersonId, tuple[LevelId, ...]]
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A published version without its data: ``digest`` is the SHA-256 that pointers name, ``size`` is in bytes."""

    version: int
    issued_at: datetime
    digest: str
    size: int


def load_policy_inputs(tx: Tx) -> PolicyInputs:
    """Give cards in the order of tokens, each person's levels in the order of ids, and the holidays."""
    cards = tx.connection.execute(
        select(
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
        )
        .join(person, person.c.id == credential.c.person_id)
        .order_by(credential.c.token)
    )
    levels: dict[PersonId, list[LevelId]] = defaultdict(list)
    grants = select(level_grant.c.person_id, level_grant.c.level_id).order_by(level_grant.c.level_id)
    for person_id, level_id in tx.connection.execute(grants).all():
        levels[PersonId(person_id)].append(LevelId(level_id))
    return PolicyInputs(
        tuple(CardFacts(token, person_id, _STATUS[status], *rest) for token, person_id, status, *rest in cards.all()),
        {person_id: tuple(ids) for person_id, ids in levels.items()},
        frozenset(tx.connection.scalars(select(calendar_day.c.day_on))),
    )


def insert_policy_snapshot(tx: Tx, version: int, digest: str, data: bytes) -> None:
    """Keep a snapshot, issued at ``tx.now``; a version that exists violates ``pk_policy_snapshot``."""
    values = {"version": version, "issued_at": tx.now, "digest": digest, "data": data}
    tx.connection.execute(policy_snapshot.insert().values(values))


def load_published_policy(tx: Tx) -> PublishedPolicy | None:
    """Give the latest version, or None before the first."""
    row = tx.connection.execute(
        select(
            policy_snapshot.c.version,
            policy_snapshot.c.issued_at,
            policy_snapshot.c.digest,
            func.length(policy_snapshot.c.data),
        )
        .order_by(policy_snapshot.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else PublishedPolicy(*row)


def load_snapshot_bytes(tx: Tx, version: int) -> bytes | None:
    """Give a snapshot's bytes as published, or None when that version never was."""
    return tx.connection.scalar(select(policy_snapshot.c.data).where(policy_snapshot.c.version == version))
