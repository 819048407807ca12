"""Ends a process whose decision thread hangs, so that whoever supervises it starts it again (F19).

The keeper has locked the doors by then. A process that was only suspended finds its first look stale and its second
fresh, so it takes two stale looks in a row.
"""

import logging
import os
import threading
from collections.abc import Callable

from readers.heartbeat import Heartbeat

LOOK_SECONDS = 5.0
EXIT_HUNG = 71
"""EX_OSERR: restart us."""

_log = logging.getLogger(__name__)


def start_watchdog(
    heartbeat: Heartbeat,
    stop: threading.Event,
    *,
    look_seconds: float = LOOK_SECONDS,
    end: Callable[[int], object] = os._exit,
) -> threading.Thread:
    """Watch a heartbeat from a thread of its own until ``stop`` is set.

    Args:
        heartbeat: beaten by the decision thread.
        stop: ends the watch; set it before the decision thread ends.
        look_seconds: between two looks.
        end: ends the process at once; nothing of it can be trusted to end in good order.
    """

    def watch() -> None:
        stale = 0
        while not stop.wait(look_seconds):
            stale = 0 if heartbeat.lives() else stale + 1
            if stale >= 2:
                _log.critical("no decision was made for more than %g s: this process ends", look_seconds)
                end(EXIT_HUNG)
                return

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    return thread
