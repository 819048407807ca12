"""Where a batch meets what is held: one row a case, and a model that knows the whole journal."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.watermark import Advance, Fork, Gap, Repeat, Watermark, advance, fork_seq


def chain_of(name: str, length: int, common: tuple[bytes, ...] = ()) -> list[bytes]:
    hashes = list(common) or [b"start"]
    while len(hashes) <= length:
        hashes.append(sha256(hashes[-1] + name.encode()).digest())
    return hashes


MINE = chain_of("mine", 10)
OTHER = chain_of("other", 10, tuple(MINE[:4]))  # differs from record 4 on


@pytest.mark.parametrize(
    ("upto", "first", "last", "chain", "expected"),
    [
        (0, 1, 3, MINE, Advance(1, Watermark(3, MINE[3]))),
        (3, 4, 6, MINE, Advance(4, Watermark(6, MINE[6]))),
        (3, 2, 6, MINE, Advance(4, Watermark(6, MINE[6]))),
        (6, 4, 6, MINE, Repeat()),
        (6, 2, 3, MINE, Repeat()),
        (3, 5, 6, MINE, Gap()),
        (0, 2, 3, MINE, Gap()),
        (6, 4, 6, OTHER, Fork()),
        (5, 4, 9, OTHER, Fork()),
        (5, 6, 9, OTHER, Fork()),
        (6, 2, 3, OTHER, Repeat()),  # the history they share
        (3, 4, 6, OTHER, Advance(4, Watermark(6, OTHER[6]))),  # nobody can know yet
        (2, 5, 6, OTHER, Gap()),
    ],
)
def test_each_way_to_meet(upto: int, first: int, last: int, chain: list[bytes], expected: object) -> None:
    held = dict(enumerate(MINE[: upto + 1]))
    assert advance(Watermark(upto, MINE[upto]), first, chain[first - 1 : last + 1], held) == expected


@pytest.mark.parametrize(("first", "last", "expected"), [(1, 6, 4), (3, 6, 4), (4, 6, 4), (5, 6, 4), (6, 6, 5)])
def test_the_fork_is_where_it_is_first_seen(first: int, last: int, expected: int) -> None:
    held = dict(enumerate(MINE[:7]))
    assert fork_seq(first, OTHER[first - 1 : last + 1], held) == expected


def test_histories_that_never_met_fork_at_their_first_record() -> None:
    stranger = chain_of("mine", 3, (b"another start",))
    assert fork_seq(1, stranger, dict(enumerate(MINE[:4]))) == 1


def test_equal_histories_have_no_fork() -> None:
    with pytest.raises(ValueError, match="does not differ"):
        fork_seq(1, MINE[:4], dict(enumerate(MINE)))


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), max_size=30))
def test_any_schedule_of_one_journals_batches_takes_each_record_once_and_in_order(spans: list[tuple[int, int]]) -> None:
    watermark, taken = Watermark(0, MINE[0]), 0
    for first, last in ((min(span), max(span)) for span in spans):
        chain = MINE[first - 1 : last + 1]
        match advance(watermark, first, chain, dict(enumerate(MINE))):
            case Advance(first_new_seq, moved):
                assert first_new_seq == taken + 1
                watermark, taken = moved, moved.upto_seq
            case Fork():
                pytest.fail("one history cannot fork")
    assert watermark == Watermark(taken, MINE[taken])
