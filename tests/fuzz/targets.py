"""What is fuzzed: one function a parser, bytes in. Only the errors it names may come out, and what it gives is bounded.

Check values and spellings that a fuzzer does not find by chance are put on by the target; signatures and MACs are not,
for behind them stands only who has the key. Recorded answers of genuine cards are among the seeds, and the readers'
challenges are fixed, so that mutations reach past the proofs. One module because a target is a few lines, and the list
of them is read as a whole.
"""

import atexit
import shutil
import tempfile
from base64 import b32encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from contract.batch import decode_batch, verify_batch
from contract.commands import decode_command
from contract.errors import DETAIL_CHARACTERS_MAX, MalformedMessageError
from contract.policy import PolicyOffer, decode_offer, decode_part, decode_pointer, decode_wanted
from contract.policy_reading import decode_snapshot
from contract.records import decode_record, encode_record
from contract.signatures import ForgedMessageError
from contract.visit_codes import TEXT_CHARACTERS_MAX, decode_visit_code
from domain.access.policy import PolicySnapshot
from readers.cards import felica_frames as felica
from readers.cards.answer_to_reset import family_of, historical_bytes, is_storage_card
from readers.cards.desfire import Desfire
from readers.cards.felica_fcf import FelicaFcf
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.iso_apdu import ANSWER_BYTES_MAX, parse_answer
from readers.cards.jpki import Jpki, JpkiSettings, public_key_digest
from readers.cards.port import (
    CardLeftError,
    CardReading,
    CardTechnology,
    GarbledAnswerError,
    NotGenuineError,
    RefusedCardError,
)
from readers.cards.qr import VisitCodeReader
from readers.drivers.input_events import TypedText
from readers.drivers.line_number import bits_identifier, decimal_identifier, hexadecimal_identifier
from readers.drivers.line_session import split_lines
from readers.drivers.osdp_frame import FRAME_BYTES_MAX, SEARCH_BYTES_MAX, ReplySearch, read_frame
from readers.drivers.osdp_policy import LineGate
from readers.drivers.port import CardSeen, ReadTrouble
from readers.drivers.serial_ascii import split_stx
from readers.drivers.simulated import observation_of
from readers.events import Moment
from readers.inputs.simulated import SimulatedState
from readers.outputs.keeper_frames import FrameError, decode_frame, message_of
from readers.policy_files import PolicyRefusedError, unpack_lines
from readers.policy_loading import read_over, read_whole, require_outcomes
from readers.standing import FILE, load_standing
from sync.hr.csv_text import CsvError
from sync.hr.excel import COLUMNS_MAX, ROWS_MAX, read_excel_lines
from tests.fuzz import sites
from tests.fuzz.channel import FuzzChannel
from tests.fuzz.workbooks import workbook_with

IDENTIFIER_BYTES_MAX = 67  # an OSDP reader's 512 bits behind their count


def felica_answers(data: bytes) -> None:
    idm = data[2:10].ljust(felica.IDM_BYTES, b"\0")
    count = data[12] if len(data) > 12 else 0
    for parse in (
        lambda: felica.parse_polling(data),
        lambda: felica.parse_system_codes(data, idm),
        lambda: felica.parse_read(data, idm, count),
        lambda: felica.parse_write(data, idm),
    ):
        with suppress(felica.CommandRefusedError, GarbledAnswerError):
            parse()


def felica_lite_s(data: bytes) -> None:
    for authentication in ("internal", "mutual"):
        random_bytes = sites.fixed_bytes
        _read(FelicaLiteS(sites.LITE_S_KEYS, sites.LABEL, (1,), authentication, random_bytes), data)


def felica_fcf(data: bytes) -> None:
    _read(FelicaFcf(), data)


def desfire(data: bytes) -> None:
    settings = sites.DESFIRE_SETTINGS[data[-1] % len(sites.DESFIRE_SETTINGS) if data else 0]
    _read(Desfire(settings, sites.DESFIRE_KEYS, sites.fixed_bytes), data)


def jpki(data: bytes) -> None:
    _read(Jpki(JpkiSettings()), data)


def certificate(data: bytes) -> None:
    with suppress(GarbledAnswerError):
        assert len(public_key_digest(data)) == 32


def apdu_answer(data: bytes) -> None:
    with suppress(CardLeftError, GarbledAnswerError):
        answer = parse_answer(data)
        assert len(answer.data) <= ANSWER_BYTES_MAX
        assert answer.status <= 0xFFFF


def answer_to_reset(data: bytes) -> None:
    for cut in {0, 4, len(data)}:
        atr, number = data[cut:], data[:cut]
        assert len(historical_bytes(atr)) <= 15
        assert family_of(atr, number) in ("felica", "type_a", "type_b", "contact")
        is_storage_card(atr)


def osdp_frame(data: bytes) -> None:
    for raw in (data, sites.framed(data)):
        frame = read_frame(raw)
        if frame is not None:
            assert len(frame.raw) <= FRAME_BYTES_MAX
            assert read_frame(frame.raw) == frame


def osdp_search(data: bytes) -> None:
    search = ReplySearch(1)
    for piece in sites.pieces(data):
        assert len(search.feed(piece)) <= SEARCH_BYTES_MAX // 7
        assert len(search._gathered) <= SEARCH_BYTES_MAX


def osdp_gate(data: bytes) -> None:
    gate = LineGate({1: sites.OSDP_KEY})
    assert gate.passes(sites.OSDP_COMMANDS[data[0] % len(sites.OSDP_COMMANDS) if data else 0])
    for piece in sites.pieces(data[1:]):
        gate.line_brought(piece)
        assert len(gate.take(SEARCH_BYTES_MAX)) <= FRAME_BYTES_MAX
    assert len(gate.take_findings()) <= 1
    gate.loss_of(1)


def line_number(data: bytes) -> None:
    text = data.decode("latin-1")
    count = int.from_bytes(data[:2], "big")
    for identifier in (bits_identifier(count, data[2:]), hexadecimal_identifier(text), decimal_identifier(text)):
        assert identifier is None or len(identifier) <= 1 + 128
    assert bits_identifier(count, data[2:]) is None or count <= 512


def visit_code(data: bytes) -> None:
    for text in (data.decode("latin-1"), b32encode(data).decode("ascii").rstrip("=")):
        with suppress(MalformedMessageError, ForgedMessageError):
            decode_visit_code(text, sites.CENTRE_KEY)
            assert len(text) <= TEXT_CHARACTERS_MAX


def visit_code_reader(data: bytes) -> None:
    seen = VisitCodeReader(sites.SITE, sites.CENTRE_KEY).read("gate", data.decode("latin-1"), 0.0)
    assert isinstance(seen, CardSeen) or seen.cause in ("garbled", "forged_code")


def serial_lines(data: bytes) -> None:
    for split in (split_lines, split_stx):
        lines, rest = split(data)
        assert all(lines)
        assert sum(map(len, lines)) + len(rest) <= len(data)


def typed_events(data: bytes) -> None:
    for word_bytes in (4, 8):
        pieces = [data, *sites.pieces(data)]
        typed = TypedText(word_bytes)
        text = b"".join(map(typed.feed, pieces))
        assert text == TypedText(word_bytes).feed(b"".join(pieces))
        assert len(text) <= sum(map(len, pieces)) // typed.event_bytes
        assert len(typed._rest) < typed.event_bytes


def simulated_tap(data: bytes) -> None:
    seen = observation_of("gate", data, 0.0)
    assert isinstance(seen, ReadTrouble) or (isinstance(seen, CardSeen) and 1 <= len(seen.identifier) <= 32)


def simulated_input(data: bytes) -> None:
    with suppress(ValidationError):
        assert SimulatedState.model_validate_json(data).active in (False, True)


def command(data: bytes) -> None:
    with _malformed():
        decode_command(data)


def policy_snapshot(data: bytes) -> None:
    with _malformed():
        policy = decode_snapshot(data.splitlines())
        assert len(policy.credentials) <= len(data)


def policy_message(data: bytes) -> None:
    for read in (decode_pointer, decode_offer, decode_wanted, decode_part):
        with _malformed():
            read(data)


def policy_packed(data: bytes) -> None:
    with suppress(PolicyRefusedError):
        lines = list(unpack_lines([data[:100], data[100:]], len(data) * 4))
        assert sum(map(len, lines)) <= len(data) * 4


def policy_taken(data: bytes) -> None:
    with suppress(PolicyRefusedError):
        read = read_whole(_offer(0, 7), data.split(b"\n"))
        require_outcomes(read.policy, read.outcomes)
    with suppress(PolicyRefusedError):
        read = read_over(_golden_policy(), _offer(7, 9), data.split(b"\n"))
        require_outcomes(read.policy, read.outcomes)


@cache
def _golden_policy() -> PolicySnapshot:
    path = Path(__file__).parents[1] / "golden" / "policy.snapshot.1.ndjson"
    return decode_snapshot(path.read_bytes().split(b"\n"))


def _offer(begins: int, leads: int) -> PolicyOffer:
    digest = "0" * 64
    return PolicyOffer(
        device="west-1", from_version=begins, policy_version=leads, digest=digest, size=1, unpacked_size=1
    )


def record(data: bytes) -> None:
    with _malformed():
        body = decode_record(data)
        assert decode_record(encode_record(body)) == body


def batch(data: bytes) -> None:
    with _malformed(), suppress(ForgedMessageError):
        verify_batch(decode_batch(data), sites.CENTRE_KEY)


def standing(data: bytes) -> None:
    folder = _folder()
    (folder / FILE).write_bytes(data)
    with suppress(ValueError):
        load_standing(folder, Moment(datetime(2031, 4, 1, tzinfo=UTC), 1000.0, "boot-1", "synced"))


def keeper_frame(data: bytes) -> None:
    with suppress(FrameError):
        message_of(decode_frame(data))


def excel(data: bytes) -> None:
    for book in (data, workbook_with(data)):
        with suppress(CsvError):
            lines = read_excel_lines(book)
            assert 1 <= len(lines) <= ROWS_MAX
            assert all(len(cells) == len(lines[0][1]) <= COLUMNS_MAX for _, cells in lines)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        felica_answers,
        felica_lite_s,
        felica_fcf,
        desfire,
        jpki,
        certificate,
        apdu_answer,
        answer_to_reset,
        osdp_frame,
        osdp_search,
        osdp_gate,
        line_number,
        visit_code,
        visit_code_reader,
        serial_lines,
        typed_events,
        simulated_tap,
        simulated_input,
        command,
        policy_snapshot,
        policy_message,
        policy_packed,
        policy_taken,
        record,
        batch,
        standing,
        keeper_frame,
        excel,
    )
}


def _read(technology: CardTechnology, data: bytes) -> None:
    with suppress(CardLeftError, GarbledAnswerError, NotGenuineError, RefusedCardError):
        found = technology.read(FuzzChannel(data))
        assert found is None or isinstance(found, CardReading)
        assert found is None or 1 <= len(found.identifier) <= IDENTIFIER_BYTES_MAX


class _malformed:  # noqa: N801 - reads as a word of the with statement
    """Lets MalformedMessageError end the block, and holds it to a short, printable text."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, MalformedMessageError):
            return False
        assert len(error.detail) <= DETAIL_CHARACTERS_MAX
        assert error.detail.isprintable()
        return True


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="sekisho-fuzz-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
