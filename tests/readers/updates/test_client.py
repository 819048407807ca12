"""The real python-tuf client against real repositories: what a thief of some of the keys, or of the network, can do."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from readers.updates.errors import UpdateError, UpdateRefusedError, UpdateUnreachableError
from readers.updates.slots import Slots
from readers.updates.switch import Phase
from readers.updates.trial import Applied, Born, TrialError
from sekisho.release_keys import KeyRing, TooFewKeysError, make_keys
from tests.readers.updates.maker import Maker, client_of, content_of, fetch, files_of, now


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    maker = Maker(tmp_path / "maker")
    maker.publish(1)
    return maker


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    return Slots(tmp_path / "box")


def newest(maker: Maker, slots: Slots, repository: Path | None = None) -> int:
    found = client_of(maker, slots, repository).find_newest()
    return found.note.version if found else 0


def test_the_newest_is_found_and_staged(maker: Maker, slots: Slots) -> None:
    maker.publish(5)
    switch = fetch(maker, slots)
    assert switch.phase is Phase.staged
    assert switch.candidate is not None
    assert (switch.candidate.name, switch.candidate.serial) == ("0.5", 5)
    assert content_of(slots.path("a")) == files_of(5)
    assert list((slots.folder / "downloads").iterdir()) == []


def test_an_empty_repository_has_nothing(tmp_path: Path, slots: Slots) -> None:
    assert newest(Maker(tmp_path / "other"), slots) == 0


@pytest.mark.parametrize("attack", ["expired", "fast_forwarded", "mixed", "forged"])
def test_attacks_change_nothing(maker: Maker, slots: Slots, attack: str) -> None:
    assert newest(maker, slots) == 1
    maker.publish(2)
    offered = getattr(maker, attack)()
    before = slots.load()
    with pytest.raises(UpdateRefusedError):
        fetch(maker, slots, offered)
    assert slots.load() == before
    assert fetch(maker, slots).phase is Phase.staged  # the maker's own word is still heard


def test_an_older_state_of_the_repository(maker: Maker, slots: Slots) -> None:
    old = maker.copy("old")
    maker.publish(2)
    fetch(maker, slots)
    with pytest.raises(UpdateRefusedError):
        newest(maker, slots, old)


def test_an_older_release_even_where_tuf_forgot_everything(maker: Maker, slots: Slots) -> None:
    old = maker.copy("old")
    maker.publish(2)
    fetch(maker, slots)
    slots.change(Applied(), now())
    slots.change(Born(slots.load().release), now())
    shutil.rmtree(slots.folder / "metadata")
    with pytest.raises(TrialError, match="#2"):
        fetch(maker, slots, old)


def test_an_archive_that_is_not_the_signed_one(maker: Maker, slots: Slots) -> None:
    path = next((maker.repository / "targets").iterdir())
    good = path.read_bytes()
    for data in (good[:-1] + bytes([good[-1] ^ 1]), good + b"more", good[:-3]):
        path.write_bytes(data)
        with pytest.raises(UpdateRefusedError):
            fetch(maker, slots)
        assert slots.load().phase is Phase.idle
    path.unlink()
    with pytest.raises(UpdateUnreachableError):
        fetch(maker, slots)


def test_a_stick_that_is_not_there(maker: Maker, slots: Slots, tmp_path: Path) -> None:
    with pytest.raises(UpdateUnreachableError, match="媒体"):
        newest(maker, slots, tmp_path / "nowhere")


@pytest.mark.parametrize("content", [None, b"", b"{}", b"no json"])
def test_without_a_trusted_root_nothing_is_trusted(maker: Maker, slots: Slots, content: bytes | None) -> None:
    maker.root_file.unlink()
    if content is not None:
        maker.root_file.write_bytes(content)
    with pytest.raises(UpdateRefusedError):
        newest(maker, slots)


def test_another_makers_repository(maker: Maker, slots: Slots, tmp_path: Path) -> None:
    stranger = Maker(tmp_path / "stranger")
    stranger.publish(9)
    with pytest.raises(UpdateRefusedError):
        newest(maker, slots, stranger.repository)


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_boxes_follow_new_keys(maker: Maker, slots: Slots, tmp_path: Path, role: str) -> None:
    assert newest(maker, slots) == 1
    former = maker.keys
    there = maker.open()
    fresh = make_keys(tmp_path / "fresh", role, len(there.root().roles[role].keyids))
    there.rotate(role, fresh)
    maker.keys = KeyRing([key for key in former.keys if key.role != role] + list(fresh.keys))
    maker.publish(2)
    assert newest(maker, slots) == 2
    with pytest.raises(TooFewKeysError, match=role), maker.open(former).edit(role):
        pass  # the former keys sign nothing any more


def test_fast_forward_with_stolen_keys_ends_with_their_rotation(maker: Maker, slots: Slots, tmp_path: Path) -> None:
    """Whoever has the online keys can push versions ahead; new keys in root let every box forget that."""
    kept = maker.copy("kept")
    there = maker.open()
    with there.edit_timestamp() as word:
        word.version = 2**31
    assert newest(maker, slots) == 1  # validly signed: the boxes are ahead now
    shutil.rmtree(maker.repository)
    shutil.copytree(kept, maker.repository)
    maker.publish(2)
    with pytest.raises(UpdateRefusedError):
        newest(maker, slots)
    fresh = make_keys(tmp_path / "fresh", "timestamp", 1)
    maker.open().rotate("timestamp", fresh)
    assert newest(maker, slots) == 2


def test_two_of_three_root_keys_are_enough_and_one_is_not(maker: Maker, tmp_path: Path) -> None:
    roots = [key for key in maker.keys.keys if key.role == "root"]
    others = [key for key in maker.keys.keys if key.role != "root"]
    fresh = make_keys(tmp_path / "fresh", "timestamp", 1)
    with pytest.raises(TooFewKeysError, match="2"):
        maker.open(KeyRing([roots[0], *others])).rotate("timestamp", fresh)
    assert maker.open().root().version == 1
    maker.open(KeyRing([roots[0], roots[2], *others])).rotate("timestamp", fresh)
    assert maker.open().root().version == 2


def test_a_word_counts_as_long_as_it_says(maker: Maker, slots: Slots) -> None:
    maker.open(at=now() - timedelta(days=10), days={"timestamp": 30}).publish()
    assert newest(maker, slots) == 1


def test_one_command_at_a_time(slots: Slots) -> None:
    with slots.staging(), pytest.raises(UpdateError, match="別のプログラム"), Slots(slots.folder).staging():
        pass
