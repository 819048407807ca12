"""What a thread of the centre does again and again, and what it does when the database is away: it waits."""

import logging
import threading
from collections.abc import Callable

from store.failures import is_passing

log = logging.getLogger(__name__)


def run_periodically(turn: Callable[[], object], stop: threading.Event, seconds: float, *, what: str) -> None:
    """Take a turn, wait so many seconds, and so on until ``stop`` is set.

    A turn that fails for a reason that passes by itself (``store.failures.is_passing``) is a line in the log, which
    names ``what`` could not be done. Any other error is ours, and is raised.
    """
    while not stop.is_set():
        try:
            turn()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("%s: not now (%s)", what, type(error).__name__)
        stop.wait(seconds)
