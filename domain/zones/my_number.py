"""Finding what may be a 個人番号: twelve digits whose last is the check digit of the others. It is refused everywhere.

The check digit: 平成26年総務省令第85号 (番号利用法の規定による通知カード及び個人番号カード等に関する省令) 第5条.
"""

import re
import unicodedata

DIGITS = 12
_MODULUS = 11

_RUN = re.compile(r"(?<!\d)\d(?:[ \-‐‑–—−ー・.]?\d){11}(?![ \-‐‑–—−ー・.]?\d)")
"""Twelve digits in a row, as people part them; a longer row of digits is something else."""


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

    Full-width digits and those parted by blanks, hyphens or dots count too.
    """
    narrow = "".join(_narrow(mark) for mark in text)
    return tuple(
        found.span()
        for found in _RUN.finditer(narrow)
        if is_my_number("".join(mark for mark in found.group() if mark.isdigit()))
    )


def _narrow(mark: str) -> str:
    """Give a digit of any script as ASCII, and every other mark as it is: positions stay."""
    digit = unicodedata.digit(mark, None)
    return mark if digit is None else str(digit)
