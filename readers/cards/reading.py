"""One card read once: its technologies are asked in order, and the first that knows it answers for it."""

import logging
from collections.abc import Sequence

from readers.cards.port import (
    CardChannel,
    CardLeftError,
    CardTechnology,
    GarbledAnswerError,
    NotGenuineError,
    RefusedCardError,
)
from readers.drivers.faults import ReaderError
from readers.drivers.presentation import Reading, Sight
from readers.keys.port import KeyUnavailableError

log = logging.getLogger(__name__)


def read_card(channel: CardChannel, technologies: Sequence[CardTechnology]) -> Sight:
    """Give what the card is, or the cause for which it gives nothing.

    Args:
        channel: the card.
        technologies: strongest first; a technology that recognises the card ends the search, also when the card fails.

    Raises:
        ReaderError: it was the reader that failed, or this box cannot have the card's key (``keys_unavailable``).
    """
    try:
        for technology in technologies:
            if (found := technology.read(channel)) is not None:
                return Reading(found.technology, found.identifier, found.assurance, found.evidence)
    except CardLeftError:
        return "torn"
    except NotGenuineError:
        return "not_genuine"
    except RefusedCardError as refused:
        return refused.cause
    except GarbledAnswerError:
        return "garbled"
    except KeyUnavailableError as error:
        log.warning("a card waits for its key in vain: %s", error)
        raise ReaderError("failing", "keys_unavailable") from error
    return "unsupported"
