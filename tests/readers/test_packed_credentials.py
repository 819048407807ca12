"""Packed cards against the mapping they were packed from."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.policy import Credential, CredentialStatus, DatedLevel
from domain.ids import CredentialToken, LevelId, PersonId
from readers.packed_credentials import PackedCredentials

HALVES = st.one_of(st.binary(min_size=8, max_size=8), st.sampled_from([b"\x00" * 8, b"\x7f" * 8, b"\xff" * 8]))
TOKENS = st.tuples(HALVES, HALVES).map(lambda halves: CredentialToken(b"".join(halves).hex()))
"""Some with one half in common."""

INSTANTS = st.one_of(st.none(), st.just(datetime(2026, 4, 1, tzinfo=UTC)))
CREDENTIALS = st.builds(
    Credential,
    person=st.sampled_from(["p1", "s0002", "x" * 63]).map(PersonId),
    levels=st.lists(st.sampled_from(["staff", "guest"]).map(LevelId), max_size=2, unique=True).map(tuple),
    status=st.sampled_from(list(CredentialStatus)),
    valid_from=INSTANTS,
    valid_until=INSTANTS,
    pin=st.sampled_from([None, "0" * 32, "1" * 32]),
    duress_pin=st.sampled_from([None, "2" * 32]),
    escorted=st.booleans(),
    passback_exempt=st.booleans(),
    extended=st.booleans(),
    dated=st.lists(st.builds(DatedLevel, st.just(LevelId("night")), INSTANTS, INSTANTS), max_size=2).map(tuple),
    denied=st.sampled_from([(), (LevelId("guest"),)]),
)


@given(st.dictionaries(TOKENS, CREDENTIALS, max_size=40), st.integers(0, 40), TOKENS)
def test_packed_cards_are_the_cards(cards: dict[CredentialToken, Credential], cut: int, other: CredentialToken) -> None:
    ordered = sorted(cards)
    packed = PackedCredentials()
    for part in (ordered[:cut], ordered[cut:]):
        packed.add({token: cards[token] for token in reversed(part)})
    assert packed == cards
    assert list(packed) == ordered
    assert packed.get(other) == cards.get(other)
    assert (other in packed) is (other in cards)


@given(st.text(max_size=40))
def test_what_is_no_token_is_no_card(text: str) -> None:
    packed = PackedCredentials()
    packed.add({CredentialToken("0" * 32): Credential(PersonId("p"), ())})
    assert packed.get(CredentialToken(text)) is None or text.replace(" ", "") == "0" * 32


def test_cards_out_of_order_are_refused_and_what_was_there_stays() -> None:
    packed, card = PackedCredentials(), Credential(PersonId("p"), ())
    packed.add({CredentialToken("5" * 32): card})
    for token in ("5" * 32, "4" * 32):
        with pytest.raises(ValueError, match="order"):
            packed.add({CredentialToken(token): replace(card, person=PersonId("q"))})
    assert dict(packed) == {"5" * 32: card}


def test_cards_of_equal_rights_share_them() -> None:
    packed = PackedCredentials()
    packed.add({CredentialToken(f"{n:032x}"): Credential(PersonId(f"p{n}"), (LevelId("staff"),)) for n in range(1000)})
    assert len(packed._rights) == 1
    assert packed[CredentialToken(f"{7:032x}")].person == "p7"
