"""Bring a provider's file of payouts: look first, then keep its lines and what agrees; once again is nothing new."""

from dataclasses import dataclass

from domain.facilities.payouts import PayoutLine
from gateway.payouts.findings import Findings, find_differences
from gateway.payouts.layout import PayoutLayout
from gateway.payouts.payout_file import hash_file, read_payout_file
from store.payouts import (
    PayoutFile,
    insert_matches,
    insert_payout_file,
    insert_payout_lines,
    list_known_lines,
)
from store.tx import Tx

NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brings: lines that are new, lines that stood already, and everything that was found."""

    new: int
    known: int
    findings: Findings


def preview_payout_file(tx: Tx, layout: PayoutLayout, data: bytes) -> Brought:
    """Say what a file would bring; nothing is kept.

    Raises:
        FeeFaultsError: it cannot be read; every fault is named by line and column.
    """
    lines = read_payout_file(data, layout)
    new = _list_new(tx, lines)
    return Brought(len(new), len(lines) - len(new), find_differences(tx, layout, [line for _, line in new]))


def bring_payout_file(tx: Tx, layout: PayoutLayout, data: bytes, *, name: str, by: str) -> Brought:
    """Keep a file's new lines and which of our takings they answer, all or nothing.

    A file that was brought before is held against what was taken since.

    Raises:
        FeeFaultsError: as :func:`preview_payout_file`.
    """
    lines = read_payout_file(data, layout)
    new = _list_new(tx, lines)
    file = PayoutFile(hash_file(data), layout.name, name[-NAME_LENGTH_MAX:], len(new), by, tx.now)
    findings = find_differences(tx, layout, [line for _, line in new])
    if insert_payout_file(tx, file):
        insert_payout_lines(tx, file, new)
    insert_matches(tx, findings.matches, by=by)
    return Brought(len(new), len(lines) - len(new), findings)


def _list_new(tx: Tx, lines: tuple[tuple[int, PayoutLine], ...]) -> list[tuple[int, PayoutLine]]:
    known = list_known_lines(tx, [line.id for _, line in lines])
    return [(number, line) for number, line in lines if line.id not in known]
