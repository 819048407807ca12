"""How lists of people inside are laid out: by area, and by the first sound of the name. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.people.roll_call import RollLine
from gateway.site.description import Site
from gateway.site.places import AreaDescription

ROWS = "アカサタナハマヤラワ"
SOUNDS = (
    "アイウエオァィゥェォヴ",
    "カキクケコガギグゲゴ",
    "サシスセソザジズゼゾ",
    "タチツテトダヂヅデド",
    "ナニヌネノ",
    "ハヒフヘホバビブベボパピプペポ",
    "マミムメモ",
    "ヤユヨャュョ",
    "ラリルレロ",
    "ワヲン",
)
OTHER_ROW = "他"


@dataclass(frozen=True, slots=True)
class AreaRoll:
    """The people of one area; ``area`` is None where it is not known."""

    area: AreaDescription | None
    lines: tuple[RollLine, ...]


def group_by_area(lines: Iterable[RollLine], site: Site) -> tuple[AreaRoll, ...]:
    """Give the lines by area in the order of the site's file, those of no known area last."""
    order: list[AreaDescription | None] = [*site.areas, None]
    known = {area.id: area for area in site.areas}
    found: dict[str, list[RollLine]] = {}
    for line in lines:
        found.setdefault(line.listed.area_id if line.listed.area_id in known else "", []).append(line)
    return tuple(
        AreaRoll(area, tuple(found[area.id if area else ""])) for area in order if (area.id if area else "") in found
    )


def kana_row(kana: str) -> str:
    """Give the row (ア, カ, …) of a name's first sound; 他 for one without kana."""
    first = kana[:1]
    rows = zip(ROWS, SOUNDS, strict=True)
    return next((row for row, sounds in rows if first and first in sounds), OTHER_ROW)


def list_rows(lines: Sequence[RollLine]) -> list[tuple[str, int]]:
    """Give the rows that there are names in, with their number, in order."""
    counted: dict[str, int] = {}
    for line in lines:
        row = kana_row(line.listed.kana)
        counted[row] = counted.get(row, 0) + 1
    return [(row, counted[row]) for row in (*ROWS, OTHER_ROW) if row in counted]
