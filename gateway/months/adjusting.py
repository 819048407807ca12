"""A closed month held against its count of now: what differs becomes an adjustment, what no longer does ends."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contract.adjustment_content import hash_adjustment, read_adjustment, write_adjustment
from contract.month_version import read_counted
from domain.attendance.adjustment import (
    AdjustmentState,
    Cause,
    Counted,
    Decision,
    add_difference,
    find_difference,
)
from gateway.months.counting import CountedPerson
from store.closings import MonthVersion
from store.month_adjustments import MonthAdjustment, insert_adjustment, save_decision
from store.tx import Tx

ID_LENGTH = 32


def stands_at(version: MonthVersion, agreed: Iterable[MonthAdjustment]) -> Counted:
    """Give what a closed month counts: its version and what was agreed about that version, in order.

    Raises:
        MonthVersionError, AdjustmentContentError: what is stored cannot be read.
    """
    counted = read_counted(version.content)
    for each in agreed:
        if each.version == version.version and each.decision.state is AdjustmentState.agreed:
            counted = add_difference(counted, read_adjustment(each.content))
    return counted


def keep_difference(
    tx: Tx,
    version: MonthVersion,
    adjustments: Sequence[MonthAdjustment],
    counted: CountedPerson,
    causes: frozenset[Cause],
) -> str | None:
    """Hold one closed month against its count; gives the id of the adjustment that is open now, None without one.

    Raises:
        MonthVersionError, AdjustmentContentError: what is stored cannot be read.
    """
    own = [each for each in adjustments if each.version == version.version]
    agreed = [each for each in own if each.decision.state is AdjustmentState.agreed]
    undecided = [each for each in own if each.decision.state in {AdjustmentState.found, AdjustmentState.proposed}]
    difference = find_difference(stands_at(version, agreed), read_counted(counted.content))
    if difference is None:
        supersede(tx, undecided, "nothing differs any more / 差がなくなったため")
        return None
    content = write_adjustment(
        difference,
        person_id=version.person_id,
        period=version.period,
        version=version.version,
        agreed_ids=[each.id for each in agreed],
    )
    content_hash = hash_adjustment(content)
    adjustment_id = content_hash[:ID_LENGTH]
    supersede(
        tx,
        [each for each in undecided if each.id != adjustment_id],
        f"{adjustment_id} takes its place / 後の調整に含む",
    )
    insert_adjustment(
        tx,
        MonthAdjustment(
            adjustment_id,
            version.person_id,
            version.period,
            version.version,
            causes | {cause for each in undecided for cause in each.causes},
            content,
            content_hash,
            tx.now,
            Decision(version.person_id),
        ),
    )
    return adjustment_id


def supersede(tx: Tx, undecided: Iterable[MonthAdjustment], reason: str) -> None:
    """End adjustments that nobody agreed to, by rule."""
    for each in undecided:
        decision = replace(each.decision, state=AdjustmentState.dismissed, dismissed_at=tx.now, reason=reason)
        save_decision(tx, each.id, decision)
