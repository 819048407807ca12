"""The IDm of a FeliCa card: a number that anybody can read and copy. Assurance 1."""

from dataclasses import dataclass

from readers.cards.felica_frames import IDM_BYTES
from readers.cards.felica_systems import COMMON_AREA
from readers.cards.port import CardChannel, CardReading, GarbledAnswerError, RefusedCardError

ASSURANCE = 1
_SYSTEM_NUMBER = 0xF0
_EMULATED_PREFIXES = (b"\x01\xfe", b"\x02\xfe")  # NFC-DEP of a phone, and the range Android gives to HCE-F


@dataclass(frozen=True, slots=True)
class FelicaIdm:
    """Knows FeliCa cards by their IDm; see :class:`~readers.cards.port.CardTechnology`."""

    systems: tuple[int, ...] = (COMMON_AREA,)

    def read(self, channel: CardChannel) -> CardReading | None:
        """Give the IDm as polling gave it; nothing is sent to the card.

        Raises:
            RefusedCardError: a phone's emulation claims the number (``emulated_id``).
            GarbledAnswerError: no IDm has that length.
        """
        if channel.family != "felica":
            return None
        return CardReading("felica_idm", usable_idm(channel.identifier), ASSURANCE)


def masked_idm(idm: bytes) -> bytes:
    """Clear the upper four bits of an IDm's first byte.

    They say which of the card's systems answered and so vary by polling (East Wind EWTJ680H manual 3.10.2).
    """
    return bytes((idm[0] & ~_SYSTEM_NUMBER,)) + idm[1:] if idm else b""


def usable_idm(idm: bytes) -> bytes:
    """Give the IDm by which a card may be known, the same from whichever of its systems it came.

    Raises:
        RefusedCardError: a phone's emulation claims the number (``emulated_id``).
        GarbledAnswerError: no IDm has that length.
    """
    if len(idm) != IDM_BYTES:
        raise GarbledAnswerError(f"an IDm of {len(idm)} bytes")
    masked = masked_idm(idm)
    if masked.startswith(_EMULATED_PREFIXES):
        raise RefusedCardError("emulated_id")
    return masked
