"""The desk's register of the cards it made: one line a card, ``cards.csv``, never a card's own number.

It says which cards a re-key has still to come by. It is replaced whole after every card, so that an interrupted run, a
power cut or a full disk leaves a register that is true for every card but the last, which the card itself tells.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from contract.fields import Token
from contract.technologies import KeyedTechnology
from domain.ids import CredentialToken
from domain.zones.my_number import find_my_numbers
from readers.keys.labels import VERSION_MAX, VERSION_MIN
from readers.whole_file import hold_file, replace_file
from sync.hr.csv_text import CsvError, Row, RowError, read_rows

COLUMNS = {
    "カードトークン": "token", "token": "token",
    "カード種別": "technology", "technology": "technology",
    "鍵の版": "key_version", "key_version": "key_version",
    "カード券面": "label", "label": "label",
}  # fmt: skip
"""Column by heading, Japanese or English; the desk writes the English ones."""

_FORMULA_STARTS = ("=", "+", "-", "@")
"""A cell that begins so is run by spreadsheets."""

HEADING = ("token", "technology", "key_version", "label")
_EXPECTED = {
    "token": "16進32桁の小文字 / 32 lower-case hexadecimal digits",
    "technology": "desfire / felica_lite_s",
    "key_version": f"{VERSION_MIN}-{VERSION_MAX}",
    "label": "60字まで、先頭は = + - @ 以外、個人番号は不可 / "
    "at most 60 printable characters, not beginning with = + - @, no My Number",
}


class RegisterError(Exception):
    """The register cannot be used; the text names every line that is wrong."""


def _printed(label: str) -> str:
    if find_my_numbers(label) or not label.isprintable() or label != label.strip() or label.startswith(_FORMULA_STARTS):
        raise ValueError
    return label


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Token
    technology: KeyedTechnology
    key_version: Annotated[int, Field(ge=VERSION_MIN, le=VERSION_MAX)]
    label: Annotated[str, Field(max_length=60), AfterValidator(_printed)]


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """One card of ours: its token, its technology, the version of its keys, and what is printed on it."""

    token: CredentialToken
    technology: KeyedTechnology
    key_version: int
    label: str

    @classmethod
    def checked(cls, token: str, technology: str, key_version: int | str, label: str) -> "IssuedCard":
        """Make one from what a person or a file says.

        Raises:
            ValueError: a field is wrong; names it and says what was expected, a line a field.
        """
        try:
            line = _Line.model_validate(
                {"token": token, "technology": technology, "key_version": key_version, "label": label}
            )
        except ValidationError as error:
            fields = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_url=False))
            raise ValueError("\n".join(f"{name}: {_EXPECTED[name]}" for name in fields)) from None
        return cls(CredentialToken(line.token), line.technology, line.key_version, line.label)

    def as_csv(self) -> str:
        """Give the card's line, without an end of line."""
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow((self.token, self.technology, self.key_version, self.label))
        return text.getvalue()


class CardRegister:
    """The register, held by one desk at a time; see :func:`open_register`."""

    def __init__(self, path: Path | None, cards: list[IssuedCard]) -> None:
        """Hold cards; without a path they are held for this run alone."""
        self._path = path
        self._cards = {card.token: card for card in cards}

    @property
    def cards(self) -> tuple[IssuedCard, ...]:
        """Every card, in the order in which they were made."""
        return tuple(self._cards.values())

    def find(self, token: CredentialToken) -> IssuedCard | None:
        """Give a card, None when it is not in the register."""
        return self._cards.get(token)

    def behind(self, technology: KeyedTechnology, key_version: int) -> tuple[IssuedCard, ...]:
        """Give the cards of a technology whose keys are of another version."""
        return tuple(card for card in self.cards if card.technology == technology and card.key_version != key_version)

    def enter(self, card: IssuedCard) -> IssuedCard:
        """Write a card down, in place of what stood there of it; it has survived a power cut when this returns.

        A card that comes without a label keeps the one it has; gives it as it stands there now.

        Raises:
            OSError: the register cannot be written; it stands as it was.
        """
        before = self._cards.get(card.token)
        if before is not None and not card.label:
            card = replace(card, label=before.label)
        if before == card:
            return card
        cards = {**self._cards, card.token: card}
        if self._path is not None:
            lines = [",".join(HEADING), *(each.as_csv() for each in cards.values())]
            replace_file(self._path, ("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
        self._cards = cards
        return card


@contextmanager
def open_register(path: Path) -> Iterator[CardRegister]:
    """Read the register (an absent one is empty) and keep other desks from writing it meanwhile.

    Raises:
        RegisterError: it cannot be read, its folder cannot be written, or lines of it are wrong.
        FileHeldError: another desk works with it.
    """
    if not path.parent.is_dir():
        raise RegisterError(f"{path}: フォルダーがありません / there is no folder {path.parent}; make it first")
    with hold_file(path):
        try:
            register = CardRegister(path, _read(path))
        except CsvError as error:
            raise RegisterError(f"{path}:\n{error}") from None
        yield register


def _read(path: Path) -> list[IssuedCard]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RegisterError(f"台帳を読めません / cannot read the register {path}: {error.strerror}") from None
    _, rows = read_rows(data, COLUMNS, frozenset(HEADING))
    errors: list[RowError] = []
    cards: dict[str, IssuedCard] = {}
    for row in rows:
        card = _card_of(row, errors)
        if card is not None and card.token in cards:
            errors.append(RowError(row.line, "token", "同じカードが二度あります / the card stands there twice"))
        elif card is not None:
            cards[card.token] = card
    if errors:
        raise CsvError(tuple(errors))
    return list(cards.values())


def _card_of(row: Row, errors: list[RowError]) -> IssuedCard | None:
    cells = row.cells
    try:
        return IssuedCard.checked(cells["token"], cells["technology"], cells["key_version"], cells["label"])
    except ValueError as error:
        for fault in str(error).splitlines():
            name, _, expected = fault.partition(": ")
            errors.append(RowError(row.line, name, expected))
        return None
