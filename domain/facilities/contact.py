"""How a reservee's kana, e-mail address and telephone are written, so that one person is found however it was typed."""

import re
from unicodedata import normalize

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
_PHONE = re.compile(r"0[0-9]{9,10}")
_KANA = re.compile(r"[ァ-ヶー・A-Z0-9 .'-]*")
_BETWEEN_DIGITS = re.compile(r"[\s()\-‐-―−ー.]")
_DIGITS_LEAST = 3
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def tidy_text(text: str) -> str:
    """Give a text as one line with single blanks; its characters stay, for names have variants."""
    return " ".join(text.split())


def tidy_kana(text: str) -> str:
    """Give a reading in full-width katakana: ``ｱｵｷ たろう`` is ``アオキ タロウ``."""
    return tidy_text(normalize("NFKC", text).translate(_HIRAGANA).upper())


def tidy_email(text: str) -> str:
    """Give an address in half-width small letters without blanks."""
    return "".join(normalize("NFKC", text).split()).lower()


def tidy_phone(text: str) -> str:
    """Give a number of Japan as digits: ``＋８１（９０）１２３４-５６７８`` is ``09012345678``."""
    digits = _BETWEEN_DIGITS.sub("", normalize("NFKC", text))
    return "0" + digits[3:].removeprefix("0") if digits.startswith("+81") else digits


def spell_search(text: str) -> tuple[str, ...]:
    """Give the spellings under which something that was typed may be found: as it is, as reading, address, number."""
    flat = tidy_text(text)
    digits = tidy_phone(text)
    spellings = [flat, tidy_kana(text), tidy_email(text)]
    if digits.isdigit() and len(digits) >= _DIGITS_LEAST:
        spellings.append(digits)
    return tuple(dict.fromkeys(each for each in spellings if each))


def is_kana(text: str) -> bool:
    """Tell whether a tidied text is a reading."""
    return _KANA.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Tell whether a tidied text is an address that mail can be sent to."""
    return _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Tell whether a tidied text is a telephone number of Japan, 10 or 11 digits."""
    return _PHONE.fullmatch(text) is not None
