"""A site whose citizens reserve rooms by themselves: the settings are those that the gateway reads."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.settings import Address, SettingsError, load_gateway_settings
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.render import render_site

SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


def render(folder: Path, **options: object) -> Path:
    render_site(load_site(SITE), folder, options=RenderOptions.model_validate(options), now=datetime.now(UTC))
    return folder / "gateway/gateway.toml"


@pytest.mark.parametrize(("listen", "has_tls"), [("127.0.0.1:8090", False), ("0.0.0.0:8090", True)])
def test_the_door_is_rendered_with_tls_wherever_it_can_be_reached(
    tmp_path: Path, listen: str, *, has_tls: bool
) -> None:
    url = "https://rooms.city.example"
    classes = ("resident", "other")
    path = render(tmp_path, citizens_listen=listen, citizens_url=url, citizens_user_classes=classes)
    citizens = load_gateway_settings(path).citizens
    assert citizens is not None
    assert (citizens.public_url, citizens.user_classes) == (url, classes)
    assert citizens.listen == Address(listen.partition(":")[0], 8090)
    assert (citizens.certificate_file is not None) is has_tls


def test_without_the_option_there_is_no_door(tmp_path: Path) -> None:
    assert load_gateway_settings(render(tmp_path)).citizens is None


def test_a_door_without_tls_or_without_classes_is_refused_by_name(tmp_path: Path) -> None:
    path = render(tmp_path, citizens_listen="127.0.0.1:8090")
    text = path.read_text()
    for former, wrong, named in (
        ('listen = "127.0.0.1:8090"', 'listen = "0.0.0.0:8090"', "citizens"),
        ('user_classes = ["resident"]', "user_classes = []", "citizens.user_classes"),
        ('public_url = "http://127.0.0.1:8090"', 'public_url = "rooms"', "citizens.public_url"),
    ):
        assert former in text
        path.write_text(text.replace(former, wrong))
        with pytest.raises(SettingsError, match=named):
            load_gateway_settings(path)
