"""The simulated reader: datagrams on a socket that is its owner's alone."""

import json
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.visit_codes import VisitCode, encode_visit_code
from emulation.simulated import send_simulated
from readers.cards.qr import VisitCodeReader
from readers.drivers.port import CardSeen, ReadTrouble
from readers.drivers.simulated import observation_of, simulated_reader
from tests.readers.drivers.watching import BRISK, watching

CARD = bytes.fromhex("00112233445566")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "north"


def test_each_datagram_is_a_tap(path: Path) -> None:
    with watching(simulated_reader("north", str(path), pace=BRISK)) as watched:
        watched.wait_for_health("ready")
        for _ in range(3):
            send_simulated(path, CARD)
        send_simulated(path, b"\x99")
        seen = watched.wait_for_card(b"\x99")
        assert watched.cards == [CARD, CARD, CARD, b"\x99"]
        assert (seen.technology, seen.assurance) == ("simulated", 1)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b'"00"',
        b"\xff\xfe",
        b'{"identifier": ""}',
        b'{"identifier": "0"}',
        b'{"identifier": "zz"}',
        b'{"identifier": "00\\n"}',
        b'{"identifier": 7}',
        b'{"identifier": "00", "person": "x"}',
        b'{"identifier": "' + b"00" * 33 + b'"}',
        b'{"identifier": "00"}' + b" " * 600,
    ],
)
def test_anything_else_is_garbled_and_the_next_tap_is_read(path: Path, payload: bytes) -> None:
    with (
        watching(simulated_reader("north", str(path), pace=BRISK)) as watched,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
    ):
        watched.wait_for_health("ready")
        sender.sendto(payload, str(path))
        send_simulated(path, CARD)
        watched.wait_for_card(CARD)
        assert watched.observations[1] == ReadTrouble("north", "garbled")


@given(st.binary(max_size=600))
def test_garbage_gives_garbled_and_never_raises(payload: bytes) -> None:
    assert observation_of("north", payload, 0.0) == ReadTrouble("north", "garbled")


@given(st.binary(min_size=1, max_size=32))
def test_every_identifier_comes_through(identifier: bytes) -> None:
    payload = f'{{"identifier": "{identifier.hex()}"}}'.encode()
    assert observation_of("north", payload, 1.5) == CardSeen("north", "simulated", identifier, 1, 1.5)


def test_a_code_is_read_as_a_scanners_is_and_garbled_where_nothing_reads_codes() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    begin = datetime(2031, 4, 1, 8, 30, tzinfo=UTC)
    code = VisitCode("hagi", bytes(range(16)), begin, begin + timedelta(hours=8), again=True)
    payload = json.dumps({"code": encode_visit_code(code, key)}).encode()
    reader = VisitCodeReader("hagi", key.public_key())
    seen = observation_of("north", payload, 1.5, reader)
    assert isinstance(seen, CardSeen)
    assert (seen.technology, seen.identifier, seen.once) == ("qr", code.code_id, None)
    assert observation_of("north", payload, 1.5) == ReadTrouble("north", "garbled")
    both = json.dumps({"code": "x", "identifier": "01"}).encode()
    assert observation_of("north", both, 1.5, reader) == ReadTrouble("north", "garbled")


def test_a_socket_left_by_a_crash_is_taken_over(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as crashed:
        crashed.bind(str(path))
    assert path.exists()
    with watching(simulated_reader("north", str(path), pace=BRISK)) as watched:
        watched.wait_for_health("ready")


def test_a_socket_in_use_is_left_alone_until_it_is_free(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(path))
        with watching(simulated_reader("north", str(path), pace=BRISK)) as watched:
            watched.wait_for_health("busy", "other_process")
            other.close()
            watched.wait_for_health("ready")


def test_a_file_in_the_way_is_not_removed(path: Path) -> None:
    path.write_text("somebody's")
    with watching(simulated_reader("north", str(path), pace=BRISK)) as watched:
        watched.wait_for_health("failing", "path_taken")
    assert path.read_text() == "somebody's"


def test_a_socket_file_taken_away_is_made_again(path: Path) -> None:
    with watching(simulated_reader("north", str(path), pace=BRISK)) as watched:
        watched.wait_for_health("ready")
        path.unlink()
        watched.wait_for_health("lost", "unplugged")
        watched.wait_for_health("ready", after=watched.mark - 1)
        send_simulated(path, CARD)
        watched.wait_for_card(CARD)


@pytest.mark.parametrize("path", ["", "/" + "x" * 107])
def test_a_path_no_socket_can_have_is_refused_in_words(path: str) -> None:
    with pytest.raises(ValueError, match="path of reader north"):
        simulated_reader("north", path)
