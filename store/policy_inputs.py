"""A number that grows with every change of what a policy is made from: its publisher need not look at it all."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import policy_inputs
from store.tx import Tx

_ROW = 1


def save_inputs_changed(tx: Tx, persons: Collection[str] | None = None) -> None:  # noqa: ARG001 (see 0010)
    """Say that something changed in this transaction that a policy is made from.

    Args:
        tx: the transaction.
        persons: whose cards may differ now; None: anything may.
    """
    dialect = postgresql if tx.is_postgresql else sqlite
    first = dialect.insert(policy_inputs).values(id=_ROW, revision=1)
    tx.connection.execute(
        first.on_conflict_do_update(
            index_elements=[policy_inputs.c.id], set_={"revision": policy_inputs.c.revision + 1}
        )
    )


def load_inputs_revision(tx: Tx) -> int:
    """Give the revision; 0 before the first change."""
    return tx.connection.scalar(select(policy_inputs.c.revision)) or 0
