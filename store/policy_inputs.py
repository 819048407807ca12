"""What a policy is made from changed: a number that grows with every change, and whose cards may differ since.

Its publisher need not look at everybody: it asks what changed since the number it knows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.policy_tables import policy_change, policy_inputs
from store.tx import Tx

CHANGES_KEPT = 10_000
"""So many revisions back it is remembered who changed; whoever knows less looks at everybody."""

PERSONS_MAX = 5_000
"""A change of more persons is kept as a change of anybody."""

_ROW = 1


@dataclass(frozen=True, slots=True)
class InputChanges:
    """What changed up to ``revision``: cards of ``persons``, or None where anything may have."""

    revision: int
    persons: frozenset[str] | None


def save_inputs_changed(tx: Tx, persons: Collection[str] | None = None) -> None:
    """Say that something changed in this transaction that a policy is made from.

    Args:
        tx: the transaction.
        persons: whose cards may differ now; None: anything may.
    """
    if persons is not None and not persons:
        return
    dialect = postgresql if tx.is_postgresql else sqlite
    first = dialect.insert(policy_inputs).values(id=_ROW, revision=1)
    grown = first.on_conflict_do_update(
        index_elements=[policy_inputs.c.id], set_={"revision": policy_inputs.c.revision + 1}
    )
    revision = tx.connection.execute(grown.returning(policy_inputs.c.revision)).scalar_one()
    known = None if persons is None or len(persons) > PERSONS_MAX else " ".join(sorted(set(persons)))
    tx.connection.execute(policy_change.insert().values(revision=revision, persons=known))
    tx.connection.execute(delete(policy_change).where(policy_change.c.revision <= revision - CHANGES_KEPT))


def load_inputs_revision(tx: Tx) -> int:
    """Give the revision; 0 before the first change."""
    return tx.connection.scalar(select(policy_inputs.c.revision)) or 0


def load_changes_since(tx: Tx, revision: int) -> InputChanges:
    """Give what changed after a revision: nobody where it is the latest, None where it is too long ago to tell."""
    latest = load_inputs_revision(tx)
    since = select(policy_change.c.persons).where(policy_change.c.revision > revision)
    changes: Sequence[str | None] = tx.connection.scalars(since).all()
    if len(changes) != latest - revision:
        return InputChanges(latest, None)
    persons: set[str] = set()
    for change in changes:
        if change is None:
            return InputChanges(latest, None)
        persons.update(change.split(" "))
    return InputChanges(latest, frozenset(persons))
