"""What could not be written is counted, survives, and is told once."""

from pathlib import Path

from readers.loss_count import LossCount


def test_it_counts_over_lives_and_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.lost"
    LossCount(path).ensure()
    assert LossCount(path).lost == 0
    LossCount(path).add(3)
    LossCount(path).add(2)
    assert LossCount(path).lost == 5
    LossCount(path).ensure()
    assert LossCount(path).lost == 5
    LossCount(path).clear()
    assert LossCount(path).lost == 0


def test_a_file_that_is_no_count_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.lost"
    path.write_bytes(b"x")
    assert LossCount(path).lost == 0


def test_its_size_never_changes(tmp_path: Path) -> None:
    path = tmp_path / "journal.lost"
    LossCount(path).ensure()
    size = path.stat().st_size
    LossCount(path).add(2**40)
    assert path.stat().st_size == size


def test_a_disk_that_refuses_is_no_error(tmp_path: Path) -> None:
    LossCount(tmp_path / "missing" / "journal.lost").add(1)
