"""Pairs of tokens: what an answer or a person may bring, and that a pair opens under its own key alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sealed_bytes import NONCE_BYTES, SealError
from sync.payroll.token_pair import Brought, BroughtError, TokenPair, open_pair, read_answer, read_brought, seal_pair
from tests.sync.desks import KEY
from tests.sync.faulty_payroll import CODE

ANSWER = {"access_token": "a", "refresh_token": "b", "token_type": "Bearer", "expires_in": 60}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ANSWER, "x"]), inner, max_size=5),
    max_leaves=12,
)


@given(anything)
def test_no_answer_breaks_the_reading(value: object) -> None:
    read_answer(value)


@pytest.mark.parametrize(
    "wrong",
    [{"access_token": ""}, {"refresh_token": "a\nb"}, {"access_token": "あ"}, {"token_type": "mac"}]
    + [{"expires_in": seconds} for seconds in (0, -1, "60", 10**12, True)],
)
def test_half_a_pair_is_none(wrong: dict[str, object]) -> None:
    assert read_answer(ANSWER) is not None
    assert read_answer({**ANSWER, **wrong}) is None


@pytest.mark.parametrize(
    "text", ["", "  ", "{", "{}", '{"refresh_token": 3}', "two words", "コード", "a" * 5000, "[" * 9]
)
def test_what_is_brought_is_a_code_or_a_pair(text: str) -> None:
    with pytest.raises(BroughtError, match="認可コード"):
        read_brought(text if text != "[" * 9 else json.dumps({"refresh_token": ["x"]}))


def test_a_code_is_read_as_it_was_shown() -> None:
    assert read_brought(f"  {CODE}\r\n") == Brought(CODE, is_code=True)


def test_a_pair_opens_under_its_key_alone() -> None:
    sealed = seal_pair(KEY, TokenPair("a", "b"), bytes(NONCE_BYTES))
    assert open_pair(KEY, sealed) == ("a", "b")
    with pytest.raises(SealError):
        open_pair(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]))
