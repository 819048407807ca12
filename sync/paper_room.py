"""The room where papers on order are made: one thread that looks every few seconds, one paper at a time.

What is made while the process dies is taken up again by whoever looks after the maker gave no sign for a while.
"""

import logging
import threading
import traceback
from pathlib import Path

from sync.firing import Desk
from sync.jobs.make_papers import PaperMaker

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0


class PaperRoom:
    """Makes what pages ordered until it is stopped."""

    def __init__(self, desk: Desk, *, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._maker = PaperMaker(desk)
        self._pause_seconds = look_every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="papers")

    def start(self) -> None:
        """Say which form payroll is told by, and begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Let the paper at hand be made and take no other."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        is_told = False
        while not self._stopping.is_set():
            try:
                if not is_told:
                    self._maker.tell_form()
                    is_told = True
                if self._maker.make_next():
                    continue
            except Exception as error:  # noqa: BLE001 (whatever went wrong, the next look is the next chance)
                # Its words may name people: the log gets its kind and its place alone.
                last = traceback.extract_tb(error.__traceback__)[-1]
                logger.error("no paper made: %s at %s:%d", type(error).__name__, Path(last.filename).name, last.lineno)  # noqa: TRY400
            self._stopping.wait(self._pause_seconds)
