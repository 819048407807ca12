"""A file that is replaced whole is the old one or the new one, and has one owner at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from readers.whole_file import FileHeldError, hold_file, replace_file


def test_a_file_is_replaced_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    for data in (b"old", b"", b"new" * 1000):
        replace_file(path, data)
        assert path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["cards.csv"]


def test_what_a_crash_left_half_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "cards.csv.part").write_bytes(b"half")
    replace_file(tmp_path / "cards.csv", b"whole")
    assert (tmp_path / "cards.csv").read_bytes() == b"whole"


def test_the_old_file_stands_when_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    replace_file(path, b"old")
    (tmp_path / "cards.csv.part").mkdir()
    with pytest.raises(OSError, match="part"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"untouched")
    (tmp_path / "cards.csv.part").symlink_to(other)
    replace_file(tmp_path / "cards.csv", b"new")
    assert other.read_bytes() == b"untouched"


def test_a_held_file_has_one_holder_until_that_ends_or_dies(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    program = (
        "import os, sys; from pathlib import Path; from readers.whole_file import hold_file\n"
        "with hold_file(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read(1); os._exit(9)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FileHeldError, match=r"cards\.csv"), hold_file(path):
            pass
        holder.stdin.write(b".")
        holder.stdin.close()
        holder.wait()
    with hold_file(path):
        replace_file(path, b"mine")
    with hold_file(path):
        assert path.read_bytes() == b"mine"
