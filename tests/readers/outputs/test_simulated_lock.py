"""A lock of paper writes to a file or to somebody's socket, and says when nobody is there."""

import json
import socket
import time
from pathlib import Path

import pytest

from readers.outputs.locks.relay import RelayError
from readers.outputs.locks.simulated import SimulatedLock


def test_a_file_gets_a_line_a_move(tmp_path: Path) -> None:
    path = tmp_path / "book"
    lock = SimulatedLock("main", str(path))
    before = time.monotonic()
    lock.free(5.0)
    lock.lock()
    told = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(each["door"], each["action"]) for each in told] == [("main", "freed"), ("main", "locked")]
    assert before <= told[0]["mono"] <= told[1]["mono"] <= time.monotonic()


def test_a_socket_gets_a_datagram_a_move_and_is_never_made(tmp_path: Path) -> None:
    path = tmp_path / "locks.sock"
    lock = SimulatedLock("main", str(path))
    with pytest.raises(RelayError, match="lock_unreachable"):
        lock.lock()
    assert not path.exists()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        lock.free(None)
        assert json.loads(listener.recv(512))["action"] == "freed"
    with pytest.raises(RelayError, match="lock_unreachable"):
        lock.lock()
