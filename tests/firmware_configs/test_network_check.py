"""``sekisho config validate`` on the network's side: FreeRADIUS reads what would be rendered and says what is wrong."""

import json
import shutil
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from gateway.site import templates
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from gateway.site.source import read_source
from sekisho.config import app
from sekisho.freeradius import find_freeradius
from sekisho.network_check import check_network_servers
from sekisho.up import list_children

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
SITE = load_site(DEMO)
PAIR: dict[str, Any] = {
    "network_servers": [{"id": "radius-1", "address": "192.0.2.11"}, {"id": "radius-2", "address": "192.0.2.12"}],
    "radius_listen": "0.0.0.0:8446",
    "radius_url": "https://sekisho.city.example:8446",
}


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def site_file(folder: Path, **changes: Any) -> Path:
    content = json.loads(read_source(DEMO).as_json()) | changes
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_a_change_that_network_servers_must_be_told_of_is_noted(tmp_path: Path) -> None:
    (first, *others) = json.loads(read_source(DEMO).as_json())["tiers"]
    later = first | {"valid_from": "2100-04-01", "failure": {"silence": "silent"}}
    code, told = run("validate", site_file(tmp_path, tiers=[first | {"valid_until": "2100-03-31"}, later, *others]))
    assert code == 0, told
    assert "tiers mynumber: 2100-04-01" in told
    assert "2100" not in run("validate", DEMO)[1]


@pytest.mark.real
def test_freeradius_takes_what_is_rendered(tmp_path: Path) -> None:
    options = tmp_path / "options.yaml"
    options.write_text(json.dumps(PAIR | {"installed_under": "/etc/sekisho", "state_under": "/var/lib/sekisho"}))
    code, told = run("validate", DEMO, "--options", options)
    assert code == 0, told
    assert "FreeRADIUS" not in told
    program = find_freeradius()
    assert program is not None
    swarm = SITE.radius_clients[0].model_copy(update={"id": "v6", "address": ip_network("2001:db8::/64")})
    site = SITE.model_copy(update={"radius_clients": (*SITE.radius_clients, swarm)})
    v6 = RenderOptions.model_validate({"network_servers": [{"id": "r", "address": "::1"}]})
    assert list(check_network_servers(site, v6, program)) == []
    pair = RenderOptions.model_validate(PAIR)
    rendered = render_site(SITE, tmp_path / "s", options=pair, now=datetime.now(UTC))
    children = {child.name: child.arguments for child in list_children(rendered.root)}
    assert children["radius-radius-2"] == [program, "-f", "-d", rendered.root / "radius" / "radius-2"]


@pytest.mark.real
def test_what_freeradius_does_not_take_is_told_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "templates"
    shutil.copytree(templates.TEMPLATES, broken)
    template = broken / "radius" / "radiusd.conf.j2"
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("default_eap_type = tls", "default_eap_type = nonsense"), encoding="utf-8")
    monkeypatch.setattr(templates, "TEMPLATES", broken)
    code, told = run("validate", DEMO)
    assert code == 2
    assert "FreeRADIUS がこの設定を受け付けません" in told
    assert "FreeRADIUS does not take this configuration" in told
    assert "nonsense" in told
    assert "network_servers radius-2" in told


def test_where_freeradius_is_missing_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.config.find_freeradius", lambda: None)
    code, told = run("validate", DEMO)
    assert code == 0
    assert "FreeRADIUS（freeradius, freeradius-rest）がない" in told
    assert "was not checked" in told
