"""Every decision about a tier in one chain: written with the session it books, read again to be proved."""

from collections.abc import Sequence
from datetime import datetime

from contract.chain import chain_step
from contract.tier_decision import CHAIN_START, Written, read_decision, write_decision
from store.tier_decisions import DecisionRow, hold_chain, insert_decision, insert_decisions, list_decision_bodies
from store.tx import Tx


def append_decision(tx: Tx, written: Written, *, session_id: str | None = None) -> int:
    """Append a decision, and give its number."""
    return insert_decision(tx, _make_row(written, session_id, hold_chain(tx) or CHAIN_START))


def append_decisions(tx: Tx, many: Sequence[tuple[Written, str | None]]) -> None:
    """Append decisions in their order, each with the session that it books; the chain is held once for all."""
    rows: list[DecisionRow] = []
    last = hold_chain(tx) or CHAIN_START
    for written, session_id in many:
        rows.append(_make_row(written, session_id, last))
        last = rows[-1].hash
    insert_decisions(tx, rows)


def _make_row(written: Written, session_id: str | None, last: bytes) -> DecisionRow:
    body, decision = write_decision(written), written.decision
    return DecisionRow(
        decided_at=decision.decided_at,
        asked_by=written.asked_by,
        tier_id=decision.facts.tier,
        person_id=written.person_id,
        terminal_id=written.terminal_id,
        answer=decision.answer.value,
        failed=" ".join(decision.failed),
        session_id=session_id,
        body=body,
        hash=chain_step(last, body),
    )


def list_decisions(
    tx: Tx, since: datetime, until: datetime, *, person_id: str | None = None
) -> list[tuple[int, Written]]:
    """Give the decisions from an instant until before another, in their order, with their numbers.

    Raises:
        TierDecisionError: one of them cannot be read.
    """
    rows = list_decision_bodies(tx, since, until, person_id=person_id)
    return [(number, read_decision(body)) for number, body in rows]
