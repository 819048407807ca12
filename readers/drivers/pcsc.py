"""Readers through PC/SC: CCID readers such as RC-S300, ACR1252 and OMNIKEY.

Our own loop over the low-level calls: pyscard's monitor threads die with the service and see nothing afterwards. Each
reader has a context of its own; the pseudo reader wakes it when readers come and go; the first status call starts from
UNAWARE, so a card that already lies there is seen.
"""

from smartcard import scard

from readers.drivers.faults import ReaderError
from readers.drivers.port import Health, ReaderHealth
from readers.drivers.presentation import MISSES_TO_LIFT, Reading, Sight
from readers.drivers.supervise import Look, Pace, SupervisedReader

PLUG_AND_PLAY = "\\\\?PnP?\\Notification"
WAIT_MS = 500
"""The longest status call: a stop is noticed within it."""

SETTLE_MS = 100
"""The same while a lifted card is still debounced, or a card waits for another program to let go of it."""

GET_DATA = [0xFF, 0xCA, 0x00, 0x00, 0x00]
"""PC/SC part 3, Get Data: the card's UID, or IDm."""

_STORAGE_CARD = bytes.fromhex("3b8f8001804f0ca000000306")  # PC/SC part 3 ATR of a memory card; the standard follows
_FELICA_STANDARD = 0x11
_CONTACTLESS_HEADER = (0x80, 0x01)  # TD1 TD2 of every ATR that a reader makes up for ISO/IEC 14443-4
_MY_NUMBER_ATR = bytes.fromhex("3b888001000005e0b381a1007f")  # Type B: what it answers is a PUPI, drawn anew

_BROKEN: frozenset[Sight] = frozenset(("torn", "garbled"))
_LEFT = {
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
}
_FAULTS: dict[int, tuple[Health, str]] = {
    scard.SCARD_E_NO_SERVICE: ("lost", "no_service"),
    scard.SCARD_E_SERVICE_STOPPED: ("lost", "no_service"),
    scard.SCARD_F_COMM_ERROR: ("lost", "no_service"),
    scard.SCARD_E_INVALID_HANDLE: ("lost", "no_service"),
    scard.SCARD_E_READER_UNAVAILABLE: ("lost", "unplugged"),
    scard.SCARD_E_UNKNOWN_READER: ("lost", "unplugged"),
    scard.SCARD_E_NO_READERS_AVAILABLE: ("lost", "unplugged"),
    scard.SCARD_W_SECURITY_VIOLATION: ("failing", "permission_denied"),  # polkit refuses this user
}


def pcsc_reader(reader: str, path: str, *, pace: Pace | None = None) -> SupervisedReader:
    """Make the driver of one PC/SC reader.

    Args:
        reader: the reader's id.
        path: how the reader's PC/SC name begins ("" is the first one); the service adds numbers to the maker's name.
        pace: how patient its supervisor is.
    """
    return SupervisedReader(reader, lambda: PcscSession(reader, path), pace=pace)


class PcscSession:
    """One context and one reader of it."""

    def __init__(self, reader: str, name_prefix: str) -> None:
        self._reader = reader
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        _check(result)
        try:
            self._name, self._readers_count = self._find(name_prefix)
        except ReaderError:
            self.close()
            raise
        self._state = scard.SCARD_STATE_UNAWARE
        self._sight: Sight | None = None  # of the card that lies there, once it could be read
        self._short_looks_due = 0

    def look(self) -> Look:
        """Wait for a change, or for as long as a look may take; see :class:`~readers.drivers.supervise.Session`.

        A card that lies there is read at every look: some readers notice a swap late, and a torn read mends itself.
        """
        atr = self._wait()
        if not self._is_present:
            self._short_looks_due = MISSES_TO_LIFT if self._sight else max(self._short_looks_due - 1, 0)
            self._sight = None
            return ()
        sight = self._read(atr)
        self._short_looks_due = 1 if sight is None or sight in _BROKEN else 0
        if sight is None and self._sight is None:
            return (ReaderHealth(self._reader, "busy", "exclusive_use"),)
        if sight in _BROKEN and isinstance(self._sight, Reading):
            return ()  # it is leaving, or another has come, and the service has not noticed yet
        self._sight = sight or self._sight
        return (self._sight,) if self._sight else ()

    def close(self) -> None:
        """Release the context; a service that is gone has released it already."""
        scard.SCardReleaseContext(self._context)

    @property
    def _is_present(self) -> bool:
        return bool(self._state & scard.SCARD_STATE_PRESENT)

    def _find(self, name_prefix: str) -> tuple[str, int]:
        result, names = scard.SCardListReaders(self._context, [])
        _check(result)
        name = next((name for name in names if name.startswith(name_prefix)), None)
        if name is None:
            raise ReaderError("lost", "unplugged")
        return name, len(names)

    def _wait(self) -> bytes:
        """Wait for a change, at most as long as a look may take; gives the ATR of the card that lies there, or b""."""
        wait_ms = SETTLE_MS if self._short_looks_due else WAIT_MS
        known = [(PLUG_AND_PLAY, self._readers_count << 16), (self._name, self._state)]
        result, states = scard.SCardGetStatusChange(self._context, wait_ms, known)
        if result != scard.SCARD_E_TIMEOUT:
            _check(result)
        (_, pnp_state, _), (_, state, atr) = states
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise ReaderError("lost", "unplugged")
        if pnp_state & scard.SCARD_STATE_CHANGED:
            self._name, self._readers_count = self._find(self._name)
        self._state = state & ~scard.SCARD_STATE_CHANGED
        return bytes(atr)

    def _read(self, atr: bytes) -> Sight | None:
        """Read the card that lies there; None when another program holds it for itself."""
        if self._state & scard.SCARD_STATE_MUTE:
            return "unsupported"
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(self._context, self._name, scard.SCARD_SHARE_SHARED, protocols)
        if result == scard.SCARD_E_SHARING_VIOLATION:
            return None
        if result != scard.SCARD_S_SUCCESS:
            return _sight_of_failure(result)
        try:
            header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
            result, answer = scard.SCardTransmit(card, header, GET_DATA)
        finally:
            # LEAVE_CARD: powering the card down would change a random number and fire a second insertion.
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        return _sight_of_failure(result) if result != scard.SCARD_S_SUCCESS else sight_of_answer(atr, bytes(answer))


def sight_of_answer(atr: bytes, answer: bytes) -> Sight:
    """Give what a card's ATR and its answer to Get Data (number and two status bytes) say."""
    number, status = answer[:-2], answer[-2:]
    if atr == _MY_NUMBER_ATR:
        return "random_id"
    if len(status) < 2 or status == b"\x63\x00":
        return "torn"
    if status != b"\x90\x00" or atr[2:4] != bytes(_CONTACTLESS_HEADER):
        return "unsupported"
    is_felica = atr.startswith(_STORAGE_CARD) and atr[len(_STORAGE_CARD) : -1].startswith(bytes((_FELICA_STANDARD,)))
    return Reading("felica_idm" if is_felica else "iso14443_uid", number)


def _sight_of_failure(result: int) -> Sight:
    """Sort a failed call on a card.

    Raises:
        ReaderError: it was not the card but the reader or the service that failed.
    """
    if result in _FAULTS:
        _check(result)
    return "torn" if result in _LEFT else "unsupported"


def _check(result: int) -> None:
    """Raise ReaderError unless a call on the service succeeded."""
    if result != scard.SCARD_S_SUCCESS:
        raise ReaderError(*_FAULTS.get(result, ("failing", "pcsc_error")))
