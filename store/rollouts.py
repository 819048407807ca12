"""Roll-outs: which description of the site goes out, how far it is, and who wanted it.

The newest that is done says which description holds for everybody.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from domain.access.rollout import Cause, Counts, Phase, Rollout
from domain.ids import DeviceId
from store.policy_tables import policy_edition
from store.rollout_tables import roll_out
from store.tables import record
from store.tx import Tx

REASON_LENGTH_MAX = 200


class AnotherRolloutError(Exception):
    """One is proposed or running already."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed: ``plan`` is ``gateway.site.plan.SitePlan`` as JSON, empty for a first description."""

    revision_id: str
    former_id: str | None
    plan: str
    reason: str
    proposed_by: str
    lost_pairs: int = 0
    held_pairs: int = 0
    share_max: float = 1.0


@dataclass(frozen=True, slots=True)
class StoredRollout:
    """A roll-out with its story; ``ended_by`` None: it ended by itself."""

    id: int
    proposal: Proposal
    state: Rollout
    proposed_at: datetime
    approved_at: datetime | None
    approved_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None


def insert_rollout(tx: Tx, proposal: Proposal, state: Rollout) -> int:
    """Keep a new roll-out, proposed at ``tx.now``; gives its number.

    Raises:
        AnotherRolloutError: one is proposed or running already.
    """
    values = asdict(proposal) | _columns(state) | {"proposed_at": tx.now}
    values |= {} if state.is_live else {"ended_at": tx.now, "ended_by": proposal.proposed_by}
    if state.is_live and load_live_rollout(tx) is not None:
        raise AnotherRolloutError
    try:
        number: int = tx.connection.execute(insert(roll_out).values(values).returning(roll_out.c.id)).scalar_one()
    except IntegrityError as error:  # two proposed at once
        raise AnotherRolloutError from error
    return number


def save_rollout_state(
    tx: Tx, rollout: StoredRollout, state: Rollout, *, by: str | None = None, reason: str | None = None
) -> bool:
    """Keep how far a roll-out is if nobody moved it since it was read; False otherwise, and nothing is kept.

    Args:
        tx: the transaction.
        rollout: as it was read.
        state: as it is now.
        by: who approved or ended it; None: it went by itself.
        reason: why it was ended.
    """
    values = _columns(state)
    if rollout.state.phase is Phase.proposed and state.phase is Phase.running:
        values |= {"approved_at": tx.now, "approved_by": by}
    if not state.is_live:
        values |= {"ended_at": tx.now, "ended_by": by, "end_reason": reason}
    unmoved = (roll_out.c[name].is_not_distinct_from(value) for name, value in _columns(rollout.state).items())
    moved = update(roll_out).where(roll_out.c.id == rollout.id, *unmoved).values(values)
    return tx.connection.execute(moved).rowcount == 1


def load_live_rollout(tx: Tx) -> StoredRollout | None:
    """Give the one that is proposed or running, or None."""
    row = tx.connection.execute(select(roll_out).where(roll_out.c.live.is_(True))).one_or_none()
    return None if row is None else _rollout(row)


def load_settled_rollout(tx: Tx) -> StoredRollout | None:
    """Give the newest that is done: its description holds; None before the first."""
    done = select(roll_out).where(roll_out.c.phase == Phase.done.value).order_by(roll_out.c.id.desc()).limit(1)
    row = tx.connection.execute(done).one_or_none()
    return None if row is None else _rollout(row)


def load_rollout(tx: Tx, number: int) -> StoredRollout | None:
    """Give a roll-out by its number, or None."""
    row = tx.connection.execute(select(roll_out).where(roll_out.c.id == number)).one_or_none()
    return None if row is None else _rollout(row)


def list_rollouts(tx: Tx, *, limit: int) -> list[StoredRollout]:
    """Give the newest roll-outs, the newest first."""
    return [
        _rollout(row) for row in tx.connection.execute(select(roll_out).order_by(roll_out.c.id.desc()).limit(limit))
    ]


def list_revisions_of(tx: Tx, versions: Collection[int]) -> dict[int, str]:
    """Give of which description of the site each of these editions is; unknown ones are left out."""
    columns = select(policy_edition.c.version, policy_edition.c.site_revision)
    rows = tx.connection.execute(columns.where(policy_edition.c.version.in_(sorted(set(versions)))))
    return {row.version: row.site_revision for row in rows}


def count_taps(tx: Tx, *, since: datetime, until: datetime) -> Mapping[DeviceId, Counts]:
    """Count each device's taps in [since, until), and the refused ones; along ``ix_record_occurred``."""
    query = (
        select(record.c.device_id, record.c.granted, func.count())
        .where(record.c.kind == "tap.observed", record.c.occurred_at >= since, record.c.occurred_at < until)
        .group_by(record.c.device_id, record.c.granted)
    )
    counts: dict[DeviceId, Counts] = {}
    for device, granted, taps in tx.connection.execute(query):
        known = counts.get(DeviceId(device), Counts())
        counts[DeviceId(device)] = known + Counts(taps, 0 if granted else taps)
    return counts


def _columns(state: Rollout) -> dict[str, Any]:
    return {
        "live": True if state.is_live else None,
        "phase": state.phase.value,
        "stage": state.stage,
        "began_at": state.began_at,
        "held_at": state.held_at,
        "cause": None if state.cause is None else state.cause.value,
        "blamed": state.blamed,
    }


def _rollout(row: Row[Any]) -> StoredRollout:
    values = row._asdict()
    state = Rollout(
        Phase(row.phase),
        row.stage,
        row.began_at,
        row.held_at,
        None if row.cause is None else Cause(row.cause),
        None if row.blamed is None else DeviceId(row.blamed),
    )
    return StoredRollout(
        proposal=Proposal(**{name: values[name] for name in Proposal.__slots__}),
        state=state,
        **{name: values[name] for name in StoredRollout.__slots__ if name not in ("proposal", "state")},
    )
