"""What must hold of every copy at any time, read from the database alone."""

from collections.abc import Collection
from itertools import pairwise

from domain.keys.custody import STEPS, Custody, CustodyState, KeyAct
from store.key_custody import count_by_state, list_custodies
from store.key_entitlements import load_entitlement
from store.key_history import HistoryLine, list_history
from store.keys import list_copies
from store.tx import Tx


def check_trail(tx: Tx, copy_ids: Collection[str]) -> dict[str, Custody]:
    """Check I20 and I22: one place for each copy, an unbroken trail to it, and as many as were registered.

    Gives where the copies are.
    """
    custodies = list_custodies(tx, copy_ids)
    assert custodies.keys() == set(copy_ids)
    assert sum(count_by_state(tx).values()) == len(list_copies(tx))
    lines = list_history(tx, copy_ids)
    for id_, custody in custodies.items():
        _check_place(custody)
        _check_lines(sorted((each for each in lines if each.copy_id == id_), key=lambda each: each.version), custody)
    return custodies


def _check_place(custody: Custody) -> None:
    out = custody.state is CustodyState.out
    assert (custody.place is not None) is (custody.state is CustodyState.in_custody)
    assert (custody.holder is not None) is (custody.loan_id is not None) is (custody.due_at is not None) is out


def _check_lines(lines: list[HistoryLine], custody: Custody) -> None:
    assert [each.version for each in lines] == list(range(1, custody.version + 1))
    assert (lines[0].act, lines[0].from_state) == (KeyAct.register, None)
    assert lines[-1].to_state is custody.state
    for before, after in pairwise(lines):
        assert after.from_state is before.to_state
        assert after.done_at >= before.done_at
        assert STEPS[after.from_state, after.act].to is after.to_state
    loans = 0
    for line in lines:  # at most one loan is open at any time
        loans += line.act in {KeyAct.issue, KeyAct.remove_without_authority}
        loans -= line.from_state is CustodyState.out and line.to_state is not CustodyState.out
        assert loans in {0, 1}
    assert loans == (custody.state is CustodyState.out)


def check_entitled(tx: Tx, copy_ids: Collection[str]) -> None:
    """Check I21: whatever went out or was taken over was entitled to it by an entitlement that held then."""
    for line in list_history(tx, copy_ids):
        if line.act not in {KeyAct.issue, KeyAct.accept}:
            continue
        given = load_entitlement(tx, line.entitlement_id or "")
        assert given is not None, line
        assert line.holder is not None
        assert given.entitlement.taker.id == line.holder.id
        assert given.entitlement.holds_at(line.done_at)
