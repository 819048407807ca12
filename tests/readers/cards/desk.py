"""Cards without a service between: a channel straight to a software card, and keys for a site of our own."""

from dataclasses import dataclass, field

from emulation.desfire_card import DesfireCard
from emulation.virtual_card import GET_DATA, LiftedError, PcscBody
from readers.cards.answer_to_reset import family_of
from readers.cards.desfire import DesfirePrivacyKey, DesfireSettings
from readers.cards.desfire_issue import DesfireDesk
from readers.cards.port import CardLeftError, Family
from readers.keys.an10922 import derive_card_key
from readers.keys.port import KeyUnavailableError
from tests.readers.cards.counted_bytes import counted_bytes

UID = bytes.fromhex("04782e21801d80")
SETTINGS = DesfireSettings(aid="f51cd8", versions=(2, 1))
PRIVATE = DesfireSettings(aid="f51cd8", versions=(2, 1), privacy=DesfirePrivacyKey(number=2, label="desfire_privacy"))


@dataclass
class SiteKeys:
    """Masters by label; a label that is not there is no key."""

    masters: dict[str, bytes] = field(
        default_factory=lambda: {
            f"{name}-{version}": bytes((number * 16 + version,)) * 16
            for number, name in enumerate(("desfire", "desfire_application", "desfire_privacy"), start=1)
            for version in (1, 2, 3)
        }
    )

    def derive(self, label: str, diversifier: bytes) -> bytes:
        if label not in self.masters:
            raise KeyUnavailableError(label)
        return derive_card_key(self.masters[label], diversifier)


class DirectChannel:
    """A CardChannel without reader and service; it counts what went over it."""

    def __init__(self, card: PcscBody, *, family: Family | None = None) -> None:
        self._card = card
        self.exchanges: list[bytes] = []
        self.answer_to_reset = card.atr
        answer = card.answer(GET_DATA)
        self.identifier = answer[:-2] if answer[-2:] == b"\x90\x00" else b""
        self.family: Family = family or family_of(self.answer_to_reset, self.identifier)

    def exchange(self, command: bytes) -> bytes:
        self.exchanges.append(command)
        try:
            return self._card.answer(command)
        except LiftedError:
            raise CardLeftError from None


def laid_down(card: PcscBody) -> DirectChannel:
    """Put a card on the reader anew."""
    card.power()
    return DirectChannel(card)


def issued_card(
    settings: DesfireSettings = SETTINGS, *, keys: SiteKeys | None = None, random_id: bool = False, uid: bytes = UID
) -> DesfireCard:
    """A card that the desk has issued."""
    card = DesfireCard(uid, random_id=random_id, random_bytes=counted_bytes())
    DesfireDesk(settings, keys or SiteKeys()).issue(laid_down(card))
    return card
