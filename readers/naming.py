"""What a box calls a card: its number becomes the site's token, and that at once the box's own name."""

from functools import lru_cache
from typing import NamedTuple

from contract.technologies import Technology
from contract.tokens import DeviceTokens, credential_token
from domain.ids import CredentialToken
from readers.drivers.port import CardSeen
from readers.wiring import Wiring


class NamedCard(NamedTuple):
    """A card by the site's token, which salts its PIN alone, and by the name that everything else knows it by."""

    token: CredentialToken
    name: CredentialToken


def name_card(wiring: Wiring, seen: CardSeen) -> NamedCard:
    """Give what this box calls a card or a visitor's code."""
    return name_number(wiring, seen.technology, seen.identifier)


def name_number(wiring: Wiring, technology: Technology, number: bytes) -> NamedCard:
    """Give what this box calls whatever said a number: a card, or the tag on a key."""
    token = credential_token(wiring.site_key, technology, number)
    return NamedCard(token, _names_under(wiring.names_key).name([token])[0])


@lru_cache(maxsize=4)
def _names_under(names_key: bytes) -> DeviceTokens:
    return DeviceTokens(names_key)
