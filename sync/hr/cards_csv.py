"""HR's file of cards: whose card is which, and what is printed on it; numbers become tokens while reading."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from store.people import Card
from sync.hr.card_numbers import CardNumbers
from sync.hr.cell_reader import CellReader
from sync.hr.csv_text import Line, to_rows

COLUMNS = {
    "職員番号": "staff_no", "staff_no": "staff_no",
    "カード種別": "card_kind", "card_kind": "card_kind",
    "カード番号": "card_number", "card_number": "card_number",
    "カード券面": "card_label", "券面": "card_label", "card_label": "card_label",
}  # fmt: skip
REQUIRED = frozenset({"staff_no", "card_kind", "card_number", "card_label"})


@dataclass(frozen=True, slots=True)
class CardLine:
    """One card as the file's line ``number`` gives it."""

    number: int
    card: Card


def read_cards(
    lines: Sequence[Line], columns: Mapping[str, str], site_key: bytes, staff: Collection[str]
) -> tuple[CardLine, ...]:
    """Read and check a file of cards; ``staff`` are the ids that stand.

    Raises:
        CsvError: anything is wrong; every error is named, never a number, and nothing of the file counts.
    """
    _, rows = to_rows(lines, columns, REQUIRED)
    reader = CellReader()
    numbers = CardNumbers(reader, site_key)
    found = []
    for row in rows:
        person_id = reader.identifier(row, "staff_no", "職員番号")
        if person_id not in staff:
            reader.wrong(row, "職員番号", "登録のない職員です / nobody of the staff; expected a registered number")
        if not row.cells["card_label"]:
            reader.wrong(row, "カード券面", "空にはできません / must not be empty")
        if not row.cells["card_number"]:
            reader.wrong(row, "カード番号", "空にはできません / must not be empty")
        token = numbers.token(row)
        if token is not None:
            found.append(CardLine(row.line, Card(token, person_id, row.cells["card_label"])))
    reader.demand_none()
    return tuple(found)
