"""The list of who is inside as a file, made anew every minute: it is there when the centre is not.

One HTML file that asks for nothing else, written beside and renamed over the old one, into a folder of this machine and
into a second one, usually a share that the reception's computer shows. It holds names: the folders decide who reads it.
"""

import os
import threading
from pathlib import Path

from domain.civil import JST
from gateway.context import GatewayContext
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.drawing.rendering import make_environment
from gateway.pages.safety.muster_view import group_by_area
from gateway.pages.words import Language
from gateway.people.roll_call import RollLine, read_inside
from gateway.periodic import run_periodically
from store.alarms import Alarm, insert_alarms, restore_alarms
from store.tx import Tx

EVERY_SECONDS = 60.0
FILE_NAME = "muster.html"
FILE_MODE = 0o640
NOT_EXPORTED = "muster_not_exported"


class MusterFile:
    """Writes the file into the folders of the settings; ``run`` blocks until stopped."""

    def __init__(self, context: GatewayContext) -> None:
        self._context = context
        self._templates = make_environment()
        folders = context.settings.muster_folder, context.settings.muster_export_folder
        self._folders = tuple(folder for folder in folders if folder is not None)
        self._told: set[Path] | None = None  # of which folders an alarm stands; None: not known since the start

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database or a folder that is away is waited for."""
        run_periodically(self.write, stop, EVERY_SECONDS, what="the list of those inside")

    def write(self) -> int:
        """Write the file into every folder; gives into how many it could not, each of which raises an alarm."""
        if not self._folders:
            return 0
        context = self._context
        now = context.now()
        with context.store.reading(now) as tx:
            text = self._render(tx)
        faults = {folder: fault for folder in self._folders if (fault := _write_file(folder, text)) is not None}
        if faults or self._told != set():
            with context.store.transaction(now) as tx:
                insert_alarms(tx, [Alarm(NOT_EXPORTED, str(folder), fault) for folder, fault in faults.items()])
                restore_alarms(tx, [(NOT_EXPORTED, str(folder)) for folder in self._folders if folder not in faults])
            self._told = set(faults)
        return len(faults)

    def _render(self, tx: Tx) -> str:
        site = self._context.site
        people = read_inside(tx, site)
        phrases = Phrases(Language.ja)
        return self._templates.get_template("safety/muster_file.html").render(
            p=phrases,
            t=phrases.say,
            site=site,
            total=len(people),
            groups=group_by_area((RollLine(each) for each in people), site),
            now=tx.now,
            made_on=tx.now.astimezone(JST).date(),
        )


def _write_file(folder: Path, text: str) -> str | None:
    """Write the file whole or not at all; gives the name of the fault."""
    fresh = folder / f".{FILE_NAME}.new"
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / FILE_NAME)
    except OSError as error:
        return type(error).__name__
    return None
