"""The ways in which a card can be known, and the most that each can prove."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, get_args

Technology = Literal[
    "felica_idm", "felica_fcf", "felica_lite_s", "iso14443_uid", "desfire", "jpki", "qr", "line", "simulated"
]
"""What kind of number a card gave; equal numbers of two kinds are two cards. ``line`` is a reader's own line (ASCII,
Wiegand over OSDP), which tells a number and not what gave it."""

CardName = Literal["felica_lite_s", "felica_fcf", "felica_idm", "desfire", "jpki", "iso14443_uid"]
"""The technologies that a site chooses for its readers; the others follow from the reader's driver."""

KeyedTechnology = Literal["desfire", "felica_lite_s"]
"""Those that prove themselves under a key of each card, derived from a master."""

ASSURANCE_MAX: Mapping[Technology, int] = MappingProxyType(
    {
        "felica_idm": 1,
        "felica_fcf": 1,
        "felica_lite_s": 3,
        "iso14443_uid": 1,
        "desfire": 3,
        "jpki": 1,
        "qr": 1,
        "line": 1,
        "simulated": 1,
    }
)
"""The highest assurance level a technology reaches: 1 a number anybody can read, 2 data under a verified MAC, 3 mutual
or challenge authentication under a per-card key (docs/decisions/0009)."""


def needs_keys(technologies: Iterable[str]) -> bool:
    """Tell whether a box whose readers use these technologies must be able to derive card keys; no other gets any."""
    return not set(get_args(KeyedTechnology)).isdisjoint(technologies)
