"""``sekisho config``: what a person types and is told."""

import json
from datetime import UTC, datetime
from pathlib import Path

import yaml
from typer.testing import CliRunner

from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.source import read_source
from sekisho.config import app
from store.devices import list_devices
from store.editions import load_newest_version
from store.tx import Store

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_a_right_site() -> None:
    code, told = run("validate", DEMO)
    assert code == 0
    assert "市役所（デモ）" in told
    assert run("schema", "--check") == (0, "")


def test_a_wrong_site_is_not_rendered(tmp_path: Path) -> None:
    wrong = tmp_path / "site.yaml"
    wrong.write_text(DEMO.read_text(encoding="utf-8").replace("door: west\n", "door: wset\n"), encoding="utf-8")
    for command in (["validate", wrong], ["render", wrong, tmp_path / "out"]):
        code, told = run(*command)
        assert code == 2
        assert "access_points[4].door" in told
    assert not (tmp_path / "out").exists()


def test_wrong_options_are_named(tmp_path: Path) -> None:
    options = tmp_path / "options.yaml"
    options.write_text("broker_prot: 1\n", encoding="utf-8")
    code, told = run("render", DEMO, tmp_path / "out", "--options", options)
    assert code == 2
    assert "broker_prot" in told


def test_from_files_to_a_database(tmp_path: Path) -> None:
    out, settings = tmp_path / "out", tmp_path / "out" / "gateway" / "gateway.toml"
    code, told = run("render", DEMO, out)
    assert code == 0
    assert f"sekisho config apply {settings}" in told
    code, told = run("apply", settings)
    assert code == 0
    assert "west-1: 登録しました" in told
    assert "方針 第1版" in told
    assert run("apply", settings) == (0, "方針は変わりません / policy unchanged\n")
    store = Store(f"sqlite:///{out}/state/gateway/sekisho.db")
    with store.reading(datetime.now(UTC)) as tx:
        assert [device.id for device in list_devices(tx)] == ["east-1", "north-1", "west-1"]
        published = load_newest_version(tx)
    store.close()
    assert published == 1


def test_a_replaced_box_must_be_said(tmp_path: Path) -> None:
    out, settings = tmp_path / "out", tmp_path / "out" / "gateway" / "gateway.toml"
    run("render", DEMO, out)
    run("apply", settings)
    (out / "edge" / "west-1" / "device.key").unlink()
    run("render", DEMO, out)
    code, told = run("apply", settings)
    assert code == 2
    assert "west-1" in told
    assert "--replace" in told
    code, told = run("apply", settings, "--replace")
    assert code == 0
    assert "west-1: 鍵を入れ替えました" in told


def test_a_box_taken_away_is_told_and_revoked_when_asked(tmp_path: Path) -> None:
    out, settings = tmp_path / "out", tmp_path / "out" / "gateway" / "gateway.toml"
    run("render", DEMO, out)
    run("apply", settings)
    site = json.loads(read_source(DEMO).as_json())
    site["devices"] = [device for device in site["devices"] if device["id"] != "north-1"]
    site["readers"] = [reader for reader in site["readers"] if reader["device"] != "north-1"]
    site["areas"] = [area for area in site["areas"] if "booked_level" not in area]  # its door goes as well
    site["cabinets"] = [cabinet for cabinet in site["cabinets"] if cabinet["device"] != "north-1"]
    del site["tiers"], site["exports"]  # one is used in that area
    del site["rollout"]  # its canary is the box that goes
    points = {reader["access_point"] for reader in site["readers"]}
    site["access_points"] = [point for point in site["access_points"] if point["id"] in points]
    for level in site["levels"]:
        level["points"] = {point: held for point, held in level["points"].items() if point in points} or {
            "main_in": "always"
        }
    smaller = tmp_path / "site.yaml"
    smaller.write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    run("render", smaller, out)
    assert "north-1" not in (out / "broker" / "acl").read_text()
    assert "north-1: 設定にない装置です" in run("apply", settings)[1]
    assert "north-1: 失効させました" in run("apply", settings, "--revoke-others")[1]
    assert "north-1" not in run("apply", settings)[1]
    run("render", DEMO, out)
    assert "north-1: 失効中のままです" in run("apply", settings)[1]


def test_missing_settings_are_named(tmp_path: Path) -> None:
    code, told = run("apply", tmp_path / "gateway.toml")
    assert code == 2
    assert "gateway.toml" in told
