"""One controller's page: who revokes it, what is carried to another authority and back, and what is not taken."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateSigningRequestBuilder, Name
from fastapi.testclient import TestClient

from contract.renewal import digest_request
from domain.ids import DeviceId
from gateway.operations.identity.roles import Role
from gateway.settings import CertificateSettings
from gateway.site.revocation_list import read_lists
from store.device_certificates import (
    DeviceCertificate,
    insert_device_certificates,
    list_device_certificates,
    list_device_revocations,
    save_parted,
)
from store.devices import DeviceState, load_device
from tests.gateway.authorities import CityAuthority
from tests.pages.city import LOGIN_OF, City
from tests.pages.conftest import csrf_of

PLACE = "east-1"
PAGE = f"/controllers/devices/{PLACE}"


def revoke(client: TestClient, reason: str, request: str = "0" * 16) -> tuple[int, str]:
    form = {"csrf": csrf_of(client), "request": request, "reason": reason}
    answer = client.post(f"{PAGE}/revoke", data=form)
    return answer.status_code, answer.text


def test_it_is_revoked_once_with_a_reason_and_says_by_whom(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    assert f'href="{PAGE}"' in client.get("/controllers").text
    status, text = revoke(client, " ")
    assert (status, "失効させる理由を入れてください" in text) == (422, True)
    assert revoke(client, "倉庫から 盗まれた")[0] == 303
    assert revoke(client, "倉庫から 盗まれた")[0] == 303  # the same form again
    status, text = revoke(client, "もう一度", "1" * 16)
    assert (status, "すでに失効しています" in text) == (422, True)
    part = client.get(f"{PAGE}/part").text
    assert "倉庫から 盗まれた" in part
    assert LOGIN_OF[Role.operator] in part
    assert "切り離しています" in part
    with city.store.transaction(city.clock()) as tx:
        (kept,) = list_device_revocations(tx)
        device = load_device(tx, DeviceId(PLACE))
        save_parted(tx, kept.id)
    assert device is not None
    assert device.state is DeviceState.revoked
    text = client.get(PAGE).text
    assert "戻れないことを確かめました" in text
    assert "理由を残して失効させる" not in text


def test_those_who_only_look_get_no_buttons(sign_in_as) -> None:
    client = sign_in_as(Role.auditor)
    assert "失効させる…" not in client.get(PAGE).text
    assert client.post(f"{PAGE}/revoke", data={"csrf": csrf_of(client)}).status_code == 403
    assert client.get("/controllers/devices/nowhere-1").status_code == 404


@pytest.fixture
def authority(city: City, tmp_path: Path) -> CityAuthority:
    made = CityAuthority(tmp_path / "city", city.clock)
    (tmp_path / "lists.pem").write_bytes(made.revoke())
    settings = CertificateSettings(
        issuer="external", external_ca_file=made.folder / "ca.pem", crl_file=tmp_path / "lists.pem"
    )
    city.context.settings = city.context.settings.model_copy(update={"certificates": settings})
    return made


def ask(city: City) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    request = CertificateSigningRequestBuilder().subject_name(Name([])).sign(key, SHA256())
    pem = request.public_bytes(Encoding.PEM).decode()
    with city.store.transaction(city.clock()) as tx:
        insert_device_certificates(tx, [DeviceCertificate(digest_request(pem), PLACE, tx.now, pem)])
    return pem


def test_a_request_is_carried_away_and_its_certificate_brought(
    city: City, authority: CityAuthority, sign_in_as
) -> None:
    request, client = ask(city), sign_in_as(Role.operator)
    path = f"{PAGE}/requests/{digest_request(request)}"
    assert path in client.get(PAGE).text
    fetched = client.get(path)
    assert (fetched.text, fetched.headers["content-disposition"]) == (
        request,
        f"attachment; filename={PLACE}.csr.pem",
    )
    form = {"csrf": csrf_of(client)}
    wrong = {"certificate": ("c.pem", authority.sign(request, name="west-1"))}
    answer = client.post(path, data=form, files=wrong)
    assert answer.status_code == 422
    assert "証明書の名前が違います" in answer.text
    assert "west-1" in answer.text
    signed = authority.sign(request, name=PLACE)
    assert client.post(path, data=form, files={"certificate": ("c.pem", signed)}).status_code == 303
    with city.store.reading(city.clock()) as tx:
        (kept,) = list_device_certificates(tx, DeviceId(PLACE))
    assert (kept.certificate, kept.issued_by) == (signed.decode(), LOGIN_OF[Role.operator])
    assert path not in client.get(PAGE).text
    assert client.get(f"{PAGE}/requests/{'0' * 64}").status_code == 404


def test_a_list_is_taken_unless_it_would_shut_everybody_out(city: City, authority: CityAuthority, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    form = {"csrf": csrf_of(client)}
    answer = client.post(f"{PAGE}/list", data=form, files={"revoked": ("l.pem", b"nothing")})
    assert (answer.status_code, "失効リストを読めません" in answer.text) == (422, True)
    listed = authority.revoke(4711)
    assert client.post(f"{PAGE}/list", data=form, files={"revoked": ("l.pem", listed)}).status_code == 303
    assert client.get(PAGE).status_code == 200
    (kept,) = read_lists((authority.folder.parent / "lists.pem").read_bytes())
    assert [each.serial_number for each in kept] == [4711]
