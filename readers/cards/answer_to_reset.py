"""What a PC/SC ATR says about a card that has none of its own: PC/SC part 3 makes one up for contactless cards."""

from readers.cards.port import Family

_CONTACTLESS = b"\x80\x01"  # TD1 TD2 of every made-up ATR; contact cards of our reach have others
_STORAGE_CARD = b"\x80\x4f\x0c\xa0\x00\x00\x03\x06"  # historical bytes: the PC/SC workgroup's identifier follows 4F
_FELICA = 0x11
_TYPE_B = range(0x05, 0x08)

_TYPE_B_HISTORICAL_BYTES = 8
"""For Type B: application data (4), protocol info (3), MBLI (1), always."""

PUPI_BYTES = 4


def historical_bytes(atr: bytes) -> bytes:
    """Give the historical bytes of a made-up ATR; empty for any other ATR."""
    return atr[4 : 4 + (atr[1] & 0x0F)] if atr[2:4] == _CONTACTLESS else b""


def is_storage_card(atr: bytes) -> bool:
    """Tell whether no APDU reaches the card, for it has no commands of its own (FeliCa, MIFARE Classic)."""
    return historical_bytes(atr).startswith(_STORAGE_CARD)


def family_of(atr: bytes, number: bytes) -> Family:
    """Give a card's family.

    Type A and Type B share one form of ATR. Eight historical bytes beside a number as short as a PUPI are Type B:
    better refuse a rare Type A card than take a number for a UID that is drawn anew.

    Args:
        atr: as PC/SC gives it.
        number: what Get Data gave, empty if nothing.
    """
    if atr[2:4] != _CONTACTLESS:
        return "contact"
    historical = historical_bytes(atr)
    if historical.startswith(_STORAGE_CARD):
        standard = historical[len(_STORAGE_CARD) :][:1]
        if standard == bytes((_FELICA,)):
            return "felica"
        return "type_b" if standard and standard[0] in _TYPE_B else "type_a"
    is_type_b = len(historical) == _TYPE_B_HISTORICAL_BYTES and len(number) in {0, PUPI_BYTES}
    return "type_b" if is_type_b else "type_a"
