"""Card numbers in HR's files: they become tokens while reading and stand in no message."""

import re

from contract.tokens import credential_token
from sync.hr.cell_reader import CellReader
from sync.hr.csv_text import Row

CARD_KINDS = {
    "felica_idm": "felica_idm", "FeliCa": "felica_idm",
    "iso14443_uid": "iso14443_uid", "MIFARE": "iso14443_uid", "TypeA": "iso14443_uid",
    "simulated": "simulated",
}  # fmt: skip
_DIGITS = {"felica_idm": {16}, "iso14443_uid": {8, 14, 20}}
_DIGITS_OTHERWISE = set(range(2, 33, 2))


class CardNumbers:
    """Turns cells into tokens; the same card twice in a file is an error, kept with the reader's."""

    def __init__(self, reader: CellReader, site_key: bytes) -> None:
        self._reader = reader
        self._site_key = site_key
        self._lines: dict[str, int] = {}

    def token(self, row: Row) -> str | None:
        """Give the token of the row's ``card_kind`` and ``card_number``; None when it has none or a wrong one."""
        number = row.cells.get("card_number", "").replace(":", "").replace(" ", "")
        if not number:
            return None
        kind = CARD_KINDS.get(row.cells.get("card_kind", ""))
        if kind is None:
            self._reader.wrong(row, "カード種別", f"expected one of {', '.join(CARD_KINDS)}")
            return None
        lengths = _DIGITS.get(kind, _DIGITS_OTHERWISE)
        if len(number) not in lengths or not re.fullmatch(r"[0-9a-fA-F]+", number):
            digits = " / ".join(str(each) for each in sorted(lengths)) if len(lengths) < 4 else "2-32"
            self._reader.wrong(row, "カード番号", f"16進 {digits} 桁 / expected {digits} hex digits")
            return None
        identifier = bytes.fromhex(number)
        if kind == "felica_idm":
            # The upper bits of an IDm's first byte are the system's number and vary by polling, as at the readers.
            identifier = bytes((identifier[0] & 0x0F,)) + identifier[1:]
        token = credential_token(self._site_key, kind, identifier)
        if first := self._lines.get(token):
            self._reader.wrong(row, "カード番号", f"{first}行目と同じカードです / the same card as line {first}")
        self._lines.setdefault(token, row.line)
        return token
