"""The message catalogues: every word a page shows, by key, in Japanese (``ja/``) and English (``en/``).

Each file is one matter; a key's first word stands in one file alone. A key's text may hold ``{names}`` that the page
fills in. Both folders have the same keys with the same names.
"""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class Language(StrEnum):
    """A language of the pages; Japanese is the default."""

    ja = "ja"
    en = "en"


def load_catalogue(language: Language, package: str = __package__) -> Mapping[str, str]:
    """Read one catalogue of a package as flat keys: ``month.title``.

    Raises:
        ValueError: two files begin keys with the same word.
    """
    data: dict[str, Any] = {}
    for file in sorted(files(package).joinpath(language).iterdir(), key=lambda each: each.name):
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        if twice := data.keys() & tables.keys():
            raise ValueError(f"{language}/{file.name}: {sorted(twice)} stand in another file already")
        data |= tables
    return MappingProxyType(dict(_flatten(data, "")))


def _flatten(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flatten(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value))
    return found


CATALOGUES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {language: load_catalogue(language) for language in Language}
)


def say(language: Language, key: str, **names: object) -> str:
    """Give a key's text with its names filled in.

    Raises:
        KeyError: the key, or a name it asks for, is not given: a programming error, never shown to a person.
    """
    return CATALOGUES[language][key].format(**names)


def say_or(language: Language, key: str, otherwise: str) -> str:
    """Give a key's text, or ``otherwise`` for a word that a newer device or profile sends and we do not know yet."""
    return CATALOGUES[language].get(key, otherwise)
