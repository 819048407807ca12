"""Editions of the policy: numbered over all revisions of the site, each stored whole (a base) or as a change.

``data`` is zlib over what ``contract.policy_snapshot`` writes, by the site's tokens; ``gateway.policy.policy_shelf``
reads it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from store.conflicts import insert_new
from store.policy_tables import policy_edition
from store.tx import Tx

_HEADERS = (
    policy_edition.c.version,
    policy_edition.c.site_revision,
    policy_edition.c.base_version,
    policy_edition.c.from_version,
    policy_edition.c.issued_at,
)


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition without its content.

    ``base_version`` is the base below a change, None for a base itself; ``from_version`` the edition before of the same
    revision of the site, None for the first.
    """

    version: int
    site_revision: str
    base_version: int | None
    from_version: int | None
    issued_at: datetime

    @property
    def rests_on(self) -> int:
        """The version of the base with which reading begins."""
        return self.version if self.base_version is None else self.base_version


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """An edition with its content, whole or as a change from ``from_version``."""

    edition: Edition
    data: bytes


def insert_edition(tx: Tx, edition: Edition, data: bytes) -> bool:
    """Keep an edition; False, and nothing is kept, where one of that version or a newer one stands already."""
    if load_newest_version(tx) >= edition.version:
        return False
    values = {name: getattr(edition, name) for name in Edition.__slots__}
    return insert_new(tx, policy_edition, {**values, "data": data})


def load_newest_version(tx: Tx) -> int:
    """Give the greatest version of all revisions; 0 before the first."""
    return tx.connection.scalar(select(func.max(policy_edition.c.version))) or 0


def load_latest_edition(tx: Tx, site_revision: str | None = None) -> Edition | None:
    """Give the latest edition of a revision, or of all; None before the first."""
    query = select(*_HEADERS).order_by(policy_edition.c.version.desc()).limit(1)
    if site_revision is not None:
        query = query.where(policy_edition.c.site_revision == site_revision)
    return _edition(tx, query)


def load_edition(tx: Tx, version: int) -> Edition | None:
    """Give an edition, or None where there is none of that version."""
    return _edition(tx, select(*_HEADERS).where(policy_edition.c.version == version))


def load_edition_data(tx: Tx, version: int) -> bytes | None:
    """Give an edition's content, or None where there is none of that version."""
    return tx.connection.scalar(select(policy_edition.c.data).where(policy_edition.c.version == version))


def list_changes(tx: Tx, base_version: int, *, after: int, through: int) -> list[StoredEdition]:
    """Give the changes over a base, in their order, from the first after ``after`` to the one of ``through``."""
    chain = (
        select(*_HEADERS, policy_edition.c.data)
        .where(policy_edition.c.base_version == base_version)
        .where(policy_edition.c.version > after, policy_edition.c.version <= through)
        .order_by(policy_edition.c.version)
    )
    return [StoredEdition(Edition(*header), data) for *header, data in tx.connection.execute(chain)]


def count_changes(tx: Tx, base_version: int) -> int:
    """Give how many changes rest on a base."""
    over = select(func.count()).select_from(policy_edition).where(policy_edition.c.base_version == base_version)
    return tx.connection.scalar(over) or 0


def _edition(tx: Tx, query: Select[Any]) -> Edition | None:
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Edition(*row)
