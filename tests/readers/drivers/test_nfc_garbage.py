"""Whatever a card or a device sends, a look through nfcpy ends in sights or in an error the supervisor knows."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from emulation.felica_card import fcf_card
from emulation.port100 import Port100, UsbBus
from readers.drivers.faults import ReaderError
from readers.drivers.nfc import NUMBERS_ALONE, open_nfc_frontend
from readers.drivers.nfc_session import BROKEN_LOOKS_MAX, NfcSession
from readers.drivers.presentation import Reading

IDM = bytes.fromhex("0101050103b0c30b")
STAFF = fcf_card(IDM, "100017")


class BabblingCard:
    """A card that answers each frame with the next of the given bytes."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = iter(answers)

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        return next(self._answers, None)


def session_on(device: Port100) -> NfcSession:
    return NfcSession(open_nfc_frontend("usb", UsbBus(device)), NUMBERS_ALONE)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=8))
def test_a_babbling_card_ends_no_loop_and_the_next_card_is_read(answers: list[bytes]) -> None:
    device = Port100(instant=True)
    session = session_on(device)
    device.put(BabblingCard(answers))
    for _ in range(BROKEN_LOOKS_MAX - 1):
        session.look()
    device.remove()
    device.put(STAFF)
    assert Reading("felica_idm", IDM) in session.look()


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda tail: bytes.fromhex("0000ffffff") + tail))
def test_a_babbling_device_gives_no_card_and_is_given_up_in_words(garbage: bytes) -> None:
    device = Port100(instant=True)
    session = session_on(device)
    device.garble(1_000_000, garbage)
    with suppress(ReaderError, OSError):
        for _ in range(BROKEN_LOOKS_MAX):
            assert all(not isinstance(sight, Reading) for sight in session.look())
