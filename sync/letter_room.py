"""Where citizens' letters leave: one thread that looks every few seconds, for somebody waits for a code."""

import logging
import threading
import traceback
from contextlib import closing
from pathlib import Path

from sync.firing import Desk
from sync.notify.letter_round import LetterRound
from sync.notify.mail import MailWay

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0


class LetterRoom:
    """Sends what is due until it is stopped; without a mail server in the settings it does nothing."""

    def __init__(self, desk: Desk, *, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._desk = desk
        self._pause_seconds = look_every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="letters")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Let the letter at hand leave and take no other."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Send what is due now."""
        notify = self._desk.settings.notify
        if notify is None or notify.mail is None:
            return
        site_key, url = self._desk.settings.load_site_key(), notify.citizens_url or ""
        with closing(MailWay(notify.mail)) as way:
            LetterRound(self._desk.store, self._desk.now, way, site_key, url).run()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 (whatever went wrong, the next look is the next chance)
                # Its words may name people: the log gets its kind and its place alone.
                last = traceback.extract_tb(error.__traceback__)[-1]
                logger.error("no letter sent: %s at %s:%d", type(error).__name__, Path(last.filename).name, last.lineno)  # noqa: TRY400
            self._stopping.wait(self._pause_seconds)
