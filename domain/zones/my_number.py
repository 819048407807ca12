"""Finding what may be a 個人番号: twelve digits whose last is the check digit of the others. It is refused everywhere.

The check digit: 平成26年総務省令第85号 (番号利用法の規定による通知カード及び個人番号カード等に関する省令) 第5条.

One in eleven of all twelve digits passes, so what is no number of a person must not be taken for one: a word that is an
id, a hash, a card's number, a day or an address (``_TOKEN``) is left out.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

DIGITS = 12
WORDS = "個人番号らしい12桁の数字があります。消してください / twelve digits that may be a My Number; remove them"
"""What is said where one stands, after the place."""

_MODULUS = 11

_BLANKS = r" \u00a0\u2009\u202f\u3000\-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\uff0d\u30fb\uff65"
"""What people put between digits: blanks, hyphens of all kinds, middle dots."""

_DOTS = r"\uff0e."
"""These part fours alone: elsewhere they begin the decimals of a number."""

_ROW = re.compile(rf"\d[\d{_BLANKS}{_DOTS}]{{10,}}\d", re.ASCII)
"""Digits and what parts them, long enough: most texts have none, so the closer look is rare."""

_RUN = re.compile(
    rf"(?<!\d)\d{{12}}(?!\d)"
    rf"|(?<!\d)\d{{4}}([{_BLANKS}{_DOTS}])\d{{4}}\1\d{{4}}(?!\1?\d)"
    rf"|(?<!\d)(?<!\d[{_BLANKS}{_DOTS}])\d(?:[{_BLANKS}]?\d){{11}}(?![{_BLANKS}{_DOTS}]?\d)",
    re.ASCII,
)
"""Twelve digits in one piece; in fours; or parted anywhere, and then a longer row is something else (days in a row)."""

_TOKEN = re.compile(
    r"(?<![0-9A-Za-z_])(?:"
    r"(?=[0-9A-Za-z_\-]*[A-Za-z])"
    r"(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"  # a UUID
    r"|(?:[a-z]{2,5}_)?(?:[0-9A-Fa-f]{24,}|[0-9A-Fa-f]{14}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{20})"  # a hash, a card's number
    r"|[0-9A-Za-z_\-]{40,})"  # a secret of a session or a form
    r"|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"  # a MAC address
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])"  # a day
    r"|(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"  # an IPv4 address
    r"|\+81(?:[ \-]?\d){9,10}"  # a telephone number as abroad
    r")(?![0-9A-Za-z_\-])"
)
"""What a machine drew, and what has a known form of its own: no person's number looks so."""

_AROUND = 64
"""Marks on either side in which a word with a known form is looked for."""


class MyNumberError(Exception):
    """What may be a 個人番号 stands where none may be; ``place`` says where, and nothing says the digits.

    ``is_ours`` where it is not somebody who brings it but we who would give it away.
    """

    def __init__(self, place: str, *, is_ours: bool = False) -> None:
        super().__init__(f"{place}: {WORDS}")
        self.place = place
        self.is_ours = is_ours


def derive_check_digit(digits: str) -> int:
    """Give the check digit of the first eleven digits: 11 − (Σ Pn·Qn mod 11), and 0 where the remainder is 0 or 1.

    Pn is the n-th digit from the right; Qn is n + 1 up to the sixth, n − 5 from the seventh on.
    """
    weighted = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits), 1))
    remainder = weighted % _MODULUS
    return 0 if remainder <= 1 else _MODULUS - remainder


def is_my_number(digits: str) -> bool:
    """Tell whether twelve digits may be a 個人番号."""
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return False
    return int(digits[-1]) == derive_check_digit(digits[:-1])


def find_my_numbers(text: str) -> tuple[tuple[int, int], ...]:
    """Give where a text has what may be a 個人番号, as (first mark, mark behind the last); never the digits themselves.

    Full-width digits and those parted by blanks, hyphens or dots count too; ids, hashes and cards' numbers do not.
    """
    narrow = text if text.isascii() else text.translate(_narrow_digits())
    rows = (row.span() for row in _ROW.finditer(narrow))
    runs = (found for first, behind in rows for found in _RUN.finditer(narrow, first, behind))
    return tuple(found.span() for found in runs if _is_meant(narrow, found))


def _is_meant(text: str, found: re.Match[str]) -> bool:
    if not is_my_number("".join(mark for mark in found.group() if mark.isdigit())):
        return False
    first, behind = found.span()
    if found[1] and re.search(rf"\d{re.escape(found[1])}$", text[max(0, first - 2) : first]):
        return False  # a fourth group of four stands before: a card's number
    begin = max(0, first - _AROUND)
    words = _TOKEN.finditer(text[begin : behind + _AROUND])
    return not any(begin + word.start() < behind and first < begin + word.end() for word in words)


def refuse_my_numbers(texts: Iterable[tuple[str, str]], *, is_ours: bool = False) -> None:
    """Let texts go on that hold none; each comes as (where it stands, the text).

    Args:
        texts: what comes in or goes out.
        is_ours: whether it is we who give them away.

    Raises:
        MyNumberError: one holds what may be a 個人番号; the error names the place of the first.
    """
    for place, text in texts:
        if find_my_numbers(text):
            raise MyNumberError(place, is_ours=is_ours)


def spell_texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Give every text and whole number of a tree of mappings and lists with its place, as ``rooms.3.name``.

    A mapping's keys are texts too.
    """
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield place, str(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            below = f"{place}.{key}" if place else str(key)
            yield (f"{place}." if place else "") + "?", str(key)
            yield from spell_texts(each, below)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value, start=1):
            yield from spell_texts(each, f"{place}.{number}" if place else str(number))


@lru_cache
def _narrow_digits() -> dict[int, str]:
    """Give each digit of any script as ASCII: positions in a text stay."""
    marks = ((point, unicodedata.digit(chr(point), None)) for point in range(128, sys.maxunicode + 1))
    return {point: str(digit) for point, digit in marks if digit is not None}
