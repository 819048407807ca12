"""A stolen controller is revoked in a real browser in three clicks; a request is carried to another authority."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateSigningRequestBuilder, Name
from playwright.sync_api import Page, expect

from contract.renewal import digest_request
from gateway.operations.identity.roles import Role
from gateway.settings import CertificateSettings
from store.device_certificates import DeviceCertificate, insert_device_certificates
from tests.browser.server import PagesServer
from tests.browser.test_door_desk import examine
from tests.gateway.authorities import CityAuthority

pytestmark = pytest.mark.real

PLACE = "north-1"
CERTIFIED = "west-1"


def test_a_stolen_controller_is_revoked_in_three_clicks(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    page.goto("/controllers")
    page.locator(f'a[href="/controllers/devices/{PLACE}"]').click()
    examine(page)
    page.get_by_role("button", name="失効させる…").click()
    dialog = page.locator("#revoke")
    expect(dialog).to_be_visible()
    examine(page)
    dialog.get_by_label("理由").fill("倉庫から盗まれた")
    dialog.get_by_role("button", name="理由を残して失効させる").click()
    expect(page.locator("#controller")).to_contain_text("倉庫から盗まれた")
    expect(page.locator("#controller").get_by_role("status")).to_contain_text("失効")
    expect(page.get_by_role("button", name="失効させる…")).to_have_count(0)
    examine(page)


def test_a_request_is_fetched_and_its_certificate_handed_over(
    pages_server: PagesServer, enter: Callable[[Role], Page], tmp_path: Path
) -> None:
    city, authority = pages_server.city, CityAuthority(tmp_path / "city")
    settings = CertificateSettings(
        issuer="external", external_ca_file=authority.folder / "ca.pem", crl_file=authority.folder / "crl.pem"
    )
    city.context.settings = city.context.settings.model_copy(update={"certificates": settings})
    key = ec.generate_private_key(ec.SECP256R1())
    request = CertificateSigningRequestBuilder().subject_name(Name([])).sign(key, SHA256())
    pem = request.public_bytes(Encoding.PEM).decode()
    with city.context.store.transaction(city.context.now()) as tx:
        insert_device_certificates(tx, [DeviceCertificate(digest_request(pem), CERTIFIED, tx.now, pem)])
    page = enter(Role.operator)
    page.goto(f"/controllers/devices/{CERTIFIED}")
    examine(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="要求（PEM）を受け取る").click()
    assert Path(download.value.path()).read_text() == pem
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    page.get_by_label("署名された証明書").set_input_files(wrong)
    page.get_by_role("button", name="証明書を渡す").click()
    expect(page.locator("#fault")).to_contain_text("証明書を読めません")
    examine(page)
