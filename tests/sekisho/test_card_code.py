"""``sekisho card code``: what it draws opens as the contract says, and only the visitor gets it."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import segno
from typer.testing import CliRunner

from contract.tokens import credential_token
from contract.visit_codes import decode_visit_code
from gateway.site.keys import ensure_signing_key, ensure_site_key
from readers.cards.qr import VisitCodeReader
from readers.drivers.port import CardSeen
from sekisho.card import app
from sekisho.card_code import draw_code, make_code

GATEWAY = """
database_url = "sqlite:///sekisho.db"
site_file = "site.yaml"
signing_key_file = "signing.pem"
site_key_file = "site.key"
names_key_file = "site.key"
public_url = "http://127.0.0.1:8080"
listen = "127.0.0.1:8080"
[devices]
listen = "127.0.0.1:8443"
ca_file = "ca.pem"
certificate_file = "centre.pem"
key_file = "centre.key"
"""
DAY = ("--site", "hagi", "--from", "2026-11-24T09:00", "--until", "2026-11-24T17:00")
BEGIN, END = datetime(2026, 11, 24, 0, 0, tzinfo=UTC), datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    for name in ("site.yaml", "ca.pem", "centre.pem", "centre.key"):
        (tmp_path / name).touch(mode=0o600)
    ensure_signing_key(tmp_path / "signing.pem")
    ensure_site_key(tmp_path / "site.key")
    (tmp_path / "gateway.toml").write_text(GATEWAY)
    return tmp_path


def called(centre: Path, *words: str) -> tuple[int, str, str]:
    with contextlib.chdir(centre):
        result = CliRunner().invoke(app, ["code", "--config", "gateway.toml", *words])
    return result.exit_code, result.stdout, result.stderr


def test_a_code_counts_at_its_site_from_until_and_its_line_has_the_token_that_doors_will_see(centre: Path) -> None:
    text, line = make_code(centre / "gateway.toml", "hagi", datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 17))
    key = ensure_signing_key(centre / "signing.pem").public_key()
    code = decode_visit_code(text, key)
    assert (code.site, code.valid_from, code.valid_until) == ("hagi", BEGIN, END)
    seen = VisitCodeReader("hagi", key).read("gate", text, 1.0)
    assert isinstance(seen, CardSeen)
    token = credential_token(ensure_site_key(centre / "site.key"), seen.technology, seen.identifier)
    assert line == f"{token},qr,2026-11-24T00:00:00Z,2026-11-24T08:00:00Z"
    again, other_line = make_code(
        centre / "gateway.toml", "hagi", datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 17)
    )
    assert text != again
    assert line != other_line


def test_the_longest_code_fits_a_qr_that_phones_show(centre: Path) -> None:
    text, _ = make_code(centre / "gateway.toml", "h" * 63, datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 17))
    drawn = segno.make_qr(text)
    assert drawn.mode == "alphanumeric"
    assert int(drawn.version) <= 12


@pytest.mark.parametrize("name", ["visit.svg", "visit.png"])
def test_a_picture_is_its_owners_alone_and_the_code_is_not_printed(centre: Path, name: str) -> None:
    code, out, err = called(centre, *DAY, "--image", name)
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert out.split(",")[1] == "qr"
    picture = centre / name
    assert picture.stat().st_mode & 0o777 == 0o600
    if name.endswith("svg"):
        assert ET.fromstring(picture.read_bytes()).tag.endswith("svg")
    else:
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_a_picture_it_is_drawn_on_the_terminal(centre: Path) -> None:
    code, out, _ = called(centre, "--site", "hagi", "--until", "2126-11-24T17:00")
    assert code == 2  # longer than a code may count
    code, out, _ = called(centre, *DAY)
    assert code == 0
    assert "█" in out
    assert len(draw_code("ABC").splitlines()) > 10


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--site", "Hagi City", *DAY[2:]), "site"),
        ((*DAY[:2], "--from", "2026-11-24T17:00", "--until", "2026-11-24T09:00"), "after the beginning"),
        ((*DAY[:2], "--from", "2026-11-24T09:00", "--until", "2027-11-24T09:00"), "31 days"),
        ((*DAY[:2], "--until", "tomorrow"), "tomorrow"),
        ((*DAY, "--image", "visit.gif"), ".svg"),
        ((*DAY, "--config", "none.toml"), "none.toml"),
    ],
)
def test_wrong_input_ends_with_2(centre: Path, words: tuple[str, ...], says: str) -> None:
    code, out, err = called(centre, *words)
    assert (code, out) == (2, "")
    assert says in err
    assert not list(centre.glob("visit.*"))
