"""Randomness that a test can repeat."""

from collections.abc import Callable


def counted_bytes() -> Callable[[int], bytes]:
    """Random bytes for a test: different at each call, the same at each run."""
    count = 0

    def draw(length: int) -> bytes:
        nonlocal count
        count += 1
        return count.to_bytes(length, "big")

    return draw
