"""What arrives on the command topic: believed with the centre's signature, for this device, whole."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.commands import DoorCommand, PersonPlace, PlacesTold
from readers.command_ear import COMMAND_BYTES_MAX, CommandEar
from readers.events import AlarmFound, CommandCame
from tests.readers.cases import CENTRE_KEY, DEVICE, DEVICE_KEY, NOW

COMMAND = DoorCommand(
    device=DEVICE, id="c-1", doors=("main",), action="unlock", by="chief", issued_at=NOW, expires_at=NOW
)
TOLD = PlacesTold(device=DEVICE, places=(PersonPlace(person="p1", area="hall", at=NOW),), issued_at=NOW, expires_at=NOW)


class Heard:
    """An ear and what it reported."""

    def __init__(self) -> None:
        self.reports: list[CommandCame | AlarmFound] = []
        self._ear = CommandEar(DEVICE, CENTRE_KEY.public_key(), self.reports.append)

    def hear(self, payload: bytes) -> list[CommandCame | AlarmFound]:
        """Give what it reported of one payload."""
        before = len(self.reports)
        self._ear.hear(payload)
        return self.reports[before:]


@pytest.mark.parametrize("command", [COMMAND, TOLD])
def test_a_signed_command_is_handed_on(command: Any) -> None:
    signed = command.signed(CENTRE_KEY)
    assert Heard().hear(signed.encoded()) == [CommandCame(signed)]


@pytest.mark.parametrize(
    "payload",
    [
        COMMAND.encoded(),
        COMMAND.signed(DEVICE_KEY).encoded(),
        COMMAND.signed(Ed25519PrivateKey.from_private_bytes(b"s" * 32)).encoded(),
        COMMAND.model_copy(update={"device": "east-9"}).signed(CENTRE_KEY).encoded(),
        COMMAND.signed(CENTRE_KEY).model_copy(update={"action": "lock_open"}).encoded(),
        COMMAND.signed(CENTRE_KEY).model_copy(update={"doors": ("vault",)}).encoded(),
        COMMAND.signed(CENTRE_KEY).model_copy(update={"seconds": 5}).encoded(),
        COMMAND.signed(CENTRE_KEY).encoded()[:-1],
        COMMAND.signed(CENTRE_KEY).encoded()[:-1] + b" " * COMMAND_BYTES_MAX + b"}",
        b"",
        b"null",
        b"[" * 10_000,
        b'{"kind":"door.command","version":2}',
        b'{"kind":"' + b"x" * 200_000,
    ],
    ids=lambda payload: payload[:20].decode(),
)
def test_what_the_centre_did_not_sign_for_this_box_is_one_alarm(payload: bytes) -> None:
    heard = Heard()
    (told,) = heard.hear(payload)
    assert isinstance(told, AlarmFound)
    assert told.alarm == "command_not_trusted"
    assert heard.hear(payload) == [], "once"


def test_a_signature_over_one_kind_serves_for_no_other() -> None:
    signature = TOLD.signed(CENTRE_KEY).signature
    (told,) = Heard().hear(COMMAND.model_copy(update={"signature": signature}).encoded())
    assert isinstance(told, AlarmFound)


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(payload: bytes) -> None:
    assert all(isinstance(told, AlarmFound) for told in Heard().hear(payload))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_is_believed(place: int, change: int) -> None:
    payload = bytearray(COMMAND.signed(CENTRE_KEY).encoded())
    payload[place % len(payload)] ^= change
    for told in Heard().hear(bytes(payload)):
        # The same command in another spelling is the same command.
        assert isinstance(told, AlarmFound) or told.command == COMMAND.signed(CENTRE_KEY)


def test_an_alarm_carries_nothing_of_what_was_sent() -> None:
    payload = json.dumps({"kind": "door.command", "by": "x\x1b[31m\n" * 50}).encode()
    (told,) = Heard().hear(payload)
    assert isinstance(told, AlarmFound)
    assert "\x1b" not in told.detail
    assert "\n" not in told.detail
