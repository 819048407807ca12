"""Small screens beside the readers as a :class:`~readers.outputs.port.Display`: one page an access point.

A browser on this box shows ``http://127.0.0.1:<port>/<point>``; ``/`` is the first point's page. Where the pages cannot
be served (the port is taken) it goes on trying: no door waits for a screen.
"""

import logging
import threading

from domain.ids import AccessPointId
from readers.events import Signal
from readers.outputs.kiosk.page import load_files, render_page
from readers.outputs.kiosk.screen import Screen
from readers.outputs.kiosk.server import KioskServer
from readers.outputs.settings import KioskSettings
from readers.words import Words

AGAIN_SECONDS = 2.0
_POLL_SECONDS = 0.1
_log = logging.getLogger(__name__)


class KioskDisplay:
    """Serves the pages and tells them what happens at their points."""

    def __init__(self, settings: KioskSettings) -> None:
        """Begin to serve, as soon as the port is free."""
        self._settings = settings
        self._screens: dict[str, Screen] = {point: Screen() for point in settings.points}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kiosk", daemon=True)
        self._thread.start()

    def notice(self, point: AccessPointId) -> None:
        """Show that a card is being read."""
        if screen := self._screens.get(point):
            screen.show("noticed")

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Show the answer."""
        if screen := self._screens.get(point):
            screen.show(signal, words)

    def alarm(self, alarm: str, detail: str) -> None:
        """Show a door's alarm where its people stand; ``detail`` is the door."""
        for point, screen in self._screens.items():
            door = self._settings.points[point].door
            if door is None or door == detail:
                screen.alarm(alarm)

    def close(self) -> None:
        """Serve no more."""
        self._stop.set()
        for screen in self._screens.values():
            screen.close()
        self._thread.join()

    def _run(self) -> None:
        points = self._settings.points
        files = load_files() | {f"/{point}": render_page(point, settings) for point, settings in points.items()}
        files["/"] = files[f"/{next(iter(points))}"]
        said = False
        while not self._stop.is_set():
            try:
                server = KioskServer(self._settings.address, self._settings.port, files, self._screens)
            except OSError as error:
                if not said:
                    _log.error("kiosk.port %s cannot be served: %s", self._settings.port, error)
                said = True
                self._stop.wait(AGAIN_SECONDS)
                continue
            with server:
                server.timeout = _POLL_SECONDS
                while not self._stop.is_set():
                    server.handle_request()
