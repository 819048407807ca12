"""``sekisho config``: what a person types and is told."""

from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from gateway.site.layout import FIRMWARE_CONFIGS
from sekisho.config import app
from store.devices import list_devices
from store.policies import load_published_policy
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
        published = load_published_policy(tx)
    store.close()
    assert published is not None
    assert published.version == 1


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


def test_missing_settings_are_named(tmp_path: Path) -> None:
    code, told = run("apply", tmp_path / "gateway.toml")
    assert code == 2
    assert "gateway.toml" in told
