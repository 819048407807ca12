"""What the columns of a file mean: as somebody saved it, or guessed from the headings; what is unsure is named."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEFT_OUT = ""
"""The field of a column that is meant to be left out."""

_NOISE = re.compile(r"[\s_\-・／/　]|\(.*?\)")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """The field by heading, and what keeps the file from being read.

    ``unknown`` are headings that mean nothing known, ``missing`` fields that no heading stands for, ``doubled``
    headings that stand twice or mean what another means already.
    """

    columns: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether the file can be read by it."""
        return not (self.unknown or self.missing or self.doubled)

    def faults(self, known: Mapping[str, str]) -> tuple[str, ...]:
        """Say what is wrong, Japanese first; ``known`` gives the field by known heading."""
        example = {field: heading for heading, field in reversed(list(known.items()))}
        return (
            *(
                f"{each}: この列の意味が分かりません / unknown column; say what it means, or leave it out"
                for each in self.unknown
            ),
            *(f"{each}: 同じ意味の列が二つあります / the column stands twice; expected one" for each in self.doubled),
            *(f"{example.get(each, each)}: 必須の列です / required column ({each})" for each in self.missing),
        )


def guess_columns(
    headings: Sequence[str],
    known: Mapping[str, str],
    required: frozenset[str],
    saved: Mapping[str, str] | None = None,
) -> ColumnGuess:
    """Say what each heading means.

    Args:
        headings: the file's headings in their order.
        known: the field by each heading that the kind of file knows.
        required: the fields that must be there.
        saved: what somebody said for this source; it goes before every guess.
    """
    loose = {_plain(heading): field for heading, field in reversed(list(known.items()))}
    names = [heading.strip() for heading in headings]
    columns: dict[str, str] = {}
    unknown: list[str] = []
    doubled = [name for name, times in Counter(names).items() if times > 1]
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        field = _field(name, known, loose, saved or {})
        if field is None:
            unknown.append(name or "-")
            continue
        if field != LEFT_OUT and field in taken:
            doubled.append(name)
        taken.add(field)
        columns[name] = field
    missing = sorted(required - taken)
    return ColumnGuess(columns, tuple(unknown), tuple(missing), tuple(dict.fromkeys(doubled)))


def _field(name: str, known: Mapping[str, str], loose: Mapping[str, str], saved: Mapping[str, str]) -> str | None:
    if name in saved and (saved[name] == LEFT_OUT or saved[name] in known.values()):
        return saved[name]
    return known.get(name) or loose.get(_plain(name))


def _plain(heading: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading)).casefold()
