"""Published figures of DESFire's sessions, on the reader's side and on the software card's."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulation.desfire_card import DesfireCard
from emulation.desfire_memory import Application
from emulation.desfire_session import Ev1CardSession, Ev2CardSession
from readers.cards.desfire import read_card_uid
from readers.cards.desfire_crypto import ZERO_BLOCK, checksum, cmac, padded, running_cmac, zero_padded
from readers.cards.desfire_messaging import Ev1Session, Ev2Session, authenticate, ev1_session_key, ev2_session_keys
from readers.cards.port import NotGenuineError

VECTORS = json.loads((Path(__file__).parent / "vectors" / "desfire.json").read_text())


def b(text: str) -> bytes:
    return bytes.fromhex(text)


class Scripted:
    """A card that knows one conversation by heart."""

    family = "type_a"
    identifier = b""
    answer_to_reset = b""

    def __init__(self, *turns: tuple[bytes, bytes]) -> None:
        self.turns = list(turns)

    def exchange(self, command: bytes) -> bytes:
        expected, answer = self.turns.pop(0)
        assert command == expected
        return answer


def test_ev1_authentication() -> None:
    v = VECTORS["ev1_authenticate"]
    card = Scripted(
        (b("90aa0000010000"), b(v["sealed_b"]) + b("91af")),
        (b("90af000020") + b(v["token"]) + b"\0", b(v["sealed_a"]) + b("9100")),
    )
    authenticate(card, "ev1", v["key_number"], b(v["key"]), lambda _: b(v["a"]))
    assert card.turns == []
    assert ev1_session_key(b(v["a"]), b(v["b"])) == b(v["session_key"])


def test_ev2_authentication_an12196() -> None:
    v = VECTORS["ev2_first_an12196"]
    card = Scripted(
        (b("9071000002000000"), b(v["sealed_b"]) + b("91af")),
        (b("90af000020") + b(v["token"]) + b"\0", b(v["answer"]) + b("9100")),
    )
    session = authenticate(card, "ev2", v["key_number"], b(v["key"]), lambda _: b(v["a"]))
    expected = Ev2Session(card, b(v["enc_key"]), b(v["mac_key"]), b(v["transaction"]))
    assert vars(session) == vars(expected)


def test_ev2_session_keys_an12343() -> None:
    v = VECTORS["ev2_first_an12343"]
    assert ev2_session_keys(b(v["key"]), b(v["a"]), b(v["b"])) == (b(v["enc_key"]), b(v["mac_key"]))


def test_ev2_card_uid_an12343() -> None:
    v = VECTORS["ev2_card_uid_an12343"]
    command = b("9051000008") + b(v["command_mac"]) + b"\0"
    card = Scripted((command, b(v["sealed_uid"]) + b(v["answer_mac"]) + b("9100")))
    session = Ev2Session(card, b(v["enc_key"]), b(v["mac_key"]), b(v["transaction"]), v["counter"])
    assert read_card_uid(session) == b(v["uid"])


def test_ev2_writing_and_reading_an12343() -> None:
    v = VECTORS["ev2_files_an12343"]
    card = Scripted((b(v["write_apdu"]), b("9100")), (b(v["read_apdu_after_it"]), b("9100")))
    session = Ev2Session(card, b(v["enc_key"]), b(v["mac_key"]), b(v["transaction"]))
    session.run(0x8D, b("00000000190000"), b(v["written"]), ends=True)
    session.run(0xAD, b("00000000300000"), ends=True)
    assert card.turns == []


def change(case: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    """The header, the secret and the checksum of a change of a key."""
    new, old = b(case["new"]), b(case["old"])
    sent = new if case["own"] else bytes(x ^ y for x, y in zip(new, old, strict=True))
    return bytes((case["number"],)), sent + bytes((case["version"],)), b"" if case["own"] else checksum(new)


@pytest.mark.parametrize("case", VECTORS["ev1_change_key"]["cases"], ids=lambda case: case["new"][:4])
def test_ev1_change_of_a_key(case: dict[str, Any]) -> None:
    command = b("90c4000021") + bytes((case["number"],)) + b(case["cryptogram"]) + b"\0"
    card = Scripted((command, b(case["answer"]) + b("9100")))
    header, secret, extra = change(case)
    assert Ev1Session(card, b(case["session_key"])).run(0xC4, header, secret, checked=extra, ends=case["own"]) == b""


@pytest.mark.parametrize("case", VECTORS["ev2_change_key_an12196"]["cases"], ids=lambda case: case["new"][:4])
def test_ev2_change_of_a_key_an12196(case: dict[str, Any]) -> None:
    v = VECTORS["ev2_change_key_an12196"]
    card = Scripted((b(case["apdu"]), b(case["answer"]) + b("9100")))
    session = Ev2Session(card, b(v["enc_key"]), b(v["mac_key"]), b(v["transaction"]), case["counter"])
    header, secret, extra = change(case)
    assert session.run(0xC4, header, secret, checked=extra, ends=case["own"]) == b""


def test_the_checksum_is_the_one_that_an12196_prints() -> None:
    assert checksum(b("f3847d627727ed3bc9c4cc050489b966")) == b("789dfadc")


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 40])
def test_a_cmac_that_runs_from_zero_is_the_standards(length: int) -> None:
    key, message = bytes(range(16)), bytes(range(length))
    assert running_cmac(key, ZERO_BLOCK, message) == cmac(key, message)


def test_paddings() -> None:
    assert (padded(bytes(16))[16:], padded(b"")) == (b"\x80" + bytes(15), b"\x80" + bytes(15))
    assert (zero_padded(bytes(16)), zero_padded(b"a")) == (bytes(16), b"a".ljust(16, b"\0"))


# --- the software card on the same figures ---


def test_the_software_card_authenticates_ev1_as_published() -> None:
    v = VECTORS["ev1_authenticate"]
    card = DesfireCard(bytes(7), random_bytes=lambda _: b(v["b"]))
    assert card.answer(b("90aa0000010000")) == b(v["sealed_b"]) + b("91af")
    assert card.answer(b("90af000020") + b(v["token"]) + b"\0") == b(v["sealed_a"]) + b("9100")


def test_the_software_card_authenticates_ev2_as_an12196() -> None:
    v = VECTORS["ev2_first_an12196"]
    drawn = iter((b("b9e2fc789b64bf237cccaa20ec7e6e48"), b(v["transaction"])))
    card = DesfireCard(bytes(7), random_bytes=lambda _: next(drawn))
    assert card.answer(b("9071000002000000")) == b(v["sealed_b"]) + b("91af")
    assert card.answer(b("90af000020") + b(v["token"]) + b"\0") == b(v["answer"]) + b("9100")


@pytest.mark.parametrize("case", VECTORS["ev1_change_key"]["cases"], ids=lambda case: case["new"][:4])
def test_the_software_card_takes_a_new_key_ev1_as_published(case: dict[str, Any]) -> None:
    card = DesfireCard(bytes(7), picc=Application([(b(case["old"]), 0)] * 2))
    session = Ev1CardSession(0, bytes(16), bytes(16))
    session._key = b(case["session_key"])
    card._session = session
    answer = card.answer(b("90c4000021") + bytes((case["number"],)) + b(case["cryptogram"]) + b"\0")
    assert answer == b(case["answer"]) + b("9100")
    assert card.picc.keys[case["number"]] == (b(case["new"]), case["version"])


@pytest.mark.parametrize("case", VECTORS["ev2_change_key_an12196"]["cases"], ids=lambda case: case["new"][:4])
def test_the_software_card_takes_a_new_key_ev2_as_an12196(case: dict[str, Any]) -> None:
    v = VECTORS["ev2_change_key_an12196"]
    card = DesfireCard(bytes(7), picc=Application([(b(case["old"]), 0)] * 3))
    session = Ev2CardSession(0, bytes(16), bytes(16), bytes(16), b(v["transaction"]))
    session._sealing, session._proving, session._counter = b(v["enc_key"]), b(v["mac_key"]), case["counter"]
    card._session = session
    assert card.answer(b(case["apdu"])) == b(case["answer"]) + b("9100")
    assert card.picc.keys[case["number"]] == (b(case["new"]), case["version"])


def test_a_changed_answer_is_not_proven() -> None:
    v = VECTORS["ev2_card_uid_an12343"]
    command = b("9051000008") + b(v["command_mac"]) + b"\0"
    answer = bytearray(b(v["sealed_uid"]) + b(v["answer_mac"]))
    for at in range(len(answer)):
        changed = bytes(answer[:at]) + bytes((answer[at] ^ 1,)) + bytes(answer[at + 1 :])
        card = Scripted((command, changed + b("9100")))
        session = Ev2Session(card, b(v["enc_key"]), b(v["mac_key"]), b(v["transaction"]))
        with pytest.raises(NotGenuineError):
            read_card_uid(session)
