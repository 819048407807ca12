"""Which characters of a text the fonts cannot draw, variants among them: none may turn into an empty box unseen."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import typst
from fontTools.ttLib import TTFont

from sync.documents.selectors import is_selector


class Glyphs(NamedTuple):
    """What a font draws: code points, and pairs of a character and its selector (IVS, Unicode TR 37)."""

    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]


def load_glyphs(fonts: typst.Fonts, families: Iterable[str]) -> tuple[Glyphs, ...]:
    """Read what each installed face of the families draws; the regular one stands for a family's other weights."""
    wanted = set(families)
    faces = {(face.path, face.index) for face in fonts.fonts() if face.family in wanted and face.weight == 400}
    return tuple(_read(path, index) for path, index in sorted((path, index) for path, index in faces if path))


def find_undrawable(text: str, glyphs: Iterable[Glyphs]) -> tuple[str, ...]:
    """Give each character, with its selector, that none of the fonts draws; each once, in order."""
    faces = tuple(glyphs)
    lacking = (each for each in _clusters(text) if not any(_is_drawn(each, face) for face in faces))
    return tuple(dict.fromkeys(lacking))


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for character in text:
        if cluster and is_selector(character):
            yield cluster + character
            cluster = ""
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


def _is_drawn(cluster: str, glyphs: Glyphs) -> bool:
    if cluster.isspace():
        return True
    if len(cluster) == 1:
        return ord(cluster) in glyphs.characters
    return (ord(cluster[0]), ord(cluster[1])) in glyphs.variants


@lru_cache(maxsize=8)
def _read(path: str, index: int) -> Glyphs:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        tables = font["cmap"].tables
        characters = frozenset(font.getBestCmap())
        variants = frozenset(
            (base, selector)
            for table in tables
            if table.format == 14
            for selector, pairs in table.uvsDict.items()
            for base, _ in pairs
        )
    return Glyphs(characters, variants)
