"""What somebody asks for about network tiers and another one has to approve."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, update

from store.conflicts import insert_new
from store.tx import Tx
from store.zone_tables import tier_proposal


class ProposalKind(StrEnum):
    """What is asked for."""

    rules = "rules"
    clearance = "clearance"
    waiver = "waiver"


class ProposalState(StrEnum):
    """Where it stands."""

    open = "open"
    approved = "approved"
    refused = "refused"
    withdrawn = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """``subject`` is the rule set's hash or the person, ``body`` JSON of what is to be."""

    id: str
    kind: ProposalKind
    subject: str
    body: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: ProposalState = ProposalState.open
    decided_by: str | None = None
    decided_at: datetime | None = None
    decided_why: str | None = None


_COLUMNS = tuple(field.name for field in fields(Proposal))


def insert_proposal(tx: Tx, new: Proposal) -> bool:
    """Keep a proposal; False when one of that id stands already, and nothing is changed."""
    told = {name: getattr(new, name) for name in _COLUMNS}
    return insert_new(tx, tier_proposal, told | {"kind": new.kind.value, "state": new.state.value})


def load_proposal(tx: Tx, proposal_id: str) -> Proposal | None:
    """Give a proposal; None when there is none of that id."""
    row = tx.connection.execute(_select().where(tier_proposal.c.id == proposal_id)).one_or_none()
    return None if row is None else _read(row._asdict())


def save_verdict(tx: Tx, proposal_id: str, state: ProposalState, *, by: str, why: str = "") -> bool:
    """Decide an open proposal now; False when there is none, or it was decided by somebody else meanwhile."""
    standing = (tier_proposal.c.id == proposal_id) & (tier_proposal.c.state == ProposalState.open.value)
    values = {"state": state.value, "decided_by": by, "decided_at": tx.now, "decided_why": why or None}
    return tx.connection.execute(update(tier_proposal).where(standing).values(values)).rowcount == 1


def list_proposals(
    tx: Tx, *, kind: ProposalKind | None = None, state: ProposalState | None = None, limit: int = 200
) -> list[Proposal]:
    """Give proposals of a kind and a state, or of all, the last one first."""
    query = _select()
    if kind is not None:
        query = query.where(tier_proposal.c.kind == kind.value)
    if state is not None:
        query = query.where(tier_proposal.c.state == state.value)
    ordered = query.order_by(tier_proposal.c.asked_at.desc(), tier_proposal.c.id).limit(limit)
    return [_read(row._asdict()) for row in tx.connection.execute(ordered)]


def _select() -> Select[Any]:
    return select(*(tier_proposal.c[name] for name in _COLUMNS))


def _read(row: dict[str, Any]) -> Proposal:
    return Proposal(**row | {"kind": ProposalKind(row["kind"]), "state": ProposalState(row["state"])})
