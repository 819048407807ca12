"""Rules of the network tiers that somebody is changing: one draft a login, until it is proposed or thrown away."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, select

from store.bulk import upsert_rows
from store.tx import Tx
from store.zone_tables import tier_rule_draft


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """``base`` is the hash of the set that it began from, empty for none; ``body`` is ``contract.tier_rule_file``."""

    login: str
    base: str
    body: str
    changed_at: datetime


_COLUMNS = tuple(field.name for field in fields(RuleDraft))


def save_draft(tx: Tx, draft: RuleDraft) -> None:
    """Keep somebody's draft as it is now."""
    upsert_rows(tx, tier_rule_draft, _COLUMNS, [tuple(getattr(draft, name) for name in _COLUMNS)])


def load_draft(tx: Tx, login: str) -> RuleDraft | None:
    """Give somebody's draft; None when nothing was begun."""
    query = select(*(tier_rule_draft.c[name] for name in _COLUMNS)).where(tier_rule_draft.c.login == login)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else RuleDraft(*row)


def delete_draft(tx: Tx, login: str) -> None:
    """Forget somebody's draft."""
    tx.connection.execute(delete(tier_rule_draft).where(tier_rule_draft.c.login == login))
