"""領収書: one taking on one page, with number, method and tax, and the lines that it was worked out from. Pure.

What is inside the sum of 消費税 is counted once from the whole (適格簡易請求書: 登録番号, 税率, 税額).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.civil import civil_minute, format_clock, format_era, minute_on
from domain.facilities.receipt import Receipt
from domain.facilities.takings import Method, TakingKind

METHODS: Mapping[Method, str] = MappingProxyType(
    {
        Method.cash: "現金",
        Method.card: "クレジットカード",
        Method.emoney: "電子マネー",
        Method.qr: "コード決済",
        Method.transfer: "口座振込",
        Method.invoice: "納付書",
    }
)


def lay_out_receipt(receipt: Receipt) -> dict[str, Any]:
    """Give the page's words."""
    taking, quote = receipt.taking, receipt.quote
    is_fee = taking.kind is TakingKind.fee
    rows = [[line.name, f"{line.quantity:,}", f"{line.unit_yen:,}", f"{line.yen:,}"] for line in quote.lines]
    part = f"（使用料 {quote.total_yen:,} 円のうち）" if is_fee and taking.yen < quote.total_yen else ""
    return {
        "number": taking.slip,
        "on": format_era(civil_minute(taking.taken_at)[0]),
        "payer": taking.payer,
        "yen": f"¥{taking.yen:,}",
        "suffix": "（税込）" if is_fee and taking.tax_percent else "",
        "purpose": f"{receipt.facility.name} {receipt.room.name} {'使用料' if is_fee else '保証金'}{part}",
        "use": _tell_use(receipt),
        "method": METHODS[taking.method],
        "reference": taking.reference,
        "tax": _tell_tax(receipt),
        "rows": rows if is_fee else [],
        "total": f"{quote.total_yen:,}",
        "issuer": receipt.issuer,
        "invoice_number": receipt.invoice_number,
        "facility": receipt.facility.name,
    }


def _tell_use(receipt: Receipt) -> str:
    on, minute = civil_minute(receipt.from_at)
    return f"{format_era(on)} {format_clock(minute)}–{format_clock(minute_on(receipt.until_at, on))}"


def _tell_tax(receipt: Receipt) -> str:
    taking = receipt.taking
    if taking.kind is TakingKind.deposit:
        return "消費税の対象外（返還する預り金）"
    if receipt.tax_yen is None:
        return ""
    return f"{taking.tax_percent}% 対象 {taking.yen:,} 円（うち消費税等 {receipt.tax_yen:,} 円）"
