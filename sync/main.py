"""The connector's process: bring the database in line, start the clock, wait for the signal to end."""

import logging
import signal
import threading
from datetime import UTC, datetime

from store.migrate import migrate
from store.tx import Store
from sync.firing import Desk
from sync.letter_room import LetterRoom
from sync.paper_room import PaperRoom
from sync.schedule import Clock
from sync.settings import SyncSettings

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Give the instant now."""
    return datetime.now(UTC)


def run_sync(settings: SyncSettings, stop: threading.Event | None = None) -> None:
    """Run the timed jobs, make papers and send citizens' letters until SIGTERM, SIGINT or ``stop``.

    What is at hand then is let finish.
    """
    ended = stop or threading.Event()
    if stop is None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
    for folder in (settings.inbox_dir, settings.payroll_dir):
        folder.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    store = Store(settings.database_url)
    desk = Desk(store, settings, utc_now)
    clock, rooms = Clock(desk), (PaperRoom(desk), LetterRoom(desk))
    clock.start()
    for room in rooms:
        room.start()
    logger.info("the connector runs")
    try:
        ended.wait()
    finally:
        for room in rooms:
            room.stop()
        clock.stop()
        store.close()
