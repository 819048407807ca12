"""A day's report as bytes: what it says does not change with who reads it, and its hash can be checked."""

import hashlib
import json
from collections.abc import Sequence

from domain.facilities.takings import DayReport, Series, Taking

_SERIES = list(Series)


def write_report(report: DayReport, entries: Sequence[Taking]) -> bytes:
    """Give the bytes of a day's report with every entry; the same day gives the same bytes."""
    told = {
        "facility": report.facility_id,
        "on": report.on.isoformat(),
        "methods": {
            each.method.value: {"entries": each.entries, "in_yen": each.in_yen, "out_yen": each.out_yen}
            for each in report.sums
        },
        "total_yen": report.total_yen,
        "fee_yen": report.fee_yen,
        "deposit_yen": report.deposit_yen,
        "cash": {
            "opening_yen": report.cash.opening_yen,
            "banked_yen": report.cash.banked_yen,
            "expected_yen": report.expected_yen,
            "counted_yen": report.cash.counted_yen,
            "difference_yen": report.difference_yen,
        },
        "entries": [
            [each.slip, each.kind, each.method, each.yen, each.reservation_id, each.reference, each.taken_by]
            for each in sorted(entries, key=lambda each: (_SERIES.index(each.series), each.number))
        ],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_report(content: bytes) -> str:
    """Give the SHA-256 of a report."""
    return hashlib.sha256(content).hexdigest()
