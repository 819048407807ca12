"""``[cards]`` of ``edge.toml``: what is known of the site's cards, and from it the technologies of a reader.

Keys are never in the file: a technology that proves cards names its masters, and ``[keys]`` says where those are.
"""

from collections.abc import Sequence
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contract.technologies import CardName
from readers.cards.desfire import Desfire, DesfireSettings, KeyName, KeyVersion
from readers.cards.felica_fcf import ORGANISATION_BYTES, FcfProfile, FelicaFcf
from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_lite_s import Authentication, FelicaLiteS
from readers.cards.felica_systems import COMMON_AREA
from readers.cards.jpki import Jpki, JpkiSettings
from readers.cards.port import CardTechnology
from readers.cards.type_a_uid import Iso14443Uid
from readers.keys.port import KeyProvider

_Stated = TypeVar("_Stated")

SystemCode = Annotated[int, Field(ge=0, le=0xFFFE)]

_STRONGEST_FIRST: tuple[tuple[CardName, ...], ...] = (
    ("felica_lite_s", "felica_fcf", "felica_idm"),
    ("desfire", "jpki", "iso14443_uid"),
)
"""Within a family the first that knows a card answers for it: a number before its proof would make the proof idle."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdmSettings(_Section):
    """``[cards.idm]``: on which systems a reader that polls looks for cards known by their IDm (TOML: ``0xFE00``)."""

    systems: Annotated[tuple[SystemCode, ...], Field(min_length=1, max_length=4)] = (COMMON_AREA,)


class FcfSettings(_Section):
    """``[[cards.fcf]]``: where one issuer's number stands; the defaults are FCF's own.

    ``organisation``, 16 hexadecimal digits, is what block 2 must begin with. State it where the issuer fills it in: two
    issuers may give the same number.
    """

    system: SystemCode = COMMON_AREA
    service: Annotated[int, Field(ge=0, le=0xFFFF)] = 0x1A8B
    block: Annotated[int, Field(ge=0, le=0xFF)] = 0
    start: Annotated[int, Field(ge=0, le=15)] = 2
    length: Annotated[int, Field(ge=1, le=16)] = 12
    organisation: Annotated[str, Field(pattern=rf"^[0-9a-fA-F]{{{2 * ORGANISATION_BYTES}}}$")] | None = None

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.profile()
        return self

    def profile(self) -> FcfProfile:
        """Give the profile.

        Raises:
            ValueError: it would read the bearer's name, or beyond the block.
        """
        organisation = None if self.organisation is None else bytes.fromhex(self.organisation)
        return FcfProfile(self.system, self.service, self.block, self.start, self.length, organisation)


class LiteSSettings(_Section):
    """``[cards.lite_s]``: ``label`` names the masters (version 2 is ``label-2``), ``versions`` the accepted ones.

    ``authentication`` is ``internal`` (the card proves itself, assurance 2) or ``mutual`` (both do, assurance 3; for
    cards whose issue was finalised).
    """

    label: KeyName = "lite_s"
    versions: Annotated[tuple[KeyVersion, ...], Field(min_length=1, max_length=8)] = (1,)
    authentication: Authentication = "mutual"


class CardSettings(_Section):
    """``[cards]``: ``technologies`` is what a reader knows that names none of its own, strongest first."""

    technologies: tuple[CardName, ...] = ("felica_idm", "iso14443_uid")
    idm: IdmSettings = IdmSettings()
    fcf: Annotated[tuple[FcfSettings, ...], Field(min_length=1, max_length=8)] = (FcfSettings(),)
    lite_s: LiteSSettings | None = None
    desfire: DesfireSettings | None = None
    jpki: JpkiSettings | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        check_order(self.technologies)
        return self


def check_order(names: Sequence[CardName]) -> None:
    """Hold a reader's list of technologies to the order in which they can all be reached.

    Raises:
        ValueError: it is empty, names one twice, or a number before its proof; says what was expected.
    """
    if not names:
        raise ValueError("cards: カードの種類を1つ以上 / expected at least one technology")
    if len(set(names)) != len(names):
        raise ValueError("cards: 同じ種類が二度あります / a technology is there twice")
    for family in _STRONGEST_FIRST:
        listed = [name for name in names if name in family]
        if (expected := sorted(listed, key=family.index)) != listed:
            raise ValueError(
                f"cards: 強いものから順に {'・'.join(expected)} / strongest first: expected {', '.join(expected)}"
            )


def open_technologies(
    settings: CardSettings, names: Sequence[CardName] = (), keys: KeyProvider | None = None
) -> tuple[CardTechnology, ...]:
    """Give the technologies of one reader, strongest first; nothing is asked of the keys yet.

    Args:
        settings: the section.
        names: the reader's own list; empty for the section's.
        keys: where card keys come from; None where the box has none.

    Raises:
        ValueError: a technology lacks its section or the keys it needs, or the order is wrong; says what to do.
    """
    wanted = tuple(names) or settings.technologies
    check_order(wanted)
    return tuple(technology for name in wanted for technology in _open(name, settings, keys))


def _open(name: CardName, settings: CardSettings, keys: KeyProvider | None) -> Sequence[CardTechnology]:
    match name:
        case "felica_idm":
            return (FelicaIdm(settings.idm.systems),)
        case "felica_fcf":
            return tuple(FelicaFcf(each.profile()) for each in settings.fcf)
        case "felica_lite_s":
            lite_s = _stated(settings.lite_s, name, "[cards.lite_s]")
            provider = _stated(keys, name, "[keys]")
            return (FelicaLiteS(provider, lite_s.label, frozenset(lite_s.versions), lite_s.authentication),)
        case "desfire":
            return (Desfire(_stated(settings.desfire, name, "[cards.desfire]"), _stated(keys, name, "[keys]")),)
        case "jpki":
            return (Jpki(_stated(settings.jpki, name, "[cards.jpki]")),)
        case "iso14443_uid":
            return (Iso14443Uid(),)


def _stated(value: _Stated | None, name: CardName, section: str) -> _Stated:
    if value is None:
        raise ValueError(f"cards: {name} には {section} が必要です / {name} needs a section {section}")
    return value
