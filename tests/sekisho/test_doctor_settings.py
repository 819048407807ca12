"""``sekisho doctor settings``: what was rendered agrees, and each thing in which two files part is told by its name."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contract.leave_kind_file import FILE
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from sekisho.doctor import app

SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")


@pytest.fixture
def rendered(tmp_path: Path) -> RenderedSite:
    """The demo's city hall as it is set up."""
    return render_site(SITE, tmp_path, options=RenderOptions(), now=datetime.now(UTC))


def examine(rendered: RenderedSite) -> Any:
    words = ["settings", str(rendered.root / "gateway" / "gateway.toml"), str(rendered.root / "sync" / "sync.toml")]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, words)


def write(rendered: RenderedSite, edit: Callable[[str], str]) -> None:
    file = rendered.root / "sync" / "sync.toml"
    file.write_text(edit(file.read_text()))


def test_what_is_rendered_agrees(rendered: RenderedSite) -> None:
    told = examine(rendered)
    assert told.exit_code == 0, told.output
    assert told.output.count("✓") == 4
    assert "△ payroll_class: 給与ファイルは分類を問わずに置かれます" in told.output


def test_the_class_of_the_payroll_file_is_the_sites(rendered: RenderedSite) -> None:
    write(rendered, lambda text: text + 'payroll_class = "3b"\npayroll_tier = "lgwan"\n')
    told = examine(rendered)
    assert told.exit_code == 0, told.output
    assert told.output.count("✓") == 5
    write(rendered, lambda text: text.replace('"3b"', '"2"'))
    told = examine(rendered)
    assert told.exit_code == 1
    assert '✗ payroll_class: payroll_class = "3b" にしてください' in told.output


@pytest.mark.parametrize(
    ("subject", "edit"),
    [
        ("profile", lambda text: text.replace('profile = "hagi"', 'profile = "lsa"')),
        ("profile", lambda text: text + '[[profiles]]\nfrom_on = "2026-10-01"\nprofile = "lsa"\n'),
        ("database_url", lambda text: text.replace("sekisho.db", "another.db")),
    ],
    ids=["another profile", "rules that came later", "another database"],
)
def test_what_parts_is_told(rendered: RenderedSite, subject: str, edit: Callable[[str], str]) -> None:
    write(rendered, edit)
    told = examine(rendered)
    assert told.exit_code == 1, told.output
    assert f"✗ {subject}" in told.output


def test_kinds_of_leave_are_compared_by_what_they_say(rendered: RenderedSite) -> None:
    shipped = FILE.read_text(encoding="utf-8")
    own = rendered.root / "sync" / "kinds.toml"
    own.write_text(shipped, encoding="utf-8")
    write(rendered, lambda text: text + 'leave_kinds_file = "kinds.toml"\n')
    assert examine(rendered).exit_code == 0
    own.write_text(shipped.replace("days = 20\n", "days = 22\n"), encoding="utf-8")
    assert "✗ leave_kinds_file" in examine(rendered).output


def test_another_key_is_told_and_not_shown(rendered: RenderedSite) -> None:
    (rendered.root / "sync" / "site.key").write_text("f" * 64)
    told = examine(rendered)
    assert told.exit_code == 1
    assert "✗ site_key_file" in told.output
    assert "f" * 64 not in told.output


def test_a_file_that_cannot_be_read_is_named(rendered: RenderedSite) -> None:
    (rendered.root / "sync" / "sync.toml").unlink()
    told = examine(rendered)
    assert told.exit_code == 2
    assert "設定ファイルを読めません" in told.output


@pytest.mark.parametrize(
    ("database_url", "right"),
    [
        ("postgresql+psycopg://sync:other@db/sekisho", True),
        ("postgresql+psycopg://sync@db:5432/sekisho", True),
        ("postgresql+psycopg://sync@db:5433/sekisho", False),
        ("postgresql+psycopg://sync@elsewhere/sekisho", False),
        ("postgresql+psycopg:///sekisho?host=/run/postgresql", False),
        ("postgresql+psycopg://sync@db:none/sekisho", False),
    ],
    ids=["another role", "the port said", "another port", "another host", "a socket", "no port at all"],
)
def test_two_roles_of_one_database_are_right(rendered: RenderedSite, database_url: str, right: bool) -> None:
    for file, url in (("gateway", "postgresql+psycopg://gateway:secret@db/sekisho"), ("sync", database_url)):
        path = rendered.root / file / f"{file}.toml"
        path.write_text(re.sub(r"(?m)^database_url = .*$", f'database_url = "{url}"', path.read_text()))
    told = examine(rendered)
    assert (told.exit_code == 0) is right, told.output
    assert "secret" not in told.output
