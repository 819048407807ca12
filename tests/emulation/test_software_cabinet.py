"""A key cabinet in software, over its real sockets: what a hand does when it opens, and what is remembered of it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from emulation.key_cabinet import KeyCabinet
from readers.cabinets.simulated import read_word

TAGS = {1: b"\x02\x01", 2: b"\x02\x02"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="box-") as name:  # short: a socket's path has little room
        yield Path(name)


class Controller:
    """The controller's end: it hears the hooks and moves the locks."""

    def __init__(self, folder: Path) -> None:
        self._locks = folder / "locks.sock"
        self._hooks = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._hooks.bind(str(folder / "hooks.sock"))
        self._hooks.settimeout(20)

    def free(self, *doors: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            for door in doors:
                sender.sendto(json.dumps({"door": door, "action": "freed"}).encode(), str(self._locks))

    def hear(self, count: int) -> list[dict[str, Any]]:
        heard = [self._hooks.recv(256) for _ in range(count)]
        assert all(read_word(each) for each in heard), "the driver reads each of them"
        return [json.loads(each) for each in heard]

    def close(self) -> None:
        self._hooks.close()


@pytest.fixture
def controller(folder: Path) -> Iterator[Controller]:
    made = Controller(folder)
    yield made
    made.close()


def open_cabinet(folder: Path) -> KeyCabinet:
    return KeyCabinet("box", folder / "locks.sock", folder / "hooks.sock", TAGS)


def test_one_key_goes_and_comes_back(folder: Path, controller: Controller) -> None:
    cabinet = open_cabinet(folder)
    try:
        assert json.loads((folder / "hooks.sock.hung").read_text()) == {"hooks": {"1": "0201", "2": "0202"}}
        controller.free("box", "box-hook-1", "box-hook-2")
        assert controller.hear(3) == [{"open": True}, {"position": 1, "tag": None}, {"open": False}]
        assert cabinet.gone == {1}
        controller.free("box")
        assert controller.hear(3) == [{"open": True}, {"position": 1, "tag": "0201"}, {"open": False}]
        assert cabinet.gone == set()
    finally:
        cabinet.close()


def test_nothing_is_taken_off_a_hook_that_is_locked(folder: Path, controller: Controller) -> None:
    cabinet = open_cabinet(folder)
    try:
        controller.free("box")
        assert controller.hear(2) == [{"open": True}, {"open": False}]
    finally:
        cabinet.close()


def test_what_was_gone_before_is_gone_still(folder: Path) -> None:
    (folder / "hooks.sock.hung").write_text('{"hooks": {"2": "0202"}}')
    cabinet = open_cabinet(folder)
    cabinet.close()
    assert cabinet.gone == {1}
