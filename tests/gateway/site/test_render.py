"""What rendering writes is what each program reads, and rendering again is safe."""

import os
import shutil
import subprocess
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nfc.clf.device import usb_device_map
from sqlalchemy import create_engine, make_url

from contract.signatures import public_key_text
from gateway.operations.access.enroll_devices import read_device_keys
from gateway.settings import load_gateway_settings
from gateway.site.description import load_site
from gateway.site.keys import KeyFileError
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import RenderError, render_site
from gateway.site.usb_readers import USB_READERS
from readers.settings import load_edge_settings
from sync.settings import load_sync_settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")


def render(folder: Path, *, now: datetime = NOW, **options: object) -> RenderedSite:
    return render_site(SITE, folder, options=RenderOptions.model_validate(options), now=now)


@pytest.fixture
def rendered(tmp_path: Path) -> RenderedSite:
    return render(tmp_path / "site")


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_gateway_reads_its_settings(rendered: RenderedSite) -> None:
    settings = load_gateway_settings(rendered.gateway_settings)
    assert load_site(settings.site_file) == SITE
    assert settings.mqtt is not None
    assert settings.mqtt.client_id == "gateway"
    assert settings.database_url == f"sqlite:///{rendered.state}/gateway/sekisho.db"


@pytest.mark.parametrize("device", [device.id for device in SITE.devices])
def test_each_device_reads_its_settings(rendered: RenderedSite, device: str) -> None:
    settings = load_edge_settings(rendered.edge_settings(device))
    assert settings.device == device
    assert settings.centre_key == rendered.centre_key
    boxes = [cabinet.reader.id for cabinet in SITE.cabinets_of(device)]
    assert [reader.id for reader in settings.readers] == [reader.id for reader in SITE.readers_of(device)] + boxes
    assert [door.id for door in settings.doors] == [door.id for door in SITE.doors_of(device)]
    assert (
        public_key_text(settings.read_device_key().public_key())
        == read_device_keys(rendered.device_keys)[settings.device_id]
    )
    assert settings.state_dir.is_dir()
    for reader in settings.readers[: len(settings.readers) - len(boxes)]:
        point = SITE.access_point(reader.access_point)
        assert reader.egress_door == (point.door if point.egress else None)


def test_the_connector_reads_its_settings(rendered: RenderedSite) -> None:
    settings = load_sync_settings(rendered.sync_settings)
    assert settings.database_url == load_gateway_settings(rendered.gateway_settings).database_url
    assert settings.load_site_key().hex() == (rendered.root / "gateway" / "site.key").read_text().strip()
    assert settings.inbox_dir.is_dir()
    assert settings.payroll_dir.is_dir()


def test_the_site_key_is_the_same_everywhere(rendered: RenderedSite) -> None:
    keys = {path.read_bytes() for path in rendered.root.rglob("site.key")}
    assert len(keys) == 1
    assert len(list(rendered.root.rglob("site.key"))) == 2 + len(SITE.devices)


def test_every_secret_is_its_owners_alone(rendered: RenderedSite) -> None:
    secrets = [*rendered.root.rglob("*.key")]
    assert len(secrets) == 20
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in rendered.root.rglob("*") if path.is_dir()} == {0o700}


def test_a_device_gets_nothing_of_another_or_of_the_centre(rendered: RenderedSite) -> None:
    secrets: dict[bytes, list[str]] = {}
    for path in rendered.root.rglob("*.key"):
        if path.name != "site.key":
            secrets.setdefault(path.read_bytes(), []).append(str(path))
    assert all(len(places) == 1 for places in secrets.values())
    for device in SITE.devices:
        folder = rendered.root / "edge" / device.id
        names = {path.name for path in folder.iterdir()}
        assert names == {
            f"edge-{device.id}.toml",
            "ca.crt",
            "client.crt",
            "client.key",
            "device.key",
            "names.key",
            "site.key",
        }
        assert str(rendered.root / "gateway") not in rendered.edge_settings(device.id).read_text()


def test_rendering_again_changes_nothing(rendered: RenderedSite) -> None:
    before = files(rendered.root)
    render(rendered.root)
    assert files(rendered.root) == before


def test_rendering_later_renews_certificates_and_keeps_keys(rendered: RenderedSite) -> None:
    before = files(rendered.root)
    render(rendered.root, now=NOW + timedelta(days=300))
    after = files(rendered.root)
    changed = {name for name in before if before[name] != after[name]}
    assert {Path(name).suffix for name in changed} == {".crt", ".pem"}  # certificates, and the list of revoked ones
    assert not any("ca.crt" in name for name in changed)


def test_a_new_device_leaves_the_others_alone(tmp_path: Path) -> None:
    fewer = SITE.model_copy(
        update={
            "devices": SITE.devices[:2],
            "readers": tuple(reader for reader in SITE.readers if reader.device != "north-1"),
        }
    )
    render_site(fewer, tmp_path / "site", options=RenderOptions(), now=NOW)
    before = {name: data for name, data in files(tmp_path / "site").items() if not name.endswith(("acl", "site.yaml"))}
    render(tmp_path / "site")
    assert {name: data for name, data in files(tmp_path / "site").items() if name in before} == before


def test_a_foreign_key_is_refused_and_kept(rendered: RenderedSite) -> None:
    path = rendered.root / "edge" / "west-1" / "site.key"
    path.write_bytes(b"ab" * 32 + b"\n")
    with pytest.raises(KeyFileError, match=r"site\.key"):
        render(rendered.root)
    assert path.read_bytes() == b"ab" * 32 + b"\n"


def test_without_a_broker_there_is_nothing_of_one(tmp_path: Path) -> None:
    render(tmp_path / "site")
    rendered = render(tmp_path / "site", transport="https")
    assert not rendered.broker_settings.exists()
    assert load_gateway_settings(rendered.gateway_settings).mqtt is None
    settings = load_edge_settings(rendered.edge_settings("west-1"))
    assert (settings.transport, settings.mqtt) == ("https", None)


def test_paths_of_readers_can_be_given(tmp_path: Path) -> None:
    rendered = render(tmp_path / "site", reader_paths={"main_in": "udp:127.0.0.1:1", "west_in": "/run/west.sock"})
    west = load_edge_settings(rendered.edge_settings("west-1"))
    north = load_edge_settings(rendered.edge_settings("north-1"))
    assert [reader.path for reader in west.readers] == ["udp:127.0.0.1:1", "udp:127.0.0.1:54322"]
    assert [reader.path for reader in north.readers] == [
        "/run/west.sock",
        str(rendered.state / "edge/north-1/west_out.sock"),
        str(rendered.state / "edge/north-1/server_in.sock"),
        str(rendered.state / "edge/north-1/civic_in.sock"),
        str(rendered.state / "edge/north-1/north_box.sock"),
    ]


def test_an_installation_elsewhere_names_its_own_places(tmp_path: Path) -> None:
    rendered = render(
        tmp_path / "site",
        installed_under=Path("/etc/sekisho"),
        state_under=Path("/var/lib/sekisho"),
        pages_listen="0.0.0.0:8443",
        public_url="https://sekisho.city.example",
        database_url="postgresql+psycopg://sekisho@db/sekisho",
    )
    texts = [path.read_text() for path in rendered.root.rglob("*") if path.suffix in {".toml", ".conf", ".service"}]
    assert len(texts) == 13
    assert not any(str(tmp_path) in text for text in texts)
    gateway = tomllib.loads(rendered.gateway_settings.read_text())
    assert gateway["certificate_file"] == "/etc/sekisho/gateway/server.crt"
    assert gateway["database_url"] == "postgresql+psycopg://sekisho@db/sekisho"
    edge = tomllib.loads(rendered.edge_settings("west-1").read_text())
    assert edge["state_dir"] == "/var/lib/sekisho/edge/west-1"
    assert "user mosquitto\n" in rendered.broker_settings.read_text()
    assert not (tmp_path / "site" / "state").exists()


def test_a_database_password_stands_in_files_alone(tmp_path: Path) -> None:
    rendered = render(tmp_path / "site", postgres_host="db.example")
    password = (rendered.root / "database" / "password").read_text()
    for tier, settings in (("gateway", rendered.gateway_settings), ("sync", rendered.sync_settings)):
        passfile = rendered.root / tier / "pgpass"
        assert passfile.read_text() == f"*:*:sekisho:sekisho:{password}\n"
        assert passfile.stat().st_mode & 0o777 == 0o600
        url = make_url(tomllib.loads(settings.read_text())["database_url"])
        given = create_engine(url).dialect.create_connect_args(url)[1]
        wanted = {"host": "db.example", "user": "sekisho", "dbname": "sekisho", "passfile": str(passfile)}
        assert {name: given[name] for name in wanted} == wanted
        assert password not in settings.read_text()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"reader_paths": {"nowhere": "usb"}}, "reader_paths: nowhere"),
        ({"pages_listen": "0.0.0.0:8080"}, "public_url"),
        ({"state_under": Path("/" + "x" * 100)}, "readers.west_in.path"),
        ({"home_assistant": True, "transport": "https"}, "home_assistant: .*needs the broker"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, options: dict[str, object], named: str) -> None:
    with pytest.raises(RenderError, match=named):
        render(tmp_path / "site", **options)
    assert not (tmp_path / "site").exists()


def test_home_assistant_gets_its_own_certificate_and_nothing_else(tmp_path: Path) -> None:
    rendered = render(tmp_path / "site", home_assistant=True, home_assistant_prefix="house")
    settings = load_gateway_settings(rendered.gateway_settings).home_assistant
    assert (settings.announces, settings.prefix) == (True, "house")
    assert {path.name for path in (rendered.root / "home-assistant").iterdir()} == {
        "ca.crt",
        "client.crt",
        "client.key",
    }
    assert not (render(tmp_path / "without").root / "home-assistant").exists()


def test_udev_knows_the_readers_that_nfcpy_drives(rendered: RenderedSite) -> None:
    ours = {(int(vendor, 16), int(product, 16)) for vendor, product, _ in USB_READERS}
    assert ours == {numbers for numbers, driver in usb_device_map.items() if driver != "acr122"}
    rules = (rendered.root / "system" / "60-sekisho-readers.rules").read_text()
    assert all(f'"{vendor}", ATTR{{idProduct}}=="{product}"' in rules for vendor, product, _ in USB_READERS)


def test_udev_opens_the_keyboards_that_are_readers_and_no_other(tmp_path: Path) -> None:
    scanner = "input/by-id/usb-Maker_Scanner-event-kbd"
    first, *others = SITE.readers
    typing = first.model_copy(update={"driver": "wedge", "path": f"/dev/{scanner}?holds=code"})
    site = SITE.model_copy(update={"readers": (typing, *others)})
    rendered = render_site(site, tmp_path / "site", options=RenderOptions(), now=NOW)
    rules = (rendered.root / "system" / "60-sekisho-readers.rules").read_text().splitlines()
    assert [line.split(", ")[:3] for line in rules if "input" in line and not line.startswith("#")] == [
        ['SUBSYSTEM=="input"', 'KERNEL=="event*"', f'SYMLINK=="{scanner}"']
    ]
    assert "DeviceAllow=char-input r\n" in (rendered.root / "system" / "sekisho-edge@.service").read_text()
    options = RenderOptions(reader_paths={first.id: "/dev/input/event3?holds=code"})
    with pytest.raises(RenderError, match=rf"readers.{first.id}.path: /dev/input/event3"):
        render_site(site, tmp_path / "other", options=options, now=NOW)


@pytest.mark.parametrize("program", ["gateway", "sync", "edge@"])
def test_units_start_what_was_rendered(rendered: RenderedSite, program: str) -> None:
    unit = (rendered.root / "system" / f"sekisho-{program}.service").read_text().replace("%i", "west-1")
    started = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    _, group, command, option, settings = started.split()
    assert (group, command, option) == (program.rstrip("@"), "run", "--config")
    assert Path(settings).is_file()
    for wanted in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"):
        assert wanted in unit.splitlines()


@pytest.mark.real
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    rendered = render(tmp_path / "site", network_servers=({"id": "west-1"},))
    units = tmp_path / "units"
    units.mkdir()
    for path in sorted((rendered.root / "system").glob("*.service")):
        text = path.read_text().replace("/opt/sekisho/.venv/bin/sekisho", "/bin/true")
        (units / path.name.replace("@", "@west-1")).write_text(text)
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    ours = [line for line in told.stderr.splitlines() if "sekisho" in line]
    assert ours == []
    assert len(list(units.iterdir())) == 5


def test_nothing_is_left_half_written(rendered: RenderedSite) -> None:
    assert list(rendered.root.rglob("*.new")) == []
    shutil.rmtree(rendered.root / "system")
    render(rendered.root)
    assert (rendered.root / "system" / "sekisho-gateway.service").exists()
