"""The worked examples of fees, read from their file; where a wish says nothing, it is a resident's own, by the slot."""

import tomllib
from pathlib import Path
from typing import Any

from contract.fee_tables import read_fee_table
from domain.facilities.fee_quote import FeeWish
from domain.facilities.fee_table import FeeTable

EXAMPLES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "fee_examples.toml").read_text(encoding="utf-8"))


def example_table(name: str) -> FeeTable:
    """Give one of the example tables."""
    return read_fee_table(EXAMPLES["tables"][name])


def example_wish(plain: dict[str, Any]) -> FeeWish:
    """Give a case's wish; 0 minutes of an option are the whole time."""
    given = dict(plain)
    slot = given.pop("slot", None)
    if slot is not None:
        given = {"from_minute": slot[1], "to_minute": slot[2]} | given
    options = tuple((id_, minutes or None) for id_, minutes in given.pop("options", ()))
    units = tuple((id_, count) for id_, count in given.pop("units", ()))
    defaults = {"is_holiday": False, "user_class": "inside", "purpose": "general"}
    reductions = tuple(given.pop("reductions", ()))
    return FeeWish(
        **(defaults | given),
        slot=None if slot is None else tuple(slot),
        options=options,
        units=units,
        reductions=reductions,
    )
