"""A provider's file of payouts (入金明細) as data: where each figure stands, in which bytes.

A layout is a TOML file. Known ones lie in ``layouts/``; a city may bring its own of the same form.
"""

import codecs
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from domain.facilities.fee_fault import FeeWhy, refuse
from domain.facilities.takings import BY_PROVIDER, Method

BYTES_MAX = 100_000
_SHIPPED = files("gateway.payouts") / "layouts"

Heading = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Headings = Annotated[tuple[Heading, ...], Field(max_length=10)]


class LayoutError(ValueError):
    """A layout that cannot be used; the text names the field and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Marks(_Strict):
    """Lines whose cell under a heading says one of some words."""

    heading: Heading
    words: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]


class PayoutLayout(_Strict):
    """A whole layout; columns are named by their headings."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: Text
    source: Text
    """Where the form is described, and what of it is an assumption."""
    methods: Annotated[frozenset[Method], Field(min_length=1)]
    encoding: Literal["cp932", "utf-8", "utf-16"] = "utf-8"
    """A byte-order mark is not minded."""
    delimiter: Literal[",", "\t", ";"] = ","
    lines_before: Annotated[int, Field(ge=0, le=50)] = 0
    """Lines above the headings."""
    reference: Heading
    used_on: Heading
    used_form: Text = "%Y/%m/%d"
    """As of ``strptime``; a time is read and not looked at."""
    gross: Heading
    commission: Headings = ()
    """Columns that together are the commission, with its tax."""
    net: Heading | None = None
    """What reaches the account; without it gross less commission."""
    paid_on: Heading | None = None
    paid_form: Text = "%Y/%m/%d"
    only: Marks | None = None
    """Only these lines are payouts; others are passed over."""
    refunds: Marks | None = None
    """These lines went back, where amounts have no sign of their own."""
    days_apart: Annotated[int, Field(ge=0, le=31)] = 1
    """How far their day may be from ours."""

    @model_validator(mode="after")
    def _is_of_providers(self) -> Self:
        if astray := sorted(self.methods - BY_PROVIDER):
            raise ValueError(f"methods: {', '.join(astray)} は決済事業者を通りません / expected card, emoney or qr")
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        """Give every heading that has to be there, each once."""
        marks = [each.heading for each in (self.only, self.refunds) if each is not None]
        named = [self.reference, self.used_on, self.gross, *self.commission, self.net, self.paid_on, *marks]
        return tuple(dict.fromkeys(each for each in named if each is not None))

    @property
    def codec(self) -> str:
        """Give the codec that minds no byte-order mark."""
        return codecs.lookup({"utf-8": "utf-8-sig"}.get(self.encoding, self.encoding)).name


def list_layouts() -> tuple[str, ...]:
    """Give the names of the shipped layouts, in order."""
    return tuple(sorted(each.name.removesuffix(".toml") for each in _SHIPPED.iterdir() if each.name.endswith(".toml")))


def load_layout(name: str) -> PayoutLayout:
    """Give a shipped layout.

    Raises:
        FeeFaultsError: there is none of that name.
    """
    if name not in list_layouts():
        raise refuse("layout", FeeWhy.no_layout, name=name)
    return parse_layout((_SHIPPED / f"{name}.toml").read_bytes(), f"{name}.toml")


def load_layouts(folder: Path | None = None) -> dict[str, PayoutLayout]:
    """Give the shipped layouts and a city's own ones from a folder, by name, in order.

    Raises:
        LayoutError: a file of the folder cannot be used, or bears a name that stands already.
    """
    known = {name: load_layout(name) for name in list_layouts()}
    for file in sorted(folder.glob("*.toml")) if folder else ():
        layout = load_city_layout(file)
        if layout.name in known:
            raise LayoutError(
                f"{file.name}: name: {layout.name} はすでにあります。別の名前にしてください / "
                f"{layout.name} stands already; give it another name"
            )
        known[layout.name] = layout
    return dict(sorted(known.items()))


def load_city_layout(file: Path) -> PayoutLayout:
    """Give a city's own layout.

    Raises:
        LayoutError: it cannot be read or is malformed; every field is named.
    """
    try:
        with file.open("rb") as source:
            return parse_layout(source.read(BYTES_MAX + 1), file.name)
    except OSError as error:
        raise LayoutError(f"{file.name}: 読めません / cannot be read: {error.strerror}") from None


def parse_layout(data: bytes, told: str) -> PayoutLayout:
    """Read a layout's bytes; ``told`` is what it is called in errors.

    Raises:
        LayoutError: it is too large, no TOML, or fields are wrong.
    """
    if len(data) > BYTES_MAX:
        raise LayoutError(f"{told}: 大きすぎます / too large, expected at most {BYTES_MAX} bytes")
    try:
        return PayoutLayout.model_validate(tomllib.loads(data.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise LayoutError(f"{told}: TOML として読めません / no TOML: {error}") from None
    except ValidationError as error:
        lines = [
            f"{told}: {'.'.join(str(part) for part in fault['loc']) or 'layout'}: "
            f"正しくありません / {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise LayoutError("\n".join(lines)) from None
