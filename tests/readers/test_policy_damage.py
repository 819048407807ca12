"""The policy's files damaged, lost or refused by the disk: never believed, and mended by the next offer."""

import errno
import json
import os
from pathlib import Path

import pytest

from readers.policy_cache import PolicyCache
from readers.policy_files import PolicyRefusedError
from tests.readers.offered import (
    V3,
    V4,
    again,
    give,
    loaded,
    offer_change,
    offer_whole,
    pointer,
)


def damage(file: Path, how: str) -> None:
    data = bytearray(file.read_bytes())
    match how:
        case "flip":
            data[len(data) // 2] ^= 1
        case "cut":
            del data[len(data) // 2 :]
        case "empty":
            data.clear()
    file.write_bytes(data)
    if how == "gone":
        file.unlink()


@pytest.mark.parametrize("name", ["policy.json", "policy-3.offer", "change-3-4.offer"])
@pytest.mark.parametrize("how", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_not_believed_and_a_new_offer_mends_it(
    cache: PolicyCache, tmp_path: Path, name: str, how: str
) -> None:
    give(cache, offer_change(V3, V4))
    damage(tmp_path / name, how)
    opened = again(tmp_path)
    if (name, how) == ("policy.json", "gone"):
        assert opened.load() is None
    else:
        with pytest.raises(PolicyRefusedError):
            opened.load()
    assert opened.held is None
    assert give(opened, offer_whole(V4)).snapshot == V4
    assert loaded(tmp_path) == V4


def test_a_flipped_bit_anywhere_is_never_taken_for_another_policy(cache: PolicyCache, tmp_path: Path) -> None:
    give(cache, offer_change(V3, V4))
    file = tmp_path / "change-3-4.offer"
    whole = file.read_bytes()
    for at in range(0, len(whole), 37):
        file.write_bytes(whole[:at] + bytes((whole[at] ^ 4,)) + whole[at + 1 :])
        with pytest.raises(PolicyRefusedError):
            again(tmp_path).load()


def test_versions_cut_off_in_the_pointers_file_are_noticed(cache: PolicyCache, tmp_path: Path) -> None:
    give(cache, offer_change(V3, V4))
    kept = json.loads((tmp_path / "policy.json").read_text())
    (tmp_path / "policy.json").write_text(json.dumps({**kept, "versions": [3]}))
    with pytest.raises(PolicyRefusedError, match="ends before"):
        again(tmp_path).load()


def test_a_lost_file_is_no_way_back_to_an_older_version(cache: PolicyCache, tmp_path: Path) -> None:
    give(cache, offer_whole(V4))
    (tmp_path / "policy-4.offer").write_bytes(b"")
    reopened = again(tmp_path)
    with pytest.raises(PolicyRefusedError):
        reopened.load()
    with pytest.raises(PolicyRefusedError, match="older than 4"):
        reopened.confirm(pointer(3))
    reopened.begin(offer_whole(V3)[0])
    with pytest.raises(PolicyRefusedError, match="does not stand by version 3"):
        reopened.take()
    assert give(reopened, offer_whole(V4)).snapshot == V4


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_disk_that_refuses_changes_nothing(
    cache: PolicyCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(*((os, "fsync") if call == "fsync" else (Path, "rename")), refuse)
        with pytest.raises(OSError, match="No space"):
            give(cache, offer_change(V3, V4))
    assert not list(tmp_path.glob("*.part"))
    assert cache.held is not None
    assert cache.held.snapshot == loaded(tmp_path) == V3
    assert give(cache, offer_change(V3, V4)).snapshot == V4


def test_a_file_that_cannot_be_removed_is_no_trouble(cache: PolicyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.suffix == ".offer":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert give(cache, offer_whole(V4)).snapshot == V4
