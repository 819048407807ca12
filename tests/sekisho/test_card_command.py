"""``sekisho card`` in processes: DESFire over a real pcscd, Lite-S through nfcpy, masters in files and tokens."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract.tokens import credential_token
from emulation.card import TornCard
from emulation.desfire_card import DesfireCard
from emulation.felica_card import fcf_card
from emulation.felica_field import FelicaField
from emulation.felica_lite_s_card import LiteSCard
from emulation.pcscd import Pcscd
from emulation.virtual_card import LiftedCard, VirtualCard
from readers.keys.file import add_master
from sekisho.card import app
from tests.sekisho.card_office import AID, SITE_KEY, Office
from tests.softhsm import PIN, TokenStore

UID = bytes.fromhex("04782e21801d80")
IDM = bytes.fromhex("012e4cd8aabb0102")
POLL_SECONDS = 0.45  # pcscd asks a virtual reader every 0.4 s
VERSION_1 = ("desfire_application-1", "desfire-1")
VERSION_2 = ("desfire_application-2", "desfire-2")


def desfire(number: int) -> DesfireCard:
    return DesfireCard(UID[:-1] + bytes((number,)))


def token(technology: str, number: bytes) -> str:
    return credential_token(SITE_KEY, technology, number)


@pytest.fixture(scope="module")
def pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    with Pcscd(tmp_path_factory.mktemp("pcscd"), ("Desk",)) as service:
        yield service


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    furnished = Office(tmp_path)
    yield furnished
    furnished.close()


@pytest.fixture
def pcsc_office(office: Office, pcscd: Pcscd) -> Iterator[Office]:
    office.furnish("pcsc:Desk")
    office.environment.update(pcscd.environment)
    yield office
    time.sleep(POLL_SECONDS)


@pytest.fixture
def field() -> Iterator[FelicaField]:
    with FelicaField(silence_seconds=0.2) as antenna:  # longer than our wait for a card's answer: silence stays silence
        yield antenna


def issue_desfire(office: Office, port: int, card: DesfireCard, label: str) -> str:
    with VirtualCard(card) as virtual:
        virtual.insert(port)
        code, out, err = office.run("issue", "--technology", "desfire", "--version", "1", "--label", label)
    assert code == 0, err
    time.sleep(POLL_SECONDS)
    return out[0]


@pytest.mark.real
def test_desfire_cards_are_issued_inspected_and_rekeyed_over_pcsc(pcsc_office: Office, pcscd: Pcscd) -> None:
    port = pcscd.reader("Desk").port
    pcsc_office.new_masters(*VERSION_1)
    cards = [desfire(number) for number in range(2)]
    lines = [issue_desfire(pcsc_office, port, card, f"A-{number}") for number, card in enumerate(cards)]
    assert lines == [f"{token('desfire', card.uid)},desfire,1,A-{number}" for number, card in enumerate(cards)]
    assert pcsc_office.register.read_text(encoding="utf-8-sig").splitlines()[1:] == lines

    with VirtualCard(cards[0]) as virtual:
        virtual.insert(port)
        code, out, _ = pcsc_office.run("inspect", "--json")
        assert code == 0
        assert json.loads(out[0]) == {
            "technology": "desfire",
            "chip": "DESFire EV3 4096 B",
            "number": "…1d00",
            "assurance": 3,
            "key_version": 1,
            "advice": "none",
        }
        code, out, _ = pcsc_office.run("inspect", "--number")
        assert code == 0
        assert cards[0].uid.hex() in "\n".join(out)
    time.sleep(POLL_SECONDS)

    pcsc_office.new_masters(*VERSION_2)
    command = pcsc_office.start("rekey", "--technology", "desfire", "--to", "2")
    for number, card in enumerate(cards):
        if number == 1:
            with VirtualCard(LiftedCard(card, 11)) as torn:
                torn.insert(port)
                command.wait_for(lambda line: "torn" in line)
            time.sleep(POLL_SECONDS + 0.5)
        with VirtualCard(card) as virtual:
            virtual.insert(port)
            command.wait_for(lambda line, number=number: f"A-{number}: " in line and "now version 2" in line)  # type: ignore[misc]
        time.sleep(POLL_SECONDS)
    assert command.end() == 0
    assert "鍵の更新 / re-key: 2/2" in command.err
    assert {version for card in cards for _, version in card.applications[bytes.fromhex(AID)].keys} == {2}
    assert ",1," not in pcsc_office.register.read_text()
    card_keys = [key for card in cards for key, _ in card.applications[bytes.fromhex(AID)].keys]
    assert_no_key_was_told(pcsc_office, command.heard, card_keys)


def assert_no_key_was_told(office: Office, heard: list[str], card_keys: list[bytes]) -> None:
    """No master and no card's key in anything that any command said, nor in the register."""
    said = "\n".join([*office.heard, *heard, office.register.read_text(encoding="utf-8-sig")]).lower()
    secrets = [bytes.fromhex(master) for master in office.masters.values()] + card_keys
    assert len(secrets) > len(card_keys) > 1
    for secret in secrets:
        assert secret.hex() not in said
        assert repr(secret)[2:-1].lower() not in said


@pytest.mark.real
def test_lite_s_cards_are_issued_and_rekeyed_through_nfcpy_and_an_interrupted_run_goes_on(
    office: Office, field: FelicaField
) -> None:
    office.furnish(f"nfc:{field.path}")
    office.new_masters("lite_s-1", "lite_s-2")
    cards = [LiteSCard(IDM[:-1] + bytes((number,))) for number in range(3)]
    for number, card in enumerate(cards):
        field.put(card)
        code, out, err = office.run(
            "issue", "--technology", "felica_lite_s", "--version", "1", "--label", f"B-{number}"
        )
        field.remove()
        card.lose_power()
        assert code == 0, err
        assert out == [f"{token('felica_lite_s', card.idm)},felica_lite_s,1,B-{number}"]

    command = office.start("rekey", "--technology", "felica_lite_s", "--to", "2")
    field.put(cards[0])
    command.wait_for(lambda line: "B-0: " in line and "now version 2" in line)
    field.remove()
    time.sleep(0.5)
    field.put(TornCard(cards[1], answers=12, cut_to_bytes=0))
    command.wait_for(lambda line: "torn" in line)
    field.remove()
    command.interrupt()
    assert command.end() == 1
    assert "古い鍵のカード / cards with old keys: 2" in command.out
    assert {line.split(",")[3] for line in command.out if ",1," in line} == {"B-1", "B-2"}

    again = office.start("rekey", "--technology", "felica_lite_s", "--to", "2")
    for number in (1, 2):
        field.put(cards[number])
        again.wait_for(lambda line, number=number: f"B-{number}: " in line)  # type: ignore[misc]
        field.remove()
        time.sleep(0.5)
    assert again.end() == 0
    assert {card.key_version for card in cards} == {2}
    assert len({card.key for card in cards}) == 3
    code, out, _ = office.run("rekey", "--technology", "felica_lite_s", "--to", "2")
    assert (code, out[-1]) == (0, "すべて版 2 です / all cards of the register are at version 2")
    assert_no_key_was_told(office, command.heard + again.heard, [card.key for card in cards])


@pytest.mark.real
def test_masters_in_a_token_issue_cards_and_nothing_secret_is_left_on_the_desk(
    office: Office, field: FelicaField, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tokens = TokenStore.make(tmp_path_factory.mktemp("softhsm"))
    tokens.new_token("desk")
    office.environment.update(tokens.environment)
    place = ("--token", "desk", "--module", str(tokens.module), "--pin-file", str(tokens.pin_file()))
    code, out, err = office.run("masters", "new", "--label", "lite_s-1", *place)
    assert (code, err) == (0, [])
    assert "lite_s-1" in out[0]
    code, _, err = office.run("masters", "new", "--label", "lite_s-1", *place)
    assert code == 2
    assert "lite_s-1" in err[0]

    keys = f'kind = "pkcs11"\nmodule = "{tokens.module}"\ntoken = "desk"\npin_file = "{tokens.pin_file()}"'
    office.furnish(f"nfc:{field.path}", keys=keys)
    card = LiteSCard(IDM)
    field.put(card)
    code, out, err = office.run("issue", "--technology", "felica_lite_s", "--version", "1")
    assert code == 0, err
    assert card.key != bytes(16)
    code, out, err = office.run("issue", "--technology", "felica_lite_s", "--version", "1")
    assert out == [f"{token('felica_lite_s', IDM)},felica_lite_s,1,"]

    office.new_masters("lite_s-2")
    put = ("masters", "put", "--label", "lite_s-2", "--file", "keys.toml", *place)
    assert office.run(*put)[0] == 0
    assert office.run(*put)[0] == 2

    tokens.pin_file("0000")
    code, _, err = office.run("issue", "--technology", "felica_lite_s", "--version", "1")
    assert code == 2
    assert "refused the PIN" in err[-1]
    assert PIN not in "\n".join(office.heard)
    assert not any(card.key in path.read_bytes() for path in office.folder.rglob("*") if path.is_file())


@pytest.mark.real
def test_what_is_no_card_of_ours_is_told_and_ends_with_1(office: Office, field: FelicaField) -> None:
    office.furnish(f"nfc:{field.path}")
    office.new_masters("lite_s-1")
    field.put(fcf_card(IDM, "100017"))
    code, out, err = office.run("issue", "--technology", "felica_lite_s", "--version", "1")
    assert (code, out) == (1, [])
    assert "not a FeliCa Lite-S card" in err[-1]
    code, out, _ = office.run("inspect", "--json")
    told = json.loads(out[0])
    assert (code, told["technology"], told["assurance"], told["advice"]) == (0, "felica_idm", 1, "number_only")
    assert "100017" not in out[0]
    field.remove()
    code, _, err = office.run("inspect", "--wait-seconds", "0.5")
    assert code == 1
    assert "no card" in err[-1]
    assert not office.register.exists()


WRONG = {
    "no label": (("masters", "new", "--label", "desfire", "--file", "keys.toml"), "desfire-1"),
    "no place": (("masters", "new", "--label", "desfire-1"), "--file"),
    "half a token": (("masters", "new", "--label", "desfire-1", "--token", "desk"), "--module"),
    "two places": (("masters", "new", "--label", "lite_s-9", "--token", "desk", "--file", "keys.toml"), "--file"),
    "master is there": (("masters", "new", "--label", "lite_s-1", "--file", "keys.toml"), "lite_s-1"),
    "no such master": (("issue", "--technology", "desfire", "--version", "1"), "desfire_application-1"),
    "no such technology": (("issue", "--technology", "felica_idm", "--version", "1"), "felica_lite_s"),
    "version": (("issue", "--technology", "desfire", "--version", "256"), "255"),
    "label": (("issue", "--technology", "felica_lite_s", "--version", "1", "--label", "=1+1"), "label"),
    "finalise": (("issue", "--technology", "desfire", "--version", "1", "--finalise"), "finalise"),
    "reader": (("inspect", "--reader", "usb"), "pcsc:NAME"),
    "config": (("inspect", "--config", "none.toml"), "none.toml"),
    "register": (("rekey", "--technology", "felica_lite_s", "--to", "1", "--register", "no/cards.csv"), "no"),
    "broken register": (("rekey", "--technology", "felica_lite_s", "--to", "1", "--register", "bad.csv"), "line 2"),
}


def called(office: Office, *words: str) -> tuple[int, str, str]:
    """The command in this process, for what goes wrong before any card: its code and its two voices."""
    with contextlib.chdir(office.folder):
        result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def file_office(office: Office) -> Office:
    office.furnish("nfc:udp:127.0.0.1:9")
    add_master(office.folder / "keys.toml", "lite_s-1", bytes(16))
    return office


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_ends_with_2_and_says_what_was_expected(file_office: Office, name: str) -> None:
    words, says = WRONG[name]
    (file_office.folder / "bad.csv").write_text("token,technology,key_version,label\n12,desfire,1,x\n")
    code, out, err = called(file_office, *words)
    assert (code, out) == (2, "")
    assert says in err
    assert set(file_office.masters) == {"lite_s-1"}


def test_a_key_file_that_others_may_read_stops_the_desk(file_office: Office) -> None:
    (file_office.folder / "keys.toml").chmod(0o640)
    for words in (
        ("issue", "--technology", "felica_lite_s", "--version", "1"),
        ("masters", "new", "--label", "lite_s-2", "--file", "keys.toml"),
    ):
        code, _, err = called(file_office, *words)
        assert code == 2
        assert "chmod 600" in err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('reader = "usb"', "setting reader"),
        ('site_key_file = "none"', "setting site_key_file"),
        ("colour = 1", "setting colour"),
        ('[keys]\nkind = "file"\nfile = "none"', "setting keys.file.file"),
        ('[cards.desfire]\naid = "1"', "setting cards.desfire.aid"),
        ("[", "desk.toml"),
    ],
)
def test_a_wrong_setting_is_named(office: Office, line: str, says: str) -> None:
    (office.folder / "desk.toml").write_text(line)
    code, _, err = called(office, "inspect")
    assert code == 2
    assert says in err


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "setting keys"),
        ('[keys]\nkind = "file"\nfile = "keys.toml"', "[cards.lite_s]"),
        ('[cards.lite_s]\n[keys]\nkind = "file"\nfile = "keys.toml"', "setting site_key_file"),
        ('site_key_file = "keys.toml"\n[cards.lite_s]\n[keys]\nkind = "file"\nfile = "keys.toml"', "64 hexadecimal"),
    ],
)
def test_a_desk_that_lacks_what_issuing_needs_says_what(file_office: Office, settings: str, says: str) -> None:
    (file_office.folder / "desk.toml").write_text(settings)
    code, _, err = called(file_office, "issue", "--technology", "felica_lite_s", "--version", "1")
    assert code == 2
    assert says in err
