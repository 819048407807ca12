"""Months as addresses and forms name them, ``2025-11``, and those beside them. Pure."""

import re
from datetime import date

_MONTH = r"20[0-9]{2}-(0[1-9]|1[0-2])"
MONTH_PATTERN = f"^({_MONTH})?$"
"""``2025-11``, or nothing."""


def is_month(text: str) -> bool:
    """Tell whether a text names a month."""
    return re.fullmatch(_MONTH, text) is not None


def month_of(on: date) -> str:
    """Give the month of a day."""
    return f"{on:%Y-%m}"


def shift_month(month: str, months: int) -> str:
    """Give the month so many months after another; before it with a number below 0."""
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + months, 12)
    return f"{year}-{index + 1:02d}"


def if_begun(month: str, today: date) -> str:
    """Give a month that has begun; empty for one to come."""
    return month if month <= month_of(today) else ""
