"""nfcpy's own udp driver against the software antenna."""

import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulation.felica_card import FelicaCard, fcf_card
from emulation.felica_field import FelicaField, open_antenna
from readers.cards.felica_idm import FelicaIdm
from readers.drivers.nfc import nfc_reader, open_nfc_frontend
from readers.drivers.nfc_session import NfcSession
from readers.drivers.port import ReaderHealth, ReadTrouble
from readers.drivers.presentation import Reading
from tests.readers.drivers.watching import BRISK, watching

IDM = bytes.fromhex("0101050103b0c30b")
CARD = fcf_card(IDM, "100017")
LIFT_SECONDS = 0.6


def test_a_card_is_read_once_however_long_it_stays_and_again_when_it_returns() -> None:
    with FelicaField() as field, watching(nfc_reader("west", field.path, pace=BRISK)) as watched:
        watched.wait_for_health("ready")
        for _ in range(2):
            mark = watched.mark
            field.put(CARD)
            seen = watched.wait_for_card(IDM, after=mark)
            time.sleep(0.3)
            field.remove()
            time.sleep(LIFT_SECONDS)
        assert watched.cards == [IDM, IDM]
        assert (seen.reader, seen.technology, seen.assurance) == ("west", "felica_idm", 1)
        assert abs(time.monotonic() - seen.seen_mono) < 5


def test_the_same_card_gives_the_same_number_from_whichever_of_its_systems_it_answers() -> None:
    second_system = FelicaCard(IDM, systems={0x0003: {}, 0xFE00: {}})
    assert second_system.answer("212F", bytes.fromhex("0600fe000100"))[2] >> 4 == 1
    with FelicaField() as field, watching(nfc_reader("west", field.path, pace=BRISK)) as watched:
        field.put(second_system)
        watched.wait_for_card(IDM)


def test_a_phones_emulated_number_is_refused() -> None:
    with FelicaField() as field, watching(nfc_reader("west", field.path, pace=BRISK)) as watched:
        field.put(FelicaCard(bytes.fromhex("02fe112233445566")))
        watched.wait_for(lambda o: o == ReadTrouble("west", "emulated_id"))
        time.sleep(0.2)
        assert watched.observations == [ReaderHealth("west", "ready", ""), ReadTrouble("west", "emulated_id")]


def test_a_field_that_goes_away_and_comes_back_needs_no_restart() -> None:
    first = FelicaField()
    with watching(nfc_reader("west", first.path, pace=BRISK)) as watched:
        watched.wait_for_health("ready")
        first.close()
        time.sleep(0.3)
        with FelicaField(first.port) as second:
            second.put(CARD)
            watched.wait_for_card(IDM)


@pytest.mark.parametrize(
    "path",
    [
        "udp:0.0.0.0:54321",
        "udp:127.0.0.1:22",
        "udp:192.0.2.1:1",
        "udp:127.0.0.1:65536",
        "udp",
        "tty:USB0",
        "usb:05:4c:06",
        "",
        "com:3",
    ],
)
def test_a_path_that_is_not_ours_is_refused_in_words(path: str) -> None:
    with pytest.raises(ValueError, match="path of reader west"):
        nfc_reader("west", path)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda b: b"212F " + b.hex().encode()))
def test_garbage_on_the_antenna_never_gets_through_as_a_card(garbage: bytes) -> None:
    with open_antenna() as antenna:
        antenna.settimeout(5)
        frontend = open_nfc_frontend(f"udp:127.0.0.1:{antenna.getsockname()[1]}")
        session = NfcSession(_Answered(frontend, antenna, garbage), [FelicaIdm()])
        for sight in session.look():
            assert not isinstance(sight, Reading) or _is_answer_to_a_poll(garbage)
        session.close()


class _Answered:
    """A frontend whose next poll finds the garbage already on its way, then a frame that ends the wait."""

    def __init__(self, frontend: object, antenna: socket.socket, garbage: bytes) -> None:
        self._frontend = frontend
        self._antenna = antenna
        self._garbage = garbage

    def sense(self, *targets: object, **options: object) -> object:
        import threading

        def answer() -> None:
            _, address = self._antenna.recvfrom(1024)
            for payload in (self._garbage, b"212F 01"):
                self._antenna.sendto(payload, address)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            return self._frontend.sense(*targets, **options)  # type: ignore[attr-defined]
        finally:
            thread.join()

    def close(self) -> None:
        self._frontend.close()  # type: ignore[attr-defined]


def _is_answer_to_a_poll(payload: bytes) -> bool:
    frame = bytes.fromhex(payload.split()[1].decode())
    return len(frame) == frame[0] >= 18 and frame[1] == 1
