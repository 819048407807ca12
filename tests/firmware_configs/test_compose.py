"""docker-compose.yml and the Dockerfile as far as they can be held without an engine: references, commands, ports.

Not held here: that the images build and start, and that the base images have the programs named (nc, pg_isready).
"""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from gateway.settings import Address
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import load_options
from gateway.site.render import render_site
from sekisho.command import build_app

ROOT = FIRMWARE_CONFIGS.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("sekisho-"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OPTIONS = load_options(FIRMWARE_CONFIGS / "sites" / "demo" / "compose.yaml")
SITE_VARIABLE = "${SEKISHO_SITE:-./var/compose}"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> RenderedSite:
    site = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
    return render_site(site, tmp_path_factory.mktemp("compose"), options=OPTIONS, now=datetime.now(UTC))


def mounts(service: str) -> Iterator[tuple[str, str, bool]]:
    """Yield (source, target, read-only) of a service's volumes."""
    for volume in SERVICES[service].get("volumes", []):
        plain = volume.replace(SITE_VARIABLE, "SITE").split(":")
        yield plain[0].replace("SITE", SITE_VARIABLE), plain[1], plain[2:] == ["ro"]


def test_services_are_those_of_the_design() -> None:
    assert set(SERVICES) == {"postgres", "mosquitto", "prepare", "gateway", "sync", "edge-north-1", "edge-west-1"}


@pytest.mark.parametrize("service", OURS)
def test_each_command_is_one_of_sekisho(service: str) -> None:
    group, command, *arguments = SERVICES[service]["command"]
    program: Any = typer.main.get_command(build_app(group))
    context = typer.Context(program)
    sub = program.get_command(context, group)
    found = sub.get_command(context, command)
    assert found is not None
    found.make_context(command, arguments)  # refuses unknown options and missing arguments


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_mounted_file_is_rendered(service: str, rendered: RenderedSite) -> None:
    for source, target, read_only in mounts(service):
        if source.startswith(SITE_VARIABLE):
            folder = rendered.root / source.removeprefix(f"{SITE_VARIABLE}/")
            assert folder.is_dir()
            assert read_only
            assert target == f"/etc/sekisho/{folder.relative_to(rendered.root)}"
        else:
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_path_named_is_mounted_and_exists(service: str, rendered: RenderedSite) -> None:
    text = str(SERVICES[service].get("command", "")) + str(SERVICES[service].get("healthcheck", ""))
    targets = [target for _, target, _ in mounts(service)]
    for path in re.findall(r"/etc/sekisho/[\w./-]+", text):
        assert any(path.startswith(f"{target}/") for target in targets), path
        assert (rendered.root / path.removeprefix("/etc/sekisho/")).is_file()


@pytest.mark.parametrize("service", OURS)
def test_each_path_in_the_settings_is_mounted(service: str, rendered: RenderedSite) -> None:
    targets = [target for _, target, _ in mounts(service)]
    settings = next(part for part in SERVICES[service]["command"] if part.endswith(".toml"))
    text = (rendered.root / settings.removeprefix("/etc/sekisho/")).read_text()
    paths = re.findall(r"(?:/etc|/var/lib)/sekisho[\w./-]*", text)
    assert len(paths) >= 4
    for path in paths:
        assert any(path.startswith(f"{target}/") for target in targets), path


def test_no_tier_sees_anothers_files() -> None:
    for service in SERVICES:
        seen = {source.removeprefix(f"{SITE_VARIABLE}/") for source, _, _ in mounts(service) if SITE_VARIABLE in source}
        assert len(seen) <= 1
        assert "ca" not in seen
        assert SITE_VARIABLE not in seen


def networks(service: str) -> set[str]:
    return set(SERVICES[service]["networks"])


def test_tiers_meet_in_the_centre_alone() -> None:
    assert networks("gateway") == {"people", "devices", "database"}
    assert {service for service in SERVICES if "database" in networks(service)} == {
        "postgres",
        "prepare",
        "gateway",
        "sync",
    }
    for service in SERVICES:
        if service.startswith("edge-") or service == "mosquitto":
            assert networks(service) == {"devices"}
    assert COMPOSE["networks"]["devices"] == COMPOSE["networks"]["database"] == {"internal": True}


def test_names_and_ports_are_those_of_the_rendered_settings() -> None:
    assert OPTIONS.broker_host in SERVICES
    assert OPTIONS.postgres_host in SERVICES
    host, _, port = OPTIONS.devices_url.removeprefix("https://").partition(":")
    assert host in SERVICES
    assert OPTIONS.devices_listen == f"0.0.0.0:{port}"
    assert f"https://localhost:{port}/healthz" in str(SERVICES["gateway"]["healthcheck"])
    assert SERVICES["mosquitto"]["healthcheck"]["test"][-1] == str(OPTIONS.broker_port)
    assert f"host={OPTIONS.postgres_host} " in str(SERVICES["sync"]["healthcheck"])


def test_only_the_pages_are_published_and_they_have_tls(rendered: RenderedSite) -> None:
    published = {service: SERVICES[service]["ports"] for service in SERVICES if "ports" in SERVICES[service]}
    port = Address(*OPTIONS.pages_listen.split(":")).port  # type: ignore[arg-type]
    assert published == {"gateway": [f"{port}:{port}"]}
    assert OPTIONS.public_url == f"https://localhost:{port}"
    assert "certificate_file" in rendered.gateway_settings.read_text().partition("[devices]")[0]


def test_secrets_come_by_files(rendered: RenderedSite) -> None:
    for secret in COMPOSE["secrets"].values():
        path = rendered.root / secret["file"].removeprefix(f"{SITE_VARIABLE}/")
        assert path.stat().st_mode & 0o777 == 0o600
        password = path.read_text()
        assert password not in rendered.gateway_settings.read_text()
        assert password in (rendered.root / "gateway" / "pgpass").read_text()
    assert (rendered.root / "sync" / "pgpass").stat().st_mode & 0o777 == 0o600
    environments = [str(service.get("environment", "")) for service in SERVICES.values()]
    assert not any(re.search(r"PASSWORD(?!_FILE)|SECRET|TOKEN", text) for text in environments)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_is_confined(service: str) -> None:
    found = SERVICES[service]
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["user"] == "${SEKISHO_UID:-1000}:${SEKISHO_GID:-1000}"
    assert "privileged" not in found
    assert found.get("read_only", False) or service == "postgres"
    assert "healthcheck" in found or service == "prepare"


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_wait_can_end(service: str) -> None:
    for other, wait in SERVICES[service].get("depends_on", {}).items():
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert SERVICES[other]["restart"] == "no"


@pytest.mark.parametrize("service", ["gateway", "sync"])
def test_each_check_is_python(service: str) -> None:
    compile(SERVICES[service]["healthcheck"]["test"][-1], service, "exec")


def test_each_build_target_is_a_stage() -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)
    targets = {service["build"]["target"] for service in SERVICES.values() if "build" in service}
    assert targets == {"centre", "edge"} <= set(stages)
    for base in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE):
        assert base in stages or ":" in base
    for source in re.findall(r"--from=(\S+)", DOCKERFILE):
        assert source in stages


def copied() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in shlex.split(line)[:-1]]


@pytest.mark.parametrize("source", copied())
def test_each_file_copied_exists_and_reaches_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert any(source.startswith(name.rstrip("/")) for name in allowed)


def test_the_image_has_the_whole_product() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= {source.rstrip("/") for source in copied()}


def test_packages_come_by_hash_and_nobody_is_root() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if "pip install" in line]
    assert len(installs) == 5
    assert all("--require-hashes" in line or "--no-deps -e ." in line for line in installs)
    for name in re.findall(r"requirements/(\w+\.txt)", DOCKERFILE):
        assert "--hash=sha256:" in (ROOT / "requirements" / name).read_text()
    for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        if re.match(r"sekisho AS", stage):
            assert stage.rindex("USER sekisho") > stage.rindex("RUN ")


def test_nothing_of_a_rendered_site_reaches_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    assert not any(line.startswith("!var") or line == "!.git" for line in lines)
    assert not any(Path(line[1:]).suffix in {".key", ".env"} for line in lines)
