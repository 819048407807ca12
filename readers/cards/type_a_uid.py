"""The UID of an ISO/IEC 14443 Type A card: a number that anybody can read and copy. Assurance 1."""

from readers.cards.port import CardChannel, CardReading, GarbledAnswerError, RefusedCardError

ASSURANCE = 1
UID_BYTES = (4, 7, 10)
_RANDOM_FIRST_BYTE = 0x08  # ISO/IEC 14443-3, 6.5.4: a 4-byte UID starting so is drawn anew whenever the field comes on


def is_random_uid(uid: bytes) -> bool:
    """Tell whether a polled number is one that the card draws anew at each tap."""
    return len(uid) == 4 and uid[0] == _RANDOM_FIRST_BYTE


class Iso14443Uid:
    """Knows Type A cards by their UID; see :class:`~readers.cards.port.CardTechnology`."""

    def read(self, channel: CardChannel) -> CardReading | None:
        """Give the UID.

        A Type B card's PUPI is no UID (ISO/IEC 14443-3, 7.9.2 lets the card draw it): My Number cards, licences.

        Raises:
            RefusedCardError: the number changes with every tap (``random_id``).
            GarbledAnswerError: no UID has that length.
        """
        uid = channel.identifier
        if channel.family == "type_b":
            raise RefusedCardError("random_id")
        if channel.family != "type_a" or not uid:
            return None
        if len(uid) not in UID_BYTES:
            raise GarbledAnswerError(f"a UID of {len(uid)} bytes")
        if is_random_uid(uid):
            raise RefusedCardError("random_id")
        return CardReading("iso14443_uid", uid, ASSURANCE)
