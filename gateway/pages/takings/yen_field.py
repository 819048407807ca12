"""Yen as somebody types them into a field. Pure."""

import re
from unicodedata import normalize

from domain.facilities.fee_fault import FeeFault, FeeWhy

YEN_MAX = 100_000_000
_YEN = re.compile(r"[¥\\]?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})円?")


def read_yen(field: str, text: str, faults: list[FeeFault]) -> int:
    """Give the yen of a field, ``12,000`` or ``１２０００円``; where they cannot be read, 0 and one fault more."""
    flat = "".join(normalize("NFKC", text).split())
    match = _YEN.fullmatch(flat)
    if match is None:
        faults.append(FeeFault(field, FeeWhy.no_amount))
        return 0
    yen = int(match["digits"].replace(",", ""))
    if yen > YEN_MAX:
        faults.append(FeeFault(field, FeeWhy.out_of_range, {"last": YEN_MAX}))
        return 0
    return yen
