"""Switches and access points as a site's file says them, and what FreeRADIUS is given."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.access.reach import ReachChange
from gateway.settings import load_gateway_settings
from gateway.site.description import Site, SiteError, parse_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.plan import plan_site
from gateway.site.render import render_site
from gateway.site.source import read_source

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
TWO = RenderOptions.model_validate(
    {"network_servers": [{"id": "radius-1"}, {"id": "radius-2", "auth_port": 1912, "acct_port": 1913}]}
)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CORE = {"id": "core", "name": "基幹スイッチ", "name_en": "Core switch", "address": "192.0.2.1"}
FLOOR = {"id": "floor-2", "name": "二階スイッチ", "address": "192.0.2.16/29"}


def demo(*clients: dict[str, str]) -> Site:
    content = json.loads(read_source(DEMO).as_json())
    return parse_site(json.dumps(content | {"radius_clients": clients, "switch_models": []}), Path("site.yaml"))


def test_each_client_has_a_secret_of_its_own_that_stays(tmp_path: Path) -> None:
    for _ in range(2):
        rendered = render_site(demo(CORE, FLOOR), tmp_path / "city", options=TWO, now=NOW)
    file = rendered.root / "radius" / "radius-1" / "clients.conf"
    found = re.findall(r'client (\S+) \{.*?ipaddr = (\S+).*?secret = "(\w+)".*?= yes\n\}', file.read_text(), re.DOTALL)
    assert [each[:2] for each in found] == [("core", "192.0.2.1/32"), ("floor-2", "192.0.2.16/29")]
    secrets = {name: (rendered.root / "radius" / "secrets" / name).read_text() for name, _, _ in found}
    assert {name: secret for name, _, secret in found} == secrets
    assert len(set(secrets.values())) == 2
    told = [path.read_text() for path in (rendered.root / "gateway" / "switches").iterdir()]
    assert len({*secrets.values(), *told}) == 4  # to end sessions, another secret than to ask
    private = (file, *rendered.root.glob("radius/secrets/*"), *rendered.root.glob("gateway/switches/*"))
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


def test_a_site_without_network_servers_has_nothing_for_radius(tmp_path: Path) -> None:
    rendered = render_site(demo(CORE), tmp_path / "city", options=RenderOptions(), now=NOW)
    assert not any((rendered.root / name).exists() for name in ("radius", "ca/terminals", "gateway/radius-servers"))
    assert load_gateway_settings(rendered.gateway_settings).radius is None
    assert not list(rendered.root.glob("system/sekisho-radius*"))


@pytest.mark.parametrize(
    ("clients", "field"),
    [
        ((CORE, CORE | {"address": "192.0.2.2"}), "radius_clients[1].id"),
        ((CORE, FLOOR | {"address": "192.0.2.0/24"}), "radius_clients[1].address"),
        ((CORE | {"address": "192.0.2.300"},), "radius_clients[0].address"),
        ((CORE | {"address": "192.0.2.17/29"},), "radius_clients[0].address"),
        ((CORE | {"secret": "kept elsewhere"},), "radius_clients[0].secret"),
    ],
    ids=["same id", "overlap", "no address", "no network", "secret in the file"],
)
def test_wrong_ones_are_named(clients: tuple[dict[str, str], ...], field: str) -> None:
    with pytest.raises(SiteError) as error:
        demo(*clients)
    assert {problem.field for problem in error.value.problems} == {field}


def test_a_plan_names_a_switch_that_comes() -> None:
    [thing] = plan_site(demo(), demo(CORE), ReachChange(0, 0, 0, ())).things
    assert (thing.section, thing.id, thing.kind) == ("radius_clients", "core", "added")
