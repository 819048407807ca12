"""The words of letters to citizens: TOML files beside this module, checked once when they are read.

A letter says everything twice, in Japanese first and then in English. A subject is filled with nothing, for it is read
on locked screens; no letter names the person it goes to.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from domain.civil import JST, minute_on
from domain.notices.reservee_letter import LetterKind

LANGUAGES = ("ja", "en")
FIELDS = frozenset({"code", "minutes", "facility", "room", "when", "until", "name", "count", "key"})
FILLING_MAX = 80
UNKNOWN = "—"
"""Stands for a filling that is missing."""
_RULE = "-" * 40
_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def _knows_its_fields(text: str) -> str:
    asked = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if asked - FIELDS:
        raise ValueError(f"expected only {sorted(FIELDS)}, found {sorted(asked - FIELDS)}")
    return text


def _is_plain(text: str) -> str:
    if "{" in text:
        raise ValueError("expected a subject without anything to be filled in")
    return text


class LetterWords(BaseModel):
    """How one kind of letter is said in a language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_is_plain)]
    body: Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_knows_its_fields)]


class LetterBook(BaseModel):
    """A language's letters: how each ends, how its link is introduced, and the kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    open: str
    foot: str
    kinds: Mapping[LetterKind, LetterWords]

    @model_validator(mode="after")
    def _is_whole(self) -> "LetterBook":
        if missing := set(LetterKind) - set(self.kinds):
            raise ValueError(f"expected words for {sorted(missing)}")
        return self


@lru_cache
def load_letter_book(language: str) -> LetterBook:
    """Read a language's letters.

    Raises:
        ValidationError: the file is not as it has to be.
    """
    told = tomllib.loads((files("contract") / "letters" / f"{language}.toml").read_text(encoding="utf-8"))
    heads = {name: told.pop(name) for name in ("open", "foot") if name in told}
    return TypeAdapter(LetterBook).validate_python({**heads, "kinds": told})


def compose_letter(kind: LetterKind, filling: Mapping[str, str], link: str) -> tuple[str, str]:
    """Give the subject and the text of a letter; what is missing of its filling is a dash.

    Args:
        kind: what it is about.
        filling: as in ``domain.notices.reservee_letter``; what ends in ``_en`` stands in the English half.
        link: a whole address, or nothing.
    """
    subjects, parts = [], []
    for language in LANGUAGES:
        book = load_letter_book(language)
        words = book.kinds[kind]
        body = words.body.format_map(_fill(filling, language))
        subjects.append(words.subject)
        parts.append("\n\n".join([body, *([f"{book.open}\n{link}"] if link else []), book.foot]))
    return " / ".join(subjects), f"\n\n{_RULE}\n".join(parts) + "\n"


def _fill(filling: Mapping[str, str], language: str) -> dict[str, str]:
    told = {name: filling.get(name, UNKNOWN) for name in FIELDS}
    if language == "en":
        told |= {name: filling[f"{name}_en"] for name in FIELDS if filling.get(f"{name}_en")}
    if "from_at" in filling and "until_at" in filling:
        span = datetime.fromisoformat(filling["from_at"]), datetime.fromisoformat(filling["until_at"])
        told["when"] = write_span(*span, language=language)
    if "ends_at" in filling:
        told["until"] = write_moment(datetime.fromisoformat(filling["ends_at"]), language=language)
    return {name: _cut(" ".join(text.split())) for name, text in told.items()}


def write_moment(at: datetime, *, language: str) -> str:
    """Write an instant with its day of the week: ``2026年12月1日（火）09:00`` or ``Tue 2026-12-01 09:00``."""
    local = at.astimezone(JST)
    weekday, clock = _WEEKDAYS[language][local.weekday()], local.strftime("%H:%M")
    if language == "en":
        return f"{weekday} {local:%Y-%m-%d} {clock}"
    return f"{local.year}年{local.month}月{local.day}日（{weekday}）{clock}"


def write_span(from_at: datetime, until_at: datetime, *, language: str) -> str:
    """Write a stretch of time; one that ends on another day names that day too."""
    on = from_at.astimezone(JST).date()
    is_one_day = minute_on(until_at, on) < 24 * 60
    end = until_at.astimezone(JST).strftime("%H:%M") if is_one_day else write_moment(until_at, language=language)
    return f"{write_moment(from_at, language=language)}{'〜' if language == 'ja' else '–'}{end}"


def _cut(text: str) -> str:
    return text if len(text) <= FILLING_MAX else f"{text[: FILLING_MAX - 1]}…"
