"""A site with an update channel: boxes start from their slots and trust one root; a site without is as before."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from readers.updates.sources import load_update_source
from readers.updates.switch import Switch

SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
UNITS = ("sekisho-update@.service", "sekisho-update@.timer")


def render(folder: Path, **options: str) -> Path:
    site = load_site(SITE)
    render_site(site, folder, options=RenderOptions.model_validate(options), now=datetime.now(UTC))
    return folder


def test_boxes_run_from_their_slots_and_the_centre_serves_the_repository(tmp_path: Path) -> None:
    there = render(tmp_path, update_root="/opt/sekisho/root.json", updates_folder="/srv/sekisho/updates")
    assert tomllib.loads((there / "gateway/gateway.toml").read_text())["updates_folder"] == "/srv/sekisho/updates"
    for path in sorted((there / "edge").glob("*/edge-*.toml")):
        source = load_update_source(path)
        assert source.root_file == Path("/opt/sekisho/root.json")
        assert source.slots.folder == there / "state/edge" / path.parent.name / "updates"
        assert source.slots.load() == Switch()
    unit = (there / "system/sekisho-edge@.service").read_text()
    assert f"update start --slots {there}/state/edge/%i/updates -- edge run --config" in unit
    assert all((there / "system" / name).is_file() for name in UNITS)
    fetching = (there / "system" / UNITS[0]).read_text()
    assert fetching.rindex("Restart=no") > fetching.rindex("Restart=always")  # a one-shot unit that is not run for ever
    assert "update fetch --config" in fetching


def test_without_the_option_nothing_of_it_is_there(tmp_path: Path) -> None:
    there = render(tmp_path)
    assert "updates_folder" not in (there / "gateway/gateway.toml").read_text()
    assert not any("[updates]" in path.read_text() for path in (there / "edge").glob("*/edge-*.toml"))
    assert "update" not in (there / "system/sekisho-edge@.service").read_text().split("[Service]")[1]
    assert not any((there / "system" / name).exists() for name in UNITS)
