"""A site of our own for FeliCa tests: masters, cards issued under them, and a channel without a reader between."""

from dataclasses import dataclass

from emulation.card import Card, take_power
from emulation.felica_lite_s_card import LiteSCard
from readers.cards.felica_frames import build_polling, parse_polling
from readers.cards.lite_s_exchange import derive_card_key
from readers.cards.port import CardLeftError, Family
from readers.keys.an10922 import derive_card_key as diversify
from readers.keys.port import KeyUnavailableError

IDM = bytes.fromhex("012e4cd8aabb0102")
LABEL = "lite_s"


@dataclass(frozen=True)
class SiteKeys:
    """Masters of one name, in the versions that are there."""

    versions: tuple[int, ...] = (1, 2, 3)

    def derive(self, label: str, diversifier: bytes) -> bytes:
        if label not in {f"{LABEL}-{version}" for version in self.versions}:
            raise KeyUnavailableError(label)
        return diversify(label.encode().ljust(16, b"\x5a"), diversifier)


KEYS = SiteKeys()


def issued(version: int = 1, *, idm: bytes = IDM, final: bool = True) -> LiteSCard:
    """A card as the desk leaves it."""
    card = LiteSCard(idm, key=derive_card_key(KEYS, LABEL, version, idm), key_version=version)
    card.configure(final=final)
    return card


class FelicaDirect:
    """A CardChannel straight to software cards; frames that several answer are lost. Made anew, power was gone."""

    family: Family = "felica"
    answer_to_reset = b""

    def __init__(self, *cards: Card, identifier: bytes | None = None) -> None:
        self._cards = cards
        for card in cards:
            take_power(card)
        self.identifier = self._poll() if identifier is None else identifier

    def exchange(self, command: bytes) -> bytes:
        answers = [answer for card in self._cards if (answer := card.answer("212F", command)) is not None]
        if len(answers) != 1:
            raise CardLeftError
        return answers[0]

    def _poll(self) -> bytes:
        return parse_polling(self.exchange(build_polling(0xFFFF))).idm
