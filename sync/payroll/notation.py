"""How a figure is written and read: whole minutes, H.MM (sexagesimal), h:mm, decimal hours; days and hours as numbers.

3 h 15 min are ``195``, ``3.15``, ``3:15`` and ``3.25``. Minutes stay whole until they are written, once.
"""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from domain.civil import format_h_mm

FIGURE_MAX = 10_000_000
_ROUNDINGS = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
_SEXAGESIMAL = re.compile(r"(-?)([0-9]{1,6})(?:[.:]([0-5]?[0-9]))?")
_DECIMAL = re.compile(r"-?[0-9]{1,7}(?:\.[0-9]{1,6})?")


def write_figure(amount: int, unit: str, *, digits: int = 2, rounding: str = "half_up") -> str:
    """Write a whole amount (minutes; hours for ``hours``; days for ``days``) in a unit.

    ``digits`` and ``rounding`` hold for ``decimal``; ``days`` takes ``digits`` too.
    """
    match unit:
        case "h.mm":
            return format_h_mm(amount)
        case "h:mm":
            return format_h_mm(amount).replace(".", ":")
        case "decimal":
            step = Decimal(1).scaleb(-digits)
            hours = (Decimal(amount) / 60).quantize(step, rounding=_ROUNDINGS[rounding])
            return f"{abs(hours) if hours == 0 else hours:f}"
        case "days":
            return f"{Decimal(amount).quantize(Decimal(1).scaleb(-digits)):f}"
        case _:
            return str(amount)


def read_figure(text: str, unit: str) -> int:
    """Read a figure back as a whole amount; nothing is 0. Decimal hours are read to the nearest minute.

    Raises:
        ValueError: the text is no figure of that unit; the message says what was expected.
    """
    plain = text.strip()
    if not plain:
        return 0
    if unit in {"h.mm", "h:mm"}:
        match = _SEXAGESIMAL.fullmatch(plain)
        if match is None or (match[3] is not None and len(match[3]) == 1):
            raise ValueError(f"{text!r}: 時間として読めません / no time; expected {unit}, minutes with two digits")
        return (-1 if match[1] else 1) * (int(match[2]) * 60 + int(match[3] or 0))
    if _DECIMAL.fullmatch(plain) is None:
        raise ValueError(f"{text!r}: 数として読めません / no number; expected {unit}")
    value = Decimal(plain) * (60 if unit == "decimal" else 1)
    whole = value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if unit != "decimal" and whole != value:
        raise ValueError(f"{text!r}: 整数ではありません / not whole; expected {unit}")
    return int(whole)
