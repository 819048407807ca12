"""A FeliCa Lite-S card: its blocks, keys, memory configuration and write counter.

Written from public sources (users' write-ups of Sony's manual, two open implementations), read by ours and by nfcpy
only: that this card refuses something proves nothing about real ones. Known gap: the subtraction register is a block
like any other.
"""

from emulation.felica_card import parse_block_list
from emulation.lite_s_mac import mac_of, session_key_of, turned, write_mac_of

SYSTEM = 0x88B4
REAL_PMM = bytes.fromhex("00f1000000014300")
"""A real card's: 0.9 ms for a read, which nfcpy's own tags believe and no datagram socket keeps under load."""

PATIENT_PMM = bytes.fromhex("00f1ffffffffffff")

FACTORY_CONFIGURATION = bytes.fromhex("ffffff00070000000000000000000000")
FACTORY_WRITE_COUNT = 0xFFFE00

RC, MAC, ID, CKV, CK, MC, WCNT, MAC_A, STATE = 0x80, 0x81, 0x82, 0x86, 0x87, 0x88, 0x90, 0x91, 0x92
_REGISTER = 0x0E
_STORED = (*range(_REGISTER + 1), RC, *range(ID, MC + 1), WCNT, STATE)
_POLLING, _READ, _WRITE = 0x00, 0x06, 0x08
_READ_SERVICE, _WRITE_SERVICE = 0x000B, 0x0009

_DONE, _WORN = b"\x00\x00", b"\xff\x71"
_MALFORMED, _NO_SUCH_SERVICE, _NO_SUCH_BLOCK = b"\xff\xa1", b"\x01\xa6", b"\x01\xa8"
_TOO_MANY_BLOCKS, _NOT_AUTHENTICATED, _MAC_REFUSED = b"\xff\xa2", b"\x01\xb1", b"\x02\xb2"

_OPEN = 0xFF
_OPEN_WRITES, _FINAL_WRITES, _WARNED_WRITES = 0xFFFFFF, 0xFFFE00, 10_000


class LiteSCard:
    """A Lite-S card; ``key`` is CK1 || CK2. Its attributes are what lies in the chip, for tests to look at and set."""

    def __init__(self, idm: bytes, *, key: bytes = bytes(16), key_version: int = 0, pmm: bytes = PATIENT_PMM) -> None:
        self.idm = idm
        self.pmm = pmm
        self.blocks = {number: bytes(16) for number in _STORED}
        self.blocks[ID] = idm + bytes(8)
        self.blocks[CKV] = key_version.to_bytes(2, "little") + bytes(14)
        self.blocks[CK] = turned(key)
        self.blocks[MC] = FACTORY_CONFIGURATION
        self.write_count = FACTORY_WRITE_COUNT
        self._next_configuration = FACTORY_CONFIGURATION
        self._rc: bytes | None = None
        self._is_authenticated = False

    @property
    def key(self) -> bytes:
        """CK1 || CK2."""
        return turned(self.blocks[CK])

    @property
    def key_version(self) -> int:
        """What block CKV says."""
        return int.from_bytes(self.blocks[CKV][:2], "little")

    def configure(self, *, final: bool = True) -> None:
        """Bring the configuration an issued card has: key and state by MAC_A alone; ``final``: for ever."""
        head = b"\xff\xff\x00" if final else b"\xff\xff\xff"
        self._next_configuration = head + b"\x00\x07\x01" + bytes(6) + b"\x01" + bytes(3)
        self.lose_power()

    def lose_power(self) -> None:
        """Forget the session; a configuration that was written takes effect, and finalising resets the counter."""
        self._rc, self._is_authenticated = None, False
        if self.blocks[MC][2] == _OPEN != self._next_configuration[2]:
            self.write_count = 0
        self.blocks[MC] = self._next_configuration

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Answer a FeliCa frame; see :class:`~emulation.card.Card`."""
        if modulation not in {"212F", "424F"} or len(frame) < 2 or frame[0] != len(frame):
            return None
        if frame[1] == _POLLING:
            body = self._poll(frame)
        elif frame[1] in {_READ, _WRITE} and frame[2:10] == self.idm:
            body = self.idm + self._command(frame[1], frame[10:])
        else:
            body = None
        return None if body is None else bytes((len(body) + 2, frame[1] + 1)) + body

    def _poll(self, frame: bytes) -> bytes | None:
        code = SYSTEM.to_bytes(2, "big")
        if len(frame) != 6 or any(wanted not in {0xFF, have} for wanted, have in zip(frame[2:4], code, strict=True)):
            return None
        return self.idm + self.pmm + {1: code, 2: b"\x00\x83"}.get(frame[4], b"")

    def _command(self, command: int, request: bytes) -> bytes:
        try:
            codes, listed, data = parse_block_list(request)
        except IndexError:
            return _MALFORMED
        numbers = [number for _, number in listed]
        if codes not in ([[_WRITE_SERVICE]] if command == _WRITE else [[_WRITE_SERVICE], [_READ_SERVICE]]):
            return _NO_SUCH_SERVICE
        if not 1 <= len(numbers) <= (2 if command == _WRITE else 4):
            return _TOO_MANY_BLOCKS
        return self._write(numbers, data) if command == _WRITE else self._read(numbers)

    def _read(self, numbers: list[int]) -> bytes:
        data = b""
        for at, number in enumerate(numbers):
            if number in {MAC, MAC_A}:
                if self._rc is None:
                    return bytes((1 << at, 0xB2))
                head = b"".join(bytes((each, 0)) for each in numbers).ljust(8, b"\xff") if number == MAC_A else b""
                data += mac_of(session_key_of(self.blocks[CK], self._rc), self._rc, head + data) + bytes(8)
            elif number not in self.blocks:
                return bytes((1 << at, 0xA8))
            elif number <= _REGISTER and self._bit(6, number) and not self._is_authenticated:
                return bytes((1 << at, 0xB1))
            else:
                data += self._shown(number)
        return _DONE + bytes((len(numbers),)) + data

    def _shown(self, number: int) -> bytes:
        match number:
            case 0x80 | 0x87:  # challenge and key are never read
                return bytes(16)
            case 0x90:
                return self.write_count.to_bytes(3, "little") + bytes(13)
            case 0x92:
                return bytes((self._is_authenticated,)) + bytes(15)
            case _:
                return self.blocks[number]

    def _write(self, numbers: list[int], data: bytes) -> bytes:
        number, with_mac = numbers[0], numbers[1:] == [MAC_A]
        if len(data) != 16 * len(numbers):
            return _MALFORMED
        if (len(numbers) == 2 and not with_mac) or number not in self.blocks:
            return _NO_SUCH_BLOCK
        if number == RC and not with_mac:
            self._rc, self._is_authenticated = data, False
            return _DONE
        if (refusal := self._refusal(number, data, with_mac=with_mac)) is not None:
            return refusal
        self._store(number, data[:16])
        self.write_count += 1
        return _WORN if self.blocks[MC][2] != _OPEN and self.write_count > _WARNED_WRITES else _DONE

    def _refusal(self, number: int, data: bytes, *, with_mac: bool) -> bytes | None:
        configuration = self.blocks[MC]
        is_open = configuration[2] == _OPEN
        if number <= _REGISTER:
            writable, by_mac = self._bit(0, number), self._bit(10, number)
            if self._bit(8, number) and not self._is_authenticated:
                return _NOT_AUTHENTICATED
        elif number in {CKV, CK}:
            writable, by_mac = is_open or configuration[5] == 1, configuration[5] == 1
        elif number == STATE:
            writable, by_mac = True, configuration[12] == 1
        else:
            writable, by_mac = is_open and number not in {RC, WCNT}, False
        if not writable or (by_mac and not with_mac):
            return _NO_SUCH_BLOCK
        if self.write_count >= (_OPEN_WRITES if is_open else _FINAL_WRITES):
            return _MAC_REFUSED
        if with_mac and not (by_mac and self._is_write_mac(number, data)):
            return _MAC_REFUSED
        return None

    def _is_write_mac(self, number: int, data: bytes) -> bool:
        if self._rc is None:
            return False
        count = self.write_count.to_bytes(3, "little")
        head = count + b"\x00" + bytes((number, 0, MAC_A, 0))
        expected = write_mac_of(session_key_of(self.blocks[CK], self._rc), self._rc, head + data[:16])
        return data[16:27] == expected + count

    def _store(self, number: int, data: bytes) -> None:
        if number == STATE:
            self._is_authenticated = data[0] == 1
        elif number == MC:
            present = self.blocks[MC]
            locked = bytes(have & new for have, new in zip(present[:2], data[:2], strict=True))
            kept = bytes(have | new for have, new in zip(present[6:13], data[6:13], strict=True))
            self._next_configuration = locked + data[2:6] + kept + bytes(3)
        else:
            self.blocks[number] = data

    def _bit(self, byte: int, number: int) -> bool:
        flags = int.from_bytes(self.blocks[MC][byte : byte + 2], "little")
        return bool(flags >> number & 1)


class ReplayingCard:
    """A clone without the key: it answers each command as a genuine card once did, whatever it is asked now.

    Args:
        heard: what passed between a reader and the genuine card, as :class:`~emulation.card.HeardCard` keeps it.
    """

    def __init__(self, heard: list[tuple[bytes, bytes | None]]) -> None:
        self._answers: dict[tuple[int, int], list[bytes]] = {}
        for frame, answer in heard:
            if answer is not None:
                self._answers.setdefault(_kind(frame), []).append(answer)

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Give the recorded answers to commands of this kind, one after the other, the last again and again."""
        answers = self._answers.get(_kind(frame)) if modulation == "212F" and len(frame) > 1 else None
        if not answers:
            return None
        return answers.pop(0) if len(answers) > 1 else answers[0]


def _kind(frame: bytes) -> tuple[int, int]:
    """What a command is: its code, and how long it is (which systems or how many blocks)."""
    return frame[1], int.from_bytes(frame[2:4], "big") if frame[1] == _POLLING else len(frame)
