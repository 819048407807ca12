"""No signature serves for another purpose, message or key; topics and tokens keep their promises."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import topics
from contract.signatures import ForgedMessageError, public_key_text, read_public_key, sign, verify
from contract.tokens import credential_token
from domain.ids import ID_PATTERN, DeviceId, is_token
from tests.contract.messages import CENTRE_KEY, DEVICE_KEY, SIGNED

purposes = st.from_regex(r"[a-z]+\.[a-z]+\.[1-9]", fullmatch=True)
devices = st.from_regex(ID_PATTERN, fullmatch=True).map(DeviceId)


@given(purposes, purposes, st.binary(max_size=80))
def test_a_signature_serves_its_own_purpose_alone(purpose: str, other: str, message: bytes) -> None:
    signature = sign(DEVICE_KEY, purpose, message)
    verify(DEVICE_KEY.public_key(), purpose, message, signature)
    if other != purpose:
        with pytest.raises(ForgedMessageError):
            verify(DEVICE_KEY.public_key(), other, message, signature)


@given(st.text(max_size=100))
def test_any_text_as_signature_is_refused_in_words(text: str) -> None:
    with pytest.raises(ForgedMessageError):
        verify(DEVICE_KEY.public_key(), "journal.receipt.1", b"", text)


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_no_kind_takes_anothers_signature(name: str) -> None:
    message = SIGNED[name]
    key = (DEVICE_KEY if name.startswith("device") else CENTRE_KEY).public_key()
    for other_name, other in SIGNED.items():
        borrowed = message.model_copy(update={"signature": other.signature})
        if other_name != name:
            with pytest.raises(ForgedMessageError):
                borrowed.require_signature(key)
    with pytest.raises(ForgedMessageError, match="not signed"):
        message.model_copy(update={"signature": None}).require_signature(key)


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_every_field_is_covered(name: str) -> None:
    message = SIGNED[name]
    key = (DEVICE_KEY if name.startswith("device") else CENTRE_KEY).public_key()
    for field in type(message).model_fields.keys() - {"signature", "kind", "version"}:
        value = getattr(message, field)
        others = {bool: True, int: 12345, str: "other"}
        other = not value if isinstance(value, bool) else others.get(type(value))
        with pytest.raises(ForgedMessageError):
            message.model_copy(update={field: other}).require_signature(key)


def test_public_keys_are_32_bytes_of_base64() -> None:
    text = public_key_text(DEVICE_KEY.public_key())
    assert read_public_key(text).public_bytes_raw() == DEVICE_KEY.public_key().public_bytes_raw()
    for wrong in ("", "not base64!", base64.b64encode(bytes(31)).decode(), text + "\n", "鍵"):
        with pytest.raises(ValueError):  # noqa: PT011 (any of the library's sentences will do)
            read_public_key(wrong)


@given(devices)
def test_topics_name_their_device(device: DeviceId) -> None:
    for topic in (topics.journal(device), topics.receipt(device), topics.status(device), topics.policy(device)):
        assert topics.device_of(topic) == device
    shard = topics.shard_of(device)
    assert 0 <= shard < topics.SHARDS
    assert topics.journal(device).startswith(topics.journal_filter(shard).removesuffix("+"))
    wrong = (shard + 1) % topics.SHARDS
    assert topics.device_of(f"sekisho/1/journal/{wrong}/{device}") is None
    assert topics.device_of(f"sekisho/2/receipt/{device}") is None


@pytest.mark.parametrize("topic", ["", "/", topics.CENTRE, "sekisho/1/status/", "sekisho/1/status/+", "$SYS/uptime"])
def test_other_topics_name_nobody(topic: str) -> None:
    assert topics.device_of(topic) is None


def test_shards_never_move() -> None:
    assert [topics.shard_of(DeviceId(name)) for name in ("west-1", "east-1", "north-1")] == [12, 12, 0]


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=20), st.binary(max_size=20))
def test_tokens_tell_cards_and_technologies_apart(key: bytes, card: bytes, other: bytes) -> None:
    token = credential_token(key, "felica_idm", card)
    assert is_token(token)
    assert token == credential_token(key, "felica_idm", card)
    assert token != credential_token(key, "iso14443_uid", card)
    assert (token == credential_token(key, "felica_idm", other)) == (card == other)
    assert card.hex() not in token or len(card) < 4


def test_a_token_never_changes() -> None:
    card = bytes.fromhex("0123456789abcdef")
    assert credential_token(bytes(range(32)), "felica_idm", card) == "dbfea1d34913f5ddb2435c56a7f898be"
