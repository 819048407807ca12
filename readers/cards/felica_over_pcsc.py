"""Whole FeliCa frames through a PC/SC reader, which the standard leaves to its maker.

``acs``: the makers' command FF 00 00 00 Lc ‖ frame of ACR122, ACR1252 and their kin (ACS, "Accessing FeliCa tags").

Not offered: Sony's FF A4 / FF B0 and Identiv's FF 46 read blocks of the system that the *reader* picked; every FeliCa
technology here begins by polling one system, which they cannot carry. RC-S300 takes frames by CCID escape commands
alone, in direct mode, which no software reader shows. There a FeliCa card is known by the IDm that Get Data gives.
"""

from collections.abc import Callable
from typing import Literal

from readers.cards.iso_apdu import SUCCESS, build_apdu, parse_answer
from readers.cards.port import GarbledAnswerError, RefusedCardError

FelicaDialect = Literal["none", "acs"]
"""How a reader passes frames on; ``none``: not at all."""

_ACS_CLASS = 0xFF


def exchange_frame(transmit: Callable[[bytes], bytes], dialect: FelicaDialect, frame: bytes) -> bytes:
    """Send a FeliCa frame through a reader and give the card's.

    Args:
        transmit: sends an APDU to the reader and gives its answer.
        dialect: the reader's.
        frame: the frame, its length byte first.

    Raises:
        RefusedCardError: the reader passes no frames on (``unsupported``).
        CardLeftError: the card did not answer.
        GarbledAnswerError: the reader's answer is none.
    """
    if dialect == "none":
        raise RefusedCardError("unsupported")
    answer = parse_answer(transmit(build_apdu(_ACS_CLASS, 0x00, 0x00, 0x00, frame)))
    if answer.status != SUCCESS or not answer.data:
        raise GarbledAnswerError(f"the reader answered a frame with status {answer.status:04X}")
    return answer.data
