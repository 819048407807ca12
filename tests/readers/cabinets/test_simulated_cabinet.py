"""A cabinet that a socket plays: what it is told, what it says, and that keys stay where they are over a restart."""

import json
import socket
import threading
from pathlib import Path

import pytest

from readers.cabinets.simulated import read_word, simulated_cabinet
from readers.drivers.port import HookSeen, InputMoved, Observation
from tests.readers.inputs.lines import wait


class Running:
    """The driver in a thread, and what it reported."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: list[Observation] = []
        self._stop = threading.Event()
        driver = simulated_cabinet("keys-1", 2, str(path))
        self._thread = threading.Thread(target=driver.run, args=(self.seen.append, self._stop), daemon=True)
        self._thread.start()
        wait(lambda: len(self.hooks()) >= 2, lambda: self.seen)

    def hooks(self) -> list[HookSeen]:
        return [each for each in self.seen if isinstance(each, HookSeen)]

    def tell(self, **word: object) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(json.dumps(word).encode(), str(self.path))

    def close(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()


def test_what_is_told_is_seen_and_still_hangs_there_after_a_restart(tmp_path: Path) -> None:
    cabinet = Running(tmp_path / "keys.sock")
    assert cabinet.hooks() == [HookSeen("keys-1", 1, occupied=False), HookSeen("keys-1", 2, occupied=False)]
    assert InputMoved("keys-1-door", active=False) in cabinet.seen
    cabinet.tell(position=1, tag="0102")
    cabinet.tell(position=2, tag="")
    cabinet.tell(open=True)
    cabinet.tell(position=2, tag="not hex")
    cabinet.tell(surplus=True)
    tagged = HookSeen("keys-1", 1, occupied=True, technology="simulated", tag=b"\x01\x02")
    wait(lambda: InputMoved("keys-1-door", active=True) in cabinet.seen, lambda: cabinet.seen)
    assert cabinet.hooks()[2:] == [tagged, HookSeen("keys-1", 2, occupied=True)]
    cabinet.close()
    again = Running(tmp_path / "keys.sock")
    assert again.hooks() == [tagged, HookSeen("keys-1", 2, occupied=True)]
    again.tell(position=1, tag=None)
    wait(lambda: HookSeen("keys-1", 1, occupied=False) in again.hooks(), lambda: again.seen)
    again.close()


def test_a_spoilt_file_is_an_empty_cabinet(tmp_path: Path) -> None:
    (tmp_path / "keys.sock.hung").write_text("{")
    cabinet = Running(tmp_path / "keys.sock")
    assert [each.occupied for each in cabinet.hooks()] == [False, False]
    cabinet.close()


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b'{"position": 0, "tag": null}', b'{"position": 1, "open": true}', b'{"tag": "01"}', b'{"open": 1}'],
)
def test_garbage_says_nothing(payload: bytes) -> None:
    assert read_word(payload) is None


def test_a_path_that_no_socket_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="107"):
        simulated_cabinet("keys-1", 2, "/" + "x" * 107)
