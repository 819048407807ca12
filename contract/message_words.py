"""The words of messages by kind and language: TOML files beside this module, checked once when they are read.

Three lengths: ``title`` and ``short`` name nobody and nothing but a month and a count, for they may leave the city's
own network; ``body`` is for the recipient's page and mail.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from domain.notices.message import Message

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")
OPEN_FIELDS = frozenset({"period", "count"})
"""What title and short may be filled with."""
_OWN_FIELDS = "application_kind due forecast key limit note on overtime planner room rule"
FIELDS = OPEN_FIELDS | frozenset(_OWN_FIELDS.split())
UNKNOWN = "—"
"""Stands for a filling that is missing."""
FILLING_MAX = 60
_HEADS = ("digest_title", "digest_short", "open", "words")


def _only(allowed: frozenset[str], text: str) -> str:
    asked = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if asked - allowed:
        raise ValueError(f"expected only {sorted(allowed)}, found {sorted(asked - allowed)}")
    return text


OpenText = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(lambda text: _only(OPEN_FIELDS, text))]
OwnText = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(lambda text: _only(FIELDS, text))]


class KindWords(BaseModel):
    """How one kind of message is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: OpenText
    body: OwnText
    short: OpenText


class MessageWords(BaseModel):
    """A language's words: by kind, those of the digest, and the words that stand for stored ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digest_title: OpenText
    digest_short: OpenText
    open: OpenText
    kinds: Mapping[str, KindWords]
    words: Mapping[str, Mapping[str, str]]

    def say(self, message: Message) -> KindWords:
        """Give a message's words, filled; what is missing is a dash, and stored words are translated.

        Raises:
            KeyError: no such kind.
        """
        words = self.kinds[message.kind]
        filled = {name: self._word(name, message.filling.get(name, UNKNOWN)) for name in FIELDS}
        said = {name: getattr(words, name).format_map(filled) for name in KindWords.model_fields}
        return KindWords.model_construct(None, **said)

    def say_digest(self, count: int) -> tuple[str, str]:
        """Give the title and the short text of a digest of so many messages."""
        return self.digest_title.format(count=count), self.digest_short.format(count=count)

    def _word(self, name: str, value: str) -> str:
        flat = " ".join(self.words.get(name, {}).get(value, value).split())
        return flat if len(flat) <= FILLING_MAX else f"{flat[: FILLING_MAX - 1]}…"


@lru_cache
def load_message_words(language: Language) -> MessageWords:
    """Read a language's words.

    Raises:
        ValidationError: the file is not as it has to be.
    """
    text = (files("contract") / "messages" / f"{language}.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    heads = {name: told.pop(name) for name in _HEADS if name in told}
    return TypeAdapter(MessageWords).validate_python({**heads, "kinds": told})
