"""APDUs: commands as ISO/IEC 7816-4 builds them, answers bounded and split from their status words.

DESFire's native commands travel inside them (CLA 90), their one-byte status behind 91, long answers in several frames.
"""

from dataclasses import dataclass

from readers.cards.port import CardChannel, CardLeftError, GarbledAnswerError

COMMAND_BYTES_MAX = 255
ANSWER_BYTES_MAX = 256
"""What a short APDU carries each way."""

FRAMES_MAX = 8
CHAINED_BYTES_MAX = 1024
"""The longest chained answer that we ask for is three frames; a card that goes on and on is none."""

SUCCESS = 0x9000
NATIVE_SUCCESS = 0x9100
ADDITIONAL_FRAME = 0x91AF

_READER_GOT_NO_ANSWER = 0x6300  # how PC/SC readers say that the card stayed silent
_NATIVE_CLASS = 0x90
_NATIVE_STATUS = 0x91
_CONTINUE = 0xAF


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card answered: its data, and its status word (SW1 SW2)."""

    data: bytes
    status: int

    @property
    def is_native(self) -> bool:
        """Tell whether the status is one of DESFire's own."""
        return self.status >> 8 == _NATIVE_STATUS


def build_apdu(cla: int, ins: int, p1: int, p2: int, data: bytes = b"", *, expected: int | None = None) -> bytes:
    """Build a short command APDU (ISO/IEC 7816-4, 5.1).

    Args:
        cla: the class byte; ``ins``, ``p1`` and ``p2`` are the three that follow.
        ins: the instruction.
        p1: the first parameter.
        p2: the second parameter.
        data: up to COMMAND_BYTES_MAX bytes.
        expected: how many bytes the answer may have, 1 to ANSWER_BYTES_MAX; None asks for none.

    Raises:
        ValueError: a length is out of range.
    """
    if len(data) > COMMAND_BYTES_MAX:
        raise ValueError(f"a short APDU carries {COMMAND_BYTES_MAX} bytes, not {len(data)}")
    if expected is not None and not 1 <= expected <= ANSWER_BYTES_MAX:
        raise ValueError(f"a short APDU asks for 1 to {ANSWER_BYTES_MAX} bytes, not {expected}")
    body = bytes((len(data),)) + data if data else b""
    wanted = b"" if expected is None else bytes((expected % ANSWER_BYTES_MAX,))
    return bytes((cla, ins, p1, p2)) + body + wanted


def parse_answer(raw: bytes) -> Answer:
    """Split an answer into data and status word.

    Raises:
        CardLeftError: it is empty, or the reader says that the card did not answer.
        GarbledAnswerError: it is too short or too long for an answer.
    """
    if not raw:
        raise CardLeftError("an empty answer")
    if not 2 <= len(raw) <= ANSWER_BYTES_MAX + 2:
        raise GarbledAnswerError(f"an answer of {len(raw)} bytes")
    answer = Answer(raw[:-2], int.from_bytes(raw[-2:], "big"))
    if answer.status == _READER_GOT_NO_ANSWER and not answer.data:
        raise CardLeftError("the reader got no answer")
    return answer


def exchange_apdu(channel: CardChannel, command: bytes) -> Answer:
    """Send an APDU and give its answer.

    Raises:
        CardLeftError, GarbledAnswerError, ReaderError: there is none.
    """
    return parse_answer(channel.exchange(command))


def exchange_native(channel: CardChannel, ins: int, data: bytes = b"", *, chained: bool = True) -> Answer:
    """Send a native DESFire command and give its whole answer, its frames joined.

    Args:
        channel: the card.
        ins: the native command.
        data: its parameters, up to COMMAND_BYTES_MAX bytes.
        chained: ask for further frames while the status is ADDITIONAL_FRAME; an authentication asks for none.

    Raises:
        CardLeftError, ReaderError: there is no answer.
        GarbledAnswerError: it is malformed, or goes on beyond FRAMES_MAX or CHAINED_BYTES_MAX.
    """
    answer = exchange_apdu(channel, _native(ins, data))
    whole = answer.data
    for _ in range(FRAMES_MAX):
        if not chained or answer.status != ADDITIONAL_FRAME:
            return Answer(whole, answer.status)
        answer = exchange_apdu(channel, _native(_CONTINUE))
        whole += answer.data
        if not answer.is_native or len(whole) > CHAINED_BYTES_MAX:
            break
    raise GarbledAnswerError("a chained answer that does not end as one")


def _native(ins: int, data: bytes = b"") -> bytes:
    return build_apdu(_NATIVE_CLASS, ins, 0, 0, data, expected=ANSWER_BYTES_MAX)
