"""How long work shows itself: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")
LINE_EVERY_SECONDS = 5.0


def show_progress(items: Iterable[T], *, total: int, label: str) -> Iterator[T]:
    """Yield the items while telling on standard error how far the work has come.

    Args:
        items: the work, one item a step.
        total: how many items there will be.
        label: what is being done, in the user's words.
    """
    if sys.stderr.isatty():
        yield from track(items, description=label, total=total, console=Console(stderr=True))
        return
    told_at = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - told_at >= LINE_EVERY_SECONDS or done == total:
            told_at = time.monotonic()
            print(f"{label}: {done}/{total}", file=sys.stderr, flush=True)
