"""What is rendered for network servers: read by the centre, taken by FreeRADIUS, and refused where it does not fit."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain.zones.tier import FailurePolicy, Silence, Tier, TierId, TierPlan
from gateway.radius.credentials import read_credentials
from gateway.settings import Address, load_gateway_settings
from gateway.site.certificates import Authority, ensure_authority
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.network_servers import list_standing_tiers
from gateway.site.options import RenderOptions
from gateway.site.render import RenderError, render_site
from gateway.site.revocation_list import build_list, read_lists

DEMO = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
SITE = load_site(DEMO)
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
PAIR: dict[str, Any] = {
    "network_servers": [{"id": "radius-1", "address": "192.0.2.11"}, {"id": "radius-2", "address": "192.0.2.12"}],
    "radius_listen": "0.0.0.0:8446",
    "radius_url": "https://sekisho.city.example:8446",
}


def render(folder: Path, now: datetime = NOW, **options: Any) -> RenderedSite:
    return render_site(SITE, folder, options=RenderOptions.model_validate(PAIR | options), now=now)


def test_the_centre_knows_its_network_servers_and_agents(tmp_path: Path) -> None:
    rendered = render(tmp_path / "s", agents=["vpn"])
    radius = load_gateway_settings(rendered.gateway_settings).radius
    assert radius is not None
    assert (radius.listen, radius.certificate_file is None) == (Address("0.0.0.0", 8446), False)
    assert radius.agents_folder is not None
    for folder, names in ((radius.servers_folder, {"radius-1", "radius-2"}), (radius.agents_folder, {"vpn"})):
        read_credentials(folder)  # refuses what anybody else may read
        assert {path.name for path in folder.iterdir()} == names
    assert {path.name for path in radius.switches_folder.iterdir()} == {"office-sw", "hall-sw"}
    passwords = {path.read_text() for path in (tmp_path / "s/radius").glob("*/password")}
    assert passwords == {path.read_text() for path in radius.servers_folder.iterdir()}
    assert len(passwords) == 2
    certificate = x509.load_pem_x509_certificate((tmp_path / "s/gateway/server.crt").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "sekisho.city.example" in names.get_values_for_type(x509.DNSName)


def test_on_one_machine_nothing_needs_tls(tmp_path: Path) -> None:
    options = RenderOptions.model_validate({"network_servers": [{"id": "radius-1"}]})
    rendered = render_site(SITE, tmp_path / "s", options=options, now=NOW)
    radius = load_gateway_settings(rendered.gateway_settings).radius
    assert radius is not None
    assert (radius.listen, radius.certificate_file, radius.agents_folder) == (Address("127.0.0.1", 8446), None, None)
    assert (rendered.state / "radius" / "radius-1").is_dir()
    assert "tls {\n                ca_info_file" not in (rendered.root / "radius/radius-1/radiusd.conf").read_text()


def test_a_network_server_gets_its_own_alone(tmp_path: Path) -> None:
    root = render(tmp_path / "s", installed_under="/etc/sekisho", state_under="/var/lib/sekisho").root
    for name in ("radius-1", "radius-2"):
        folder = root / "radius" / name
        assert {path.name for path in folder.iterdir()} == {
            "radiusd.conf", "clients.conf", "server.crt", "server.key", "ca.pem", "gateway-ca.crt", "password"
        }  # fmt: skip
        text = (folder / "radiusd.conf").read_text()
        assert str(tmp_path) not in text
        assert f'"/etc/sekisho/radius/{name}/server.key"' in text
        assert f'rundir = "/var/lib/sekisho/radius/{name}"' in text
        secrets = [folder / each for each in ("radiusd.conf", "clients.conf", "server.key", "password")]
        assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert "freeradius -f -d /etc/sekisho/radius/%i" in (root / "system/sekisho-radius@.service").read_text()
    silent = [("Do-Not-Respond" in _failing(root, name)) for name in ("radius-1", "radius-2")]
    assert silent == [True, False]  # the last one rejects


def _failing(root: Path, name: str) -> str:
    text = (root / "radius" / name / "radiusd.conf").read_text()
    return text[text.index("No decision is to be had") : text.index("Only what is written passes")]


def test_rendering_again_keeps_keys_and_renews_lists_and_certificates(tmp_path: Path) -> None:
    def found() -> dict[str, bytes]:
        files = [*(tmp_path / "s/radius").rglob("*"), *(tmp_path / "s/ca/terminals").rglob("*")]
        return {str(path.relative_to(tmp_path)): path.read_bytes() for path in files if path.is_file()}

    render(tmp_path / "s")
    first = found()
    render(tmp_path / "s")
    assert found() == first
    render(tmp_path / "s", now=NOW + timedelta(days=300))
    changed = {Path(name).name for name, data in found().items() if data != first[name]}
    assert changed == {"server.crt", "ca.pem", "crl.pem"}
    (listed,) = read_lists((tmp_path / "s/radius/radius-1/ca.pem").read_bytes())
    assert listed.next_update_utc is not None
    assert listed.next_update_utc > NOW + timedelta(days=300 + 390)


def test_terminals_and_controllers_do_not_share_an_authority(tmp_path: Path) -> None:
    root = render(tmp_path / "s").root
    own = x509.load_pem_x509_certificate((root / "ca/ca.crt").read_bytes())
    (trusted,) = x509.load_pem_x509_certificates((root / "radius/radius-1/ca.pem").read_bytes())
    assert trusted.public_key() != own.public_key()
    server = x509.load_pem_x509_certificate((root / "radius/radius-1/server.crt").read_bytes())
    server.verify_directly_issued_by(trusted)
    usage = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert "network.demo" in names.get_values_for_type(x509.DNSName)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "one id twice": (
        {"network_servers": [{"id": "r"}, {"id": "r", "auth_port": 1, "acct_port": 2}]},
        "network_servers",
    ),
    "named as the secrets": ({"network_servers": [{"id": "secrets"}]}, "network_servers"),
    "one port twice": ({"network_servers": [{"id": "r", "acct_port": 1812}]}, "network_servers"),
    "two in one place": ({"network_servers": [{"id": "r"}, {"id": "s"}]}, "network_servers"),
    "reachable without TLS": ({"radius_url": "http://192.0.2.1:8446"}, "radius_url"),
    "an authority without its list": ({"terminal_ca_file": "ca.pem"}, "terminal_ca_list"),
    "no such authority": ({"terminal_ca_file": "ca.pem", "terminal_ca_list": "crl.pem"}, "terminal_ca_file"),
}


@pytest.mark.parametrize(("options", "named"), FAULTS.values(), ids=FAULTS)
def test_options_that_do_not_fit_are_named_before_anything_is_written(
    tmp_path: Path, options: dict[str, Any], named: str
) -> None:
    with pytest.raises(RenderError, match=named) as error:
        render(tmp_path / "s", **options)
    assert " / " in str(error.value)
    assert not (tmp_path / "s").exists()


def test_network_servers_without_switches_are_refused(tmp_path: Path) -> None:
    site = SITE.model_copy(update={"radius_clients": ()})
    with pytest.raises(RenderError, match="radius_clients"):
        render_site(site, tmp_path / "s", options=RenderOptions.model_validate(PAIR), now=NOW)


def city_authority(folder: Path, *, until: datetime = NOW) -> dict[str, str]:
    authority: Authority = ensure_authority(folder, "City CA", now=NOW)
    (folder / "crl.pem").write_bytes(build_list(authority, [7], now=until))
    return {"terminal_ca_file": str(folder / "ca.crt"), "terminal_ca_list": str(folder / "crl.pem")}


def test_a_citys_own_authority_of_terminals_is_trusted_with_its_list(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    root = render(tmp_path / "s", **city_authority(city)).root
    trusted = (root / "radius/radius-2/ca.pem").read_bytes()
    assert len(x509.load_pem_x509_certificates(trusted)) == 2
    assert [len(list(each)) for each in read_lists(trusted)] == [0, 1]
    with pytest.raises(RenderError, match="not_now"):
        render(tmp_path / "o", **city_authority(city, until=NOW - timedelta(days=500)))


def dated(tier: str, silence: Silence, first: date | None, last: date | None) -> Tier:
    failure = FailurePolicy(silence)
    return Tier(TierId(tier), tier, tier, 20, frozenset(), failure=failure, valid_from=first, valid_until=last)


def test_each_tier_fails_as_its_row_of_the_day_says() -> None:
    former = dated("a", Silence.silent, None, date(2027, 3, 31))
    later = dated("a", Silence.reject, date(2027, 4, 1), None)
    over = dated("b", Silence.silent, None, date(2020, 3, 31))
    coming = dated("c", Silence.silent, date(2030, 4, 1), None)
    plan = TierPlan((later, former, over, coming))
    assert list_standing_tiers(plan, date(2027, 3, 31)) == [former, coming]
    assert list_standing_tiers(plan, date(2027, 4, 1)) == [later, coming]
