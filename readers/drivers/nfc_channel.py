"""One card on an nfcpy frontend: found by polling, then spoken to in whole FeliCa frames or in APDUs.

``frontend.sense()`` switches the field off and on, so only the card that was sensed last can be spoken to at once; a
channel to another one senses it again when the first command comes, and not at all for a technology that needs none.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import nfc.clf
import nfc.tag

from readers.cards.felica_frames import ANY_SYSTEM, build_polling
from readers.cards.felica_idm import masked_idm
from readers.cards.port import CardLeftError, Family, GarbledAnswerError
from readers.cards.type_a_uid import is_random_uid

EXCHANGE_SECONDS = 0.1
"""The longest wait for an answer. nfcpy's own tags believe the card: a Lite-S says 0.9 ms, which no busy machine keeps,
and an ISO-DEP card may say five seconds. A lost ISO-DEP block is asked for again up to five times."""

NO_APDUS = b"\x6d\x00"

_ISO_DEP = 0x20  # of SEL_RES: the card speaks ISO/IEC 14443-4


class Frontend(Protocol):
    """What is used of ``nfc.ContactlessFrontend``."""

    def sense(self, *targets: Any, **options: Any) -> Any:
        """Switch the field off and on, sense the targets once, and give the one that answered, or None."""

    def exchange(self, send_data: bytearray, timeout: float) -> bytearray | None:
        """Send a frame to the target sensed last and give its answer. Raises nfc.clf.CommunicationError, OSError."""

    def close(self) -> None:
        """Give the device back."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One question into the field: for Type A cards, or for FeliCa cards with one system."""

    family: Family
    system: int = 0


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card that answered a poll. ``number`` tells it from others while it lies there.

    It is the same from whichever FeliCa system it came, and the same for every random UID, which is drawn anew at each
    look; empty for a Type A card that has none.
    """

    poll: Poll
    target: Any
    number: bytes


def sense_card(frontend: Frontend, poll: Poll) -> FoundCard | None:
    """Ask into the field once.

    Raises:
        OSError: the reader is gone.
        Exception: nfcpy answers garbage with IndexError, TypeError, struct.error …
    """
    if poll.family == "felica":
        request = bytearray(build_polling(poll.system)[1:])
        target = frontend.sense(nfc.clf.RemoteTarget("212F", sensf_req=request), iterations=1)
        return target and FoundCard(poll, target, masked_idm(bytes(target.sensf_res[1:9])))
    target = frontend.sense(nfc.clf.RemoteTarget("106A"), iterations=1)
    uid = bytes(target.sdd_res or b"") if target else b""
    return target and FoundCard(poll, target, uid[:1] if is_random_uid(uid) else uid)


def open_channel(frontend: Frontend, card: FoundCard, *, is_lit: bool) -> "FelicaChannel | TypeAChannel":
    """Give the channel to a card that was found; ``is_lit``: it is the one that was sensed last."""
    return (FelicaChannel if card.poll.family == "felica" else TypeAChannel)(frontend, card, is_lit=is_lit)


class FelicaChannel:
    """A :class:`~readers.cards.port.CardChannel` of whole FeliCa frames.

    The polling command by which the card was found is answered from what came then: it costs a technology nothing. Not
    so the poll of any system, which asks whether the card is still there.
    """

    family: Family = "felica"
    answer_to_reset = b""

    def __init__(self, frontend: Frontend, card: FoundCard, *, is_lit: bool) -> None:
        answer = bytes(card.target.sensf_res)
        self.identifier = answer[1:9]
        self._frontend = frontend
        self._card = card
        self._is_lit = is_lit
        self._polling = None if card.poll.system == ANY_SYSTEM else build_polling(card.poll.system)
        self._poll_answer = bytes((len(answer) + 1,)) + answer

    def exchange(self, command: bytes) -> bytes:
        """Send a frame; see :class:`~readers.cards.port.CardChannel`."""
        if command == self._polling:
            return self._poll_answer
        if not self._is_lit:
            _light(self._frontend, self._card)
            self._is_lit = True
        try:
            answer = self._frontend.exchange(bytearray(command), EXCHANGE_SECONDS)
        except nfc.clf.CommunicationError as error:
            raise CardLeftError("no answer") from error
        if not answer:
            raise CardLeftError("an empty answer")
        return bytes(answer)


class TypeAChannel:
    """A :class:`~readers.cards.port.CardChannel` of APDUs in ISO-DEP, which nfcpy does; activated by the first one."""

    family: Family = "type_a"
    answer_to_reset = b""

    def __init__(self, frontend: Frontend, card: FoundCard, *, is_lit: bool) -> None:
        self.identifier = bytes(card.target.sdd_res or b"")
        self._frontend = frontend
        self._card = card
        self._is_lit = is_lit
        self._tag: Any = None

    def exchange(self, command: bytes) -> bytes:
        """Send an APDU; see :class:`~readers.cards.port.CardChannel`."""
        if not (self._card.target.sel_res and self._card.target.sel_res[0] & _ISO_DEP):
            return NO_APDUS
        try:
            return bytes(self._activated().transceive(bytearray(command), timeout=EXCHANGE_SECONDS))
        except (CardLeftError, OSError):
            raise
        except (nfc.tag.TagCommandError, nfc.clf.CommunicationError) as error:
            raise CardLeftError("no answer") from error
        except Exception as error:
            raise GarbledAnswerError("no ISO-DEP block") from error  # IndexError for a short ATS, TypeError …

    def _activated(self) -> Any:
        if self._tag is None:
            if not self._is_lit:
                _light(self._frontend, self._card)
            self._tag = nfc.tag.activate(self._frontend, self._card.target)
        if self._tag is None:
            raise CardLeftError("no answer to select")
        return self._tag


def _light(frontend: Frontend, card: FoundCard) -> None:
    """Sense a card again that was found earlier in the look.

    Raises:
        CardLeftError: it is not there.
    """
    again = sense_card(frontend, card.poll)
    if again is None or again.number != card.number:
        raise CardLeftError("gone at the second poll")
