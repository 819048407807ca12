"""FeliCa commands over a channel to one card: sent, answered, checked."""

from collections.abc import Sequence

from readers.cards.felica_frames import (
    ANY_SYSTEM,
    PollAnswer,
    WriteOutcome,
    build_polling,
    build_read,
    build_write,
    parse_polling,
    parse_read,
    parse_write,
)
from readers.cards.felica_idm import masked_idm
from readers.cards.port import CardChannel, CardLeftError, RefusedCardError


def poll_system(channel: CardChannel, system: int) -> PollAnswer | None:
    """Ask the card for one of its systems; None says that it is there and has no such system.

    Silence alone does not say so: the card may have left, and would then be taken for a card of another kind. So a card
    that is silent is asked whether it is there at all, and once more for the system.

    Raises:
        CardLeftError: it is not there.
        GarbledAnswerError, ReaderError: as of any exchange.
        RefusedCardError: another card answered than the one that was found (``several_cards``).
    """
    answer = _poll(channel, system)
    if answer is None and _poll(channel, ANY_SYSTEM) is None:
        raise CardLeftError("silent to every poll")
    return answer or _poll(channel, system)


def read_blocks(channel: CardChannel, idm: bytes, service: int, blocks: Sequence[int]) -> tuple[bytes, ...]:
    """Read blocks of a service, 16 bytes each.

    Raises:
        CommandRefusedError: the card refuses, its status sorted.
        CardLeftError, GarbledAnswerError, ReaderError: as of any exchange.
    """
    return parse_read(channel.exchange(build_read(idm, service, blocks)), idm, len(blocks))


def write_blocks(channel: CardChannel, idm: bytes, service: int, blocks: Sequence[tuple[int, bytes]]) -> WriteOutcome:
    """Write blocks of a service.

    Raises:
        CommandRefusedError: the card refuses, its status sorted.
        CardLeftError, GarbledAnswerError, ReaderError: as of any exchange. Whether it wrote is not known then.
    """
    return parse_write(channel.exchange(build_write(idm, service, blocks)), idm)


def _poll(channel: CardChannel, system: int) -> PollAnswer | None:
    try:
        answer = parse_polling(channel.exchange(build_polling(system)))
    except CardLeftError:
        return None
    if masked_idm(answer.idm) != masked_idm(channel.identifier):
        raise RefusedCardError("several_cards")
    return answer
