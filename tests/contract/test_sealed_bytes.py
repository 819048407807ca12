"""Sealed bytes: given back whole under the same key and words alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sealed_bytes import SealError, open_bytes, seal_bytes

KEY, OTHER, NONCE = bytes(range(32)), bytes(32), bytes(12)


@given(st.binary(max_size=500), st.integers(min_value=0))
def test_what_was_sealed_opens_whole_or_not_at_all(plain: bytes, place: int) -> None:
    sealed = seal_bytes(KEY, plain, "hr-file", NONCE)
    assert open_bytes(KEY, sealed, "hr-file") == plain
    changed = bytearray(sealed)
    changed[place % len(sealed)] ^= 1
    for key, data, about in ((OTHER, sealed, "hr-file"), (KEY, sealed, "other"), (KEY, bytes(changed), "hr-file")):
        with pytest.raises(SealError, match=r"site\.key"):
            open_bytes(key, data, about)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_what_is_too_short_was_never_sealed(length: int) -> None:
    with pytest.raises(SealError):
        open_bytes(KEY, bytes(length), "hr-file")
