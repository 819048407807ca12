"""``sekisho update`` as people type it: a repository from nothing, a box that fetches from it, and what is refused."""

import json
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sekisho.release_keys import KeyRing
from sekisho.release_repository import ReleaseRepository
from sekisho.update import app
from tests.readers.updates.maker import files_of, pack

COMMANDS = CliRunner()


def say(*words: object, code: int = 0) -> str:
    told: Result = COMMANDS.invoke(app, [str(word) for word in words])
    assert told.exit_code == code, (told.output, told.exception)
    return told.output


class Desk:
    """The maker's desk, and one box with a stick's folder as its repository."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repository, self.keys = folder, folder / "repository", folder / "keys"
        self.edge = folder / "edge.toml"
        (folder / "any.pem").touch(0o600)
        self.edge.write_text(
            'device = "later releases may say more than this one knows"\n'
            '[updates]\nfolder = "slots"\nroot_file = "root.json"\nrepository = "repository"\n'
            '[https]\nurl = "https://localhost:1"\nca_file = "any.pem"\ncertificate_file = "any.pem"\n'
            'key_file = "any.pem"\n'
        )

    def make(self, *more: object) -> None:
        say("repository", "init", self.repository, "--keys", self.keys, *more)
        (self.folder / "root.json").write_bytes((self.repository / "metadata" / "1.root.json").read_bytes())

    def archive(self, serial: int, name: str = "") -> Path:
        return pack(self.folder / (name or f"sekisho-edge-0.{serial}.0.tar.gz"), files_of(serial))

    def add(self, serial: int) -> None:
        say("repository", "add", self.repository, self.archive(serial), "--version", serial, "--keys", self.keys)

    def box(self, command: str, *more: object, code: int = 0) -> str:
        return say(command, "--config", self.edge, *more, code=code)

    def role(self, role: str) -> dict[str, Any]:
        found = sorted((self.repository / "metadata").glob(f"*{role}.json"), key=lambda path: (len(path.name), path))
        word: dict[str, Any] = json.loads(found[-1].read_text())["signed"]
        return word


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_from_nothing_to_a_release_on_trial(desk: Desk) -> None:
    desk.make()
    assert "リリース" in desk.box("check") or "版がありません" in desk.box("check")
    desk.add(3)
    assert desk.box("check").startswith("0.3.0 (#3)\n新しい版")
    assert "適用待ち" not in desk.box("status")
    assert "スロット a" in desk.box("fetch")
    assert "適用待ち" in desk.box("fetch")
    assert "0.3.0 (#3)" in desk.box("status")
    assert "試します" in desk.box("apply")
    assert "試行中" in desk.box("status")
    assert "最新です" in desk.box("check")
    assert "fetch" in desk.box("apply", code=1)
    desk.add(4)
    assert "試行が終わるまで" in desk.box("fetch", code=1)


def test_fetched_and_applied_in_one(desk: Desk) -> None:
    desk.make()
    desk.add(1)
    assert "試します" in desk.box("fetch", "--apply")


def test_a_stick_instead_of_the_repository(desk: Desk, tmp_path: Path) -> None:
    desk.make()
    desk.add(1)
    desk.repository.rename(tmp_path / "stick")
    assert "届きません" in desk.box("fetch", code=1)
    assert "スロット a" in desk.box("fetch", "--from", tmp_path / "stick")


def test_keys_lie_apart_and_for_their_owner_alone(desk: Desk) -> None:
    desk.make("--root-keys", 3, "--root-threshold", 2)
    keys = sorted(desk.keys.iterdir())
    assert [path.name for path in keys] == [
        *("root-1.pem", "root-2.pem", "root-3.pem"),
        *("snapshot-1.pem", "targets-1.pem", "timestamp-1.pem"),
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    assert "PRIVATE" not in "".join(path.read_text() for path in desk.repository.rglob("*") if path.is_file())
    assert desk.role("root")["roles"]["root"]["threshold"] == 2


def test_each_role_counts_as_long_as_it_was_asked_to(desk: Desk) -> None:
    desk.make()
    for role, days in {"root": 365, "targets": 90, "snapshot": 14, "timestamp": 2}.items():
        expires = datetime.fromisoformat(desk.role(role)["expires"])
        assert abs(expires - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)
    say("repository", "timestamp", desk.repository, "--keys", desk.keys, "--days", 7)
    assert datetime.fromisoformat(desk.role("timestamp")["expires"]) > datetime.now(UTC) + timedelta(days=6)


def test_show_tells_roles_and_releases_and_what_is_over(desk: Desk) -> None:
    desk.make()
    desk.add(2)
    told = say("repository", "show", desk.repository)
    assert re.search(r"root +v1  2/3", told)
    assert "sekisho-edge-0.2.0.tar.gz  #2" in told
    assert "EXPIRED" not in told
    past = datetime.now(UTC) - timedelta(days=3)
    ReleaseRepository(desk.repository, KeyRing.read([desk.keys]), past).publish()
    over = [line for line in say("repository", "show", desk.repository).splitlines() if "EXPIRED" in line]
    assert [line.split()[0] for line in over] == ["timestamp"]


def test_the_timestamp_needs_its_own_key_alone(desk: Desk, tmp_path: Path) -> None:
    desk.make()
    online = tmp_path / "online"
    online.mkdir()
    (desk.keys / "timestamp-1.pem").rename(online / "timestamp-1.pem")
    say("repository", "timestamp", desk.repository, "--keys", online)
    told = say(*("repository", "add", desk.repository, desk.archive(1), "--version", 1, "--keys", online), code=2)
    assert "targets" in told
    assert desk.role("targets")["targets"] == {}
    told = say(*("repository", "timestamp", desk.repository, "--keys", desk.keys), code=2)
    assert "timestamp" in told


def test_keys_are_rotated_and_boxes_follow(desk: Desk, tmp_path: Path) -> None:
    desk.make()
    desk.add(1)
    fresh = tmp_path / "fresh"
    say("repository", "rotate", desk.repository, "targets", "--keys", desk.keys, "--into", fresh)
    say(
        *("repository", "add", desk.repository, desk.archive(2), "--version", 2),
        *("--keys", desk.keys, "--keys", fresh),
    )
    assert desk.box("check").startswith("0.2.0 (#2)")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("init", "{folder}/x", "--keys", "{keys}"), "鍵が既に"),
        (("init", "{repository}", "--keys", "{folder}/more"), "既にあります"),
        (("init", "{folder}/x", "--keys", "{folder}/y", "--root-keys", "2", "--root-threshold", "3"), "2 以下"),
        (("add", "{repository}", "{old}", "--version", "1", "--keys", "{keys}"), "既にあります"),
        (("add", "{repository}", "{new}", "--version", "1", "--keys", "{keys}"), "1 より大きい"),
        (("add", "{repository}", "{odd}", "--version", "9", "--keys", "{keys}"), "ファイル名"),
        (("add", "{repository}", "{empty}", "--version", "9", "--keys", "{keys}"), "bin/sekisho"),
        (("add", "{repository}", "{new}", "--version", "9", "--keys", "{folder}/none"), "フォルダがありません"),
        (("add", "{folder}/none", "{new}", "--version", "9", "--keys", "{keys}"), "配布元ではありません"),
        (("rotate", "{repository}", "nobody", "--keys", "{keys}", "--into", "{folder}/z"), "その役割は"),
        (("rotate", "{repository}", "root", "--keys", "{keys}", "--into", "{keys}"), "空のフォルダ"),
        (("show", "{folder}/none"), "no repository"),
    ],
)
def test_what_is_refused_says_why(desk: Desk, words: tuple[str, ...], told: str) -> None:
    desk.make()
    desk.add(1)
    names = {
        "repository": desk.repository,
        "keys": desk.keys,
        "folder": desk.folder,
        "old": desk.archive(1),
        "new": desk.archive(9),
        "odd": desk.archive(9, "release.tar.gz"),
        "empty": pack(desk.folder / "sekisho-edge-0.8.tar.gz", {"lib/x": "x"}),
    }
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    assert told in say("repository", *(word.format(**names) for word in words), code=2)
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before


def test_a_rotation_that_could_not_be_ended_is_not_begun(desk: Desk, tmp_path: Path) -> None:
    desk.make()
    desk.add(1)
    (desk.keys / "snapshot-1.pem").rename(tmp_path / "elsewhere")
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    for role, lacks in (("targets", "snapshot"), ("timestamp", "snapshot")):
        words = ("repository", "rotate", desk.repository, role, "--keys", desk.keys, "--into", tmp_path / "fresh")
        assert lacks in say(*words, code=2)
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before


def test_a_key_that_others_can_read_signs_nothing(desk: Desk) -> None:
    desk.make()
    (desk.keys / "timestamp-1.pem").chmod(0o644)
    told = say("repository", "timestamp", desk.repository, "--keys", desk.keys, code=2)
    assert "chmod 600" in told


def test_a_box_without_the_section_is_told_which(desk: Desk) -> None:
    desk.edge.write_text('[https]\nurl = "https://localhost:1"\n')
    assert "updates" in desk.box("status", code=1)
