"""A city's own authority signs devices' certificates: carried there and back, checked, let in, revoked by its list."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from contract.renewal import CertificateWanted
from domain.ids import DeviceId
from gateway.devices.revocation_file import RevocationFile
from gateway.operations.access.certify_device import ask_certificate, bring_certificate
from gateway.site.device_chain import ChainError
from gateway.site.options import RenderOptions
from gateway.site.render import RenderError, render_site
from gateway.site.revocation_list import RevocationListError, read_foreign_list
from readers.client_pair import ClientPair
from readers.renewal import Renewal
from readers.settings import load_edge_settings
from store.alarms import list_open_alarms
from store.device_certificates import DeviceCertificate, list_device_certificates, list_device_revocations
from tests.gateway.authorities import CityAuthority
from tests.gateway.gated import EAST, SITE, WEST, Hall, open_hall, running

pytestmark = pytest.mark.real


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory) -> CityAuthority:
    return CityAuthority(tmp_path_factory.mktemp("ca") / "city")


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory, city: CityAuthority) -> Iterator[Hall]:
    files = {"device_ca_file": city.folder / "ca.pem", "device_ca_list": city.folder / "crl.pem"}
    made = open_hall(tmp_path_factory.mktemp("x"), **files)
    with running(made):
        made.gate.look()
        yield made


class Asking:
    """A box that asks, without the wire: its key stays in its folder."""

    def __init__(self, hall: Hall, device: str = WEST) -> None:
        folder = hall.rendered.root / "edge" / device
        settings = load_edge_settings(folder / f"edge-{device}.toml")
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        self.state, self.hall, self.device_key = settings.state_dir, hall, settings.read_device_key()
        self.pair = ClientPair(*hall.files(device), settings.state_dir)
        self.renewal = Renewal.__new__(Renewal)
        self.renewal._under_way = self.state / "renewal.pem"
        self.renewal._identity = type("Named", (), {"device": DeviceId(device)})()
        self.key, self.request = self.renewal._ensure_request()

    def ask(self) -> DeviceCertificate:
        wanted = CertificateWanted(device=WEST, request=self.request).signed(self.device_key)
        long_ago, soon = datetime.now(UTC) - timedelta(days=300), datetime.now(UTC) + timedelta(days=98)
        with self.hall.context.store.transaction(self.hall.clock()) as tx:
            asked = ask_certificate(tx, wanted, shown_from=long_ago, shown_until=soon, issue=None)
        assert isinstance(asked, DeviceCertificate)
        return asked

    def bring(self, data: bytes, request_id: str) -> object:
        with self.hall.context.store.transaction(self.hall.clock()) as tx:
            issuers = self.hall.settings.read_issuers()
            return bring_certificate(tx, request_id, data, issuers=issuers, by="soumu")


def test_a_certificate_is_signed_elsewhere_and_let_in(hall: Hall, city: CityAuthority) -> None:
    box = Asking(hall)
    asked = box.ask()
    assert asked.certificate is None
    assert box.ask() == asked  # it waits, and asks again
    assert box.bring(city.sign(box.request, name=WEST), asked.id) is None
    given = box.ask().certificate
    assert given is not None
    assert box.bring(city.sign(box.request, name=WEST), asked.id) == "signed"
    key_pem = (box.state / "renewal.pem").read_bytes().partition(b"-----BEGIN CERTIFICATE REQUEST")[0]
    box.pair.put_on_trial(key_pem + given.encode())
    certificate, key = hall.files(WEST)
    certificate.write_text(given)
    key.write_bytes(key_pem)
    assert hall.can_connect(WEST)
    assert hall.can_connect(EAST)  # by our own authority


def test_what_is_not_what_the_device_needs(hall: Hall, city: CityAuthority, tmp_path: Path) -> None:
    box, other = Asking(hall), Asking(hall, EAST)
    asked, stranger = box.ask(), CityAuthority(tmp_path / "stranger")
    server = ExtendedKeyUsageOID.SERVER_AUTH
    wrong = {
        "unreadable": b"certificate",
        "other_key": city.sign(other.request, name=WEST),
        "other_name": city.sign(box.request, name=EAST),
        "not_now": city.sign(box.request, name=WEST, ahead=timedelta(days=2)),
        "not_client": city.sign(box.request, name=WEST, usage=server),
        "not_trusted": stranger.sign(box.request, name=WEST),
    }
    for reason, data in wrong.items():
        fault = box.bring(data, asked.id)
        assert isinstance(fault, ChainError)
        assert fault.reason == reason
    half = box.bring(city.sign(box.request, name=WEST, alternative=EAST), asked.id)
    assert isinstance(half, ChainError)
    assert half.reason == "other_name"
    assert box.bring(wrong["unreadable"], "0" * 64) == "unknown"
    with hall.context.store.reading(hall.clock()) as tx:
        assert {each.certificate for each in list_device_certificates(tx, WEST) if each.request} == {None}


def test_a_revocation_is_over_once_the_citys_list_names_it(hall: Hall, city: CityAuthority) -> None:
    box = Asking(hall)
    asked = box.ask()
    signed = city.sign(box.request, name=WEST)
    box.bring(signed, asked.id)
    hall.revoke(WEST)
    hall.gate.look()
    with hall.context.store.reading(hall.clock()) as tx:
        assert [each.alarm.kind for each in list_open_alarms(tx)] == ["revocation_not_in_force"]
        assert list_device_revocations(tx)[0].parted_at is None
    listed = city.revoke(x509.load_pem_x509_certificate(signed).serial_number, ahead=timedelta(minutes=1))
    file = RevocationFile(hall.settings)
    issuers = hall.settings.read_issuers()
    file.bring(read_foreign_list(listed, issuers, now=hall.clock(), held=file.read()))
    type(hall.gate)(hall.context, hall.settings).look()
    with hall.context.store.reading(hall.clock()) as tx:
        assert list_device_revocations(tx)[0].parted_at is not None
    assert hall.can_connect(EAST)
    assert not hall.can_connect(WEST)


def test_the_citys_list_is_there_also_where_the_centre_begins_a_file_of_its_own(hall: Hall) -> None:
    hall.settings.crl_file.unlink()
    type(hall.gate)(hall.context, hall.settings).look()
    assert len(RevocationFile(hall.settings).read()) == 2


def test_lists_that_would_shut_everybody_out_are_not_taken(city: CityAuthority, tmp_path: Path) -> None:
    now, issuers = datetime.now(UTC), [city.authority.certificate]
    held = [read_foreign_list(city.revoke(), issuers, now=now)]
    faults = {
        "unreadable": b"list",
        "not_by_issuer": CityAuthority(tmp_path / "stranger").revoke(),
        "not_now": city.revoke(ahead=timedelta(days=-500)),
        "older": city.revoke(ahead=timedelta(days=-3)),
    }
    for reason, data in faults.items():
        with pytest.raises(RevocationListError) as refused:
            read_foreign_list(data, issuers, now=now, held=held)
        assert refused.value.reason == reason


def test_half_an_authority_is_not_rendered(city: CityAuthority, tmp_path_factory: pytest.TempPathFactory) -> None:
    options = RenderOptions(device_ca_file=city.folder / "ca.pem")
    with pytest.raises(RenderError, match="device_ca_list"):
        render_site(SITE, tmp_path_factory.mktemp("s"), options=options, now=datetime.now(UTC))
