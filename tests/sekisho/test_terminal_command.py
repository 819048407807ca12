"""Certificates of terminals by the command: what is issued opens one tier's port, and what is revoked none."""

import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from contract.radius_api import write_permit
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from gateway.site.revocation_list import read_lists
from sekisho.terminal import app
from tests.radius.conftest import tmp_path
from tests.radius.lab import NAME, Answer, Decider, render_lab

SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"


__all__ = ["tmp_path"]


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    root = tmp_path / "s"
    render_site(load_site(SITE), root, options=RenderOptions(), now=datetime.now(UTC))
    return root


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_a_terminal_gets_its_certificate_and_nothing_of_it_is_kept(rendered: Path, tmp_path: Path) -> None:
    code, told = run("certificate", rendered, "pc-1", "--tier", "lgwan", "--out", tmp_path, "--days", "30")
    assert code == 0, told
    files = [tmp_path / f"pc-1.{suffix}" for suffix in ("p12", "password")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
    password = files[1].read_text().strip()
    key, certificate, others = load_key_and_certificates(files[0].read_bytes(), password.encode())
    assert key is not None
    assert certificate is not None
    assert [(each.oid, each.value) for each in certificate.subject] == [
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "lgwan"),
        (NameOID.COMMON_NAME, "pc-1"),
    ]
    assert f"{certificate.serial_number:x}" in told
    assert password not in told
    authority = x509.load_pem_x509_certificate((tmp_path / "network-ca.crt").read_bytes())
    assert others == [authority]
    certificate.verify_directly_issued_by(authority)
    assert authority != x509.load_pem_x509_certificate((rendered / "ca" / "ca.crt").read_bytes())
    kept = [path.name for path in (rendered / "ca" / "terminals").rglob("*") if path.is_file()]
    assert sorted(kept) == sorted(["ca.crt", "ca.key", f"{certificate.serial_number:x}.crt"])


@pytest.mark.parametrize(
    ("terminal", "tier", "said"),
    [("PC 1", "lgwan", "expected small letters"), ("pc-1", "moon", "expected one of: mynumber, lgwan, internet")],
    ids=["no id", "no such tier"],
)
def test_what_cannot_be_issued_is_named(rendered: Path, tmp_path: Path, terminal: str, tier: str, said: str) -> None:
    code, told = run("certificate", rendered, terminal, "--tier", tier, "--out", tmp_path)
    assert code == 2
    assert said in told
    assert not list(tmp_path.glob("*.p12"))


def test_what_lies_there_is_not_written_over(rendered: Path, tmp_path: Path) -> None:
    arguments = ("certificate", rendered, "pc-1", "--tier", "lgwan", "--out", tmp_path)
    assert run(*arguments)[0] == 0
    before = (tmp_path / "pc-1.p12").read_bytes()
    code, told = run(*arguments)
    assert (code, (tmp_path / "pc-1.p12").read_bytes()) == (2, before)
    assert "exists already" in told


def test_without_the_authority_nothing_is_issued(tmp_path: Path) -> None:
    for arguments in (("certificate", tmp_path, "pc-1", "--tier", "lgwan"), ("revoke", tmp_path, "pc-1")):
        code, told = run(*arguments)
        assert code == 2
        assert "ca/ca.key" in told


def test_each_certificate_of_a_terminal_is_revoked(rendered: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert run("certificate", rendered, "pc-1", "--tier", "lgwan", "--out", tmp_path / folder)[0] == 0
    assert "2 枚" in run("revoke", rendered, "pc-1")[1]
    assert "2 枚" in run("revoke", rendered, "pc-1")[1]  # again is safe
    (found,) = read_lists((rendered / "ca" / "terminals" / "crl.pem").read_bytes())
    issued = (rendered / "ca" / "terminals" / "issued" / "pc-1").glob("*.crt")
    assert {each.serial_number for each in found} == {int(path.stem, 16) for path in issued}
    code, told = run("revoke", rendered, "pc-2")
    assert code == 2
    assert "no certificate" in told


@pytest.mark.real
def test_the_file_that_is_handed_over_logs_on(tmp_path: Path) -> None:
    decider = Decider()
    decider.answer = Answer(body=write_permit(20, "p-1", 60))
    decider.start()
    (lab,) = render_lab(tmp_path / "s", f"http://127.0.0.1:{decider.port}")
    assert run("certificate", tmp_path / "s", "pc-1", "--tier", "lgwan", "--out", tmp_path)[0] == 0
    password = (tmp_path / "pc-1.password").read_text().strip()
    settings = tmp_path / "pc-1.conf"
    settings.write_text(
        f'network={{\nkey_mgmt=IEEE8021X\neap=TLS\nidentity="pc-1"\nca_cert="{tmp_path}/network-ca.crt"\n'
        f'private_key="{tmp_path}/pc-1.p12"\nprivate_key_passwd="{password}"\ndomain_match="{NAME}"\n}}\n'
    )
    with lab.running():
        command = ["eapol_test", "-c", settings, "-a", "127.0.0.1", "-p", str(lab.auth_port), "-s", lab.secret, "-n"]
        done = subprocess.run([*command, "-t", "5"], capture_output=True, text=True, check=False, timeout=60)
    decider.stop()
    assert done.stdout.strip().splitlines()[-1] == "SUCCESS"
    assert [asked.certificate for _, asked in decider.asked] == ["pc-1"]
