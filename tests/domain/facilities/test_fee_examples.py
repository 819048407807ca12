"""Fees by example: tables of the shape of municipal ones, each case worked by hand in the file beside this one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contract.fee_tables import load_fee_table, read_fee_toml, write_fee_table
from domain.civil import JST
from domain.facilities.check_fee_table import check_fee_table
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import RefundReason
from domain.facilities.fees import price_wish
from domain.facilities.refunds import Paid, assess_refund
from tests.domain.facilities.fee_cases import EXAMPLES, example_table, example_wish

PRICED = [case for case in EXAMPLES["cases"] if "total" in case]
REFUSED = [case for case in EXAMPLES["cases"] if "faults" in case]


@pytest.mark.parametrize("name", EXAMPLES["tables"])
def test_a_table_is_sound_and_is_the_same_when_it_was_stored(name: str) -> None:
    table = example_table(name)
    assert check_fee_table(table) == ()
    assert load_fee_table(write_fee_table(table)) == table
    assert write_fee_table(load_fee_table(write_fee_table(table))) == write_fee_table(table)


@pytest.mark.parametrize("case", PRICED, ids=[case["name"] for case in PRICED])
def test_a_use_costs_what_was_worked_out(case: dict[str, Any]) -> None:
    quote = price_wish(example_wish(case["wish"]), example_table(case["table"]))
    assert [[line.name, line.quantity, line.unit_yen] for line in quote.lines] == case["lines"]
    assert (quote.total_yen, quote.tax_yen, quote.deposit_yen) == (case["total"], case["tax"], case.get("deposit", 0))
    assert all(line.rule_id and line.source for line in quote.lines)


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_what_has_no_price_is_refused_with_every_fault(case: dict[str, Any]) -> None:
    with pytest.raises(FeeFaultsError) as refused:
        price_wish(example_wish(case["wish"]), example_table(case["table"]))
    assert [f"{fault.field}:{fault.why}" for fault in refused.value.faults] == case["faults"]


@pytest.mark.parametrize("case", EXAMPLES["refunds"], ids=[case["name"] for case in EXAMPLES["refunds"]])
def test_what_goes_back(case: dict[str, Any]) -> None:
    reason = RefundReason(case.get("reason", "reservee"))
    use_at = datetime(2026, 6, 10, 9, tzinfo=JST)
    ended_at = case["ended_at"].astimezone(UTC)
    given = assess_refund(example_table("hall"), Paid(12_350, 500), reason, ended_at=ended_at, from_at=use_at)
    assert (given.fee_yen, given.deposit_yen, given.rule_id) == (case["fee"], 500, case["rule"])


def test_a_file_of_a_table_is_read_or_refused_by_field() -> None:
    with pytest.raises(ValueError, match=r"rates\.0\.yen: .*100000000"):
        read_fee_toml(
            b'id="t"\nfacility_id="f"\nname="n"\nsource="s"\nfrom_on=2026-04-01\nuser_classes=["a"]\n'
            b'purposes=[{id="p",name="p"}]\nrates=[{id="r",charge="room",name="n",source="s",yen=999999999999}]'
        )
    with pytest.raises(ValueError, match="TOML"):
        read_fee_toml(b"\xff")
