"""Page updates inside one gateway process: what the relay says, every open page hears."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

QUEUE_MAX = 200
"""Updates a page may lag behind; a slower one is told to reload instead of filling the memory."""


@dataclass(frozen=True, slots=True)
class Update:
    """Something changed: ``kind`` is an outbox kind (``tap.recorded``, ``door.moved``, ``device.changed`` …).

    ``subject`` is the id of what changed (a person, door, device); ``payload`` is JSON text.
    """

    kind: str
    subject: str
    payload: str


RELOAD = Update("page.reload", "", "{}")


class Broadcast:
    """Hands updates from any thread to the event loop's listeners."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Queue[Update]] = set()

    def publish(self, update: Update) -> None:
        """Tell every listener; callable from any thread, and a no-op while nobody has listened yet."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, update)

    async def listen(self) -> AsyncIterator[Update]:
        """Yield updates until the caller stops; a caller that lags too far gets RELOAD and the end."""
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Update] = asyncio.Queue(QUEUE_MAX)
        self._listeners.add(queue)
        try:
            while (update := await queue.get()) is not RELOAD:
                yield update
            yield RELOAD
        finally:
            self._listeners.discard(queue)

    def _deliver(self, update: Update) -> None:
        for queue in self._listeners:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(RELOAD)
            else:
                queue.put_nowait(update)
