"""Every word of the citizens' pages by key, in Japanese (``ja/``) and English (``en/``)."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.pages.words import Language, load_catalogue

CATALOGUES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {language: load_catalogue(language, __package__) for language in Language}
)


def say(language: Language, key: str, **names: object) -> str:
    """Give a key's text with its names filled in.

    Raises:
        KeyError: the key, or a name that it asks for, is not given: a programming error, never shown to anybody.
    """
    return CATALOGUES[language][key].format(**names)
