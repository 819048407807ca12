"""``sekisho doctor broker`` on a real mosquitto: all right with our rules, and every fault of a wrong one found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.site.certificates import ensure_authority, ensure_client_certificate
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from sekisho.doctor import app
from tests.servers import free_port, mosquitto

pytestmark = pytest.mark.real

SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
WEST, EAST = (device.id for device in SITE.devices[:2])
Edit = Callable[[str], str]


class Clinic:
    """A broker to be examined, and the doctor's command for it."""

    def __init__(self, rendered: RenderedSite, port: int) -> None:
        self.rendered, self.port = rendered, port

    def examine(self, *more: str) -> Any:
        root = self.rendered.root
        words = ["broker", "127.0.0.1", "--port", str(self.port), "--ca", f"{root}/broker/ca.crt"]
        words += ["--centre", f"{root}/gateway", "--device", f"{root}/edge/{WEST}", "--device", f"{root}/edge/{EAST}"]
        words += ["--stranger", f"{root}/others/doctor-nobody", *more]
        return CliRunner(env={"COLUMNS": "200"}).invoke(app, words)


@contextmanager
def clinic(folder: Path, *, settings: Edit = str, rules: Edit = str, home_assistant: bool = False) -> Iterator[Clinic]:
    now, port = datetime.now(UTC), free_port()
    options = RenderOptions(broker_port=port, home_assistant=home_assistant)
    rendered = render_site(SITE, folder, options=options, now=now)
    authority = ensure_authority(rendered.root / "ca", "", now=now)
    ensure_client_certificate(
        authority, rendered.root / "others" / "doctor-nobody", "client", name="doctor-nobody", now=now
    )
    for path, edit in ((rendered.broker_settings, settings), (rendered.root / "broker" / "acl", rules)):
        path.write_text(edit(path.read_text()))
    with mosquitto(rendered.broker_settings, port):
        yield Clinic(rendered, port)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


def lines(found: Any, mark: str) -> list[str]:
    return [line for line in found.stdout.splitlines() if line.startswith(mark)]


def test_our_own_broker_is_right(folder: Path) -> None:
    with clinic(folder) as ours:
        found = ours.examine("--yes", "--messages", "1500")
    assert found.exit_code == 0, found.stdout
    assert lines(found, "✗") == []
    assert "208/208" in found.stdout
    assert "acknowledged 1,500, delivered 1,000" in found.stdout  # its queue is bounded, and it does not say so


def test_names_at_work_are_not_taken_without_being_told(folder: Path) -> None:
    with clinic(folder) as ours:
        found = ours.examine()
    assert found.exit_code == 2
    assert "--yes" in found.stderr
    assert f"gateway, {WEST}, {EAST}" in found.stderr


def of_home_assistant(ours: Clinic, site: str = SITE.id) -> list[str]:
    return ["--yes", "--messages", "10", "--home-assistant", f"{ours.rendered.root}/home-assistant", "--site", site]


def test_a_home_assistant_that_could_command_is_found(folder: Path) -> None:
    def spoil(rules: str) -> str:
        return rules.replace("user homeassistant\n", f"user homeassistant\ntopic write sekisho/1/command/{WEST}\n")

    with clinic(folder, rules=spoil, home_assistant=True) as wrong:
        found = wrong.examine(*of_home_assistant(wrong))
        nameless = wrong.examine(*of_home_assistant(wrong, site=""))
    assert found.exit_code == 1, found.stderr
    cell = f"✗ homeassistant 送る say sekisho/1/command/{WEST}:"
    assert [line for line in lines(found, "✗") if "権限表" not in line and not line.startswith(cell)] == []
    assert any(line.startswith(cell) for line in lines(found, "✗"))
    assert nameless.exit_code == 2
    assert "--site" in nameless.stderr


def spoil_rules(rules: str) -> str:
    return rules.replace(f"topic read sekisho/1/command/{EAST}\n", "").replace(
        f"user {WEST}\n", f"user {WEST}\ntopic readwrite sekisho/1/policy/+\n"
    )


def spoil_settings(settings: str) -> str:
    for right, wrong in (
        ("use_username_as_clientid true", "use_username_as_clientid false"),
        ("max_packet_size", "message_size_limit 100000\n#"),
    ):
        assert right in settings
        settings = settings.replace(right, wrong)
    return f"{settings}\nretain_available false\n"


def test_each_fault_of_a_wrong_broker_is_found(folder: Path) -> None:
    with clinic(folder, settings=spoil_settings, rules=spoil_rules) as wrong:
        found = wrong.examine("--yes", "--messages", "10")
    assert found.exit_code == 1, found.stderr
    told = lines(found, "✗")
    cells = {
        f"✗ {EAST} 聞く hear sekisho/1/command/{EAST}:",
        f"✗ {WEST} 送る say sekisho/1/policy/{WEST}:",
        f"✗ {WEST} 送る say sekisho/1/policy/{EAST}:",
        f"✗ {WEST} 聞く hear sekisho/1/policy/{EAST}:",
    }
    assert {cell for cell in cells if not any(line.startswith(cell) for line in told)} == set()
    assert f'add below it: "topic read sekisho/1/command/{EAST}"' in found.stdout
    for change in ("use_username_as_clientid true", "max_packet_size", "retain_available"):
        assert change in "\n".join(told), change


def test_a_broker_that_asks_for_no_certificate_is_told(folder: Path) -> None:
    with clinic(folder, settings=lambda text: text.replace("require_certificate true", "")) as wrong:
        found = wrong.examine("--yes")
    assert found.exit_code == 2
    assert "require_certificate true" in found.stderr


def test_a_broker_that_is_away_is_said(folder: Path) -> None:
    with clinic(folder) as ours:
        pass
    found = ours.examine("--yes")
    assert found.exit_code == 2
    assert "not let in" in found.stderr


def test_one_device_is_not_enough(folder: Path) -> None:
    with clinic(folder) as ours:
        root = ours.rendered.root
        found = CliRunner().invoke(
            app,
            [
                *("broker", "127.0.0.1", "--port", str(ours.port), "--ca", f"{root}/broker/ca.crt", "--yes"),
                *("--centre", f"{root}/gateway", "--device", f"{root}/edge/{WEST}"),
            ],
        )
    assert found.exit_code == 2
    assert "two or more devices" in found.stderr
