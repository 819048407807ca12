"""収納日計表: a closed day as it was closed, from the bytes that were hashed; nothing is worked out again. Pure."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.civil import civil_minute, format_clock, format_era
from domain.facilities.takings import Method, TakingKind
from store.takings_days import ClosedDay
from sync.documents.receipt import METHODS

KINDS: Mapping[TakingKind, str] = MappingProxyType(
    {
        TakingKind.fee: "使用料",
        TakingKind.deposit: "保証金",
        TakingKind.fee_refund: "使用料の還付",
        TakingKind.deposit_refund: "保証金の返還",
        TakingKind.correction: "訂正",
    }
)


def lay_out_day(day: ClosedDay, facility: str) -> dict[str, Any]:
    """Give the page's words.

    Args:
        day: the closed day.
        facility: its facility's name.
    """
    told = json.loads(day.report)
    cash, methods = told["cash"], told["methods"]
    closed_on, minute = civil_minute(day.closed_at)
    rows = [_method_row(METHODS[method], methods[method.value]) for method in Method if method.value in methods]
    sums = {name: sum(each[name] for each in methods.values()) for name in ("entries", "in_yen", "out_yen")}
    moved = cash["expected_yen"] - cash["opening_yen"] + cash["banked_yen"]
    return {
        "facility": facility,
        "on": format_era(day.day_on),
        "methods": [*rows, _method_row("計", sums)],
        "parts": [["使用料", _yen(told["fee_yen"])], ["保証金", _yen(told["deposit_yen"])]],
        "cash": [
            ["釣銭準備金", _yen(cash["opening_yen"])],
            ["現金の収支", _yen(moved)],
            ["金融機関へ払込み", _yen(-cash["banked_yen"])],
            ["あるべき現金", _yen(cash["expected_yen"])],
            ["実際の現金", _yen(cash["counted_yen"])],
            ["過不足", _yen(cash["difference_yen"])],
        ],
        "note": day.note,
        "closed": f"{format_era(closed_on)} {format_clock(minute)}　{day.closed_by}",
        "hash": day.report_hash,
        "entries": [
            [slip, KINDS[TakingKind(kind)], METHODS[Method(method)], _yen(yen), reference, by]
            for slip, kind, method, yen, _, reference, by in told["entries"]
        ],
    }


def _method_row(name: str, sums: Mapping[str, int]) -> list[str]:
    net = sums["in_yen"] - sums["out_yen"]
    return [name, f"{sums['entries']:,}", _yen(sums["in_yen"]), _yen(sums["out_yen"]), _yen(net)]


def _yen(yen: int) -> str:
    return f"{yen:,}"
