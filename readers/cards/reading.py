"""One card read once: its technologies are asked in order, and the first that knows it answers for it."""

from collections.abc import Sequence

from readers.cards.port import (
    CardChannel,
    CardLeftError,
    CardTechnology,
    GarbledAnswerError,
    NotGenuineError,
    RefusedCardError,
)
from readers.drivers.presentation import Reading, Sight


def read_card(channel: CardChannel, technologies: Sequence[CardTechnology]) -> Sight:
    """Give what the card is, or the cause for which it gives nothing.

    Args:
        channel: the card.
        technologies: strongest first; a technology that recognises the card ends the search, also when the card fails.

    Raises:
        ReaderError: it was the reader that failed.
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
    return "unsupported"
