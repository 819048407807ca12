"""The live channel: one stream of events a page, saying that something changed, never what.

A page hears ``tap``, ``door``, ``device``, ``card``, ``threat``, ``proposal``, ``visit``, ``key``, ``booking`` or
``tier`` (and ``own`` when it concerns the visitor) and asks for its own part again, through the same guard as any page.
So the stream needs no rights of its own and carries no personal data.
Every connection begins with ``hello``, on which a page renews itself: nothing is missed between drawing and listening,
after a cut, or after falling too far behind.
"""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gateway.live import RELOAD, Broadcast, Update
from gateway.pages.entrance.guard import Visitor, find_session
from gateway.pages.entrance.visit import Pages

router = APIRouter()

STREAMS_MAX = 500
"""Open streams of one process; a page beyond them still works and renews itself by its timer."""

GATHER_SECONDS = 0.2
"""Updates of this time are told as one, so that a rush of taps is not a rush of page parts."""

RECHECK_SECONDS = 10.0
"""How often an open stream asks whether its session still counts."""

_NAMES = {
    "tap": "tap",
    "door": "door",
    "command": "door",
    "reader": "device",
    "device": "device",
    "rollout": "device",
    "alarm": "device",
    "card": "card",
    "visit": "visit",
    "key": "key",
    "reservation": "booking",
    "threat": "threat",
    "proposal": "proposal",
    "tier": "tier",
}
"""The first word of an outbox kind → the event that pages listen for."""


@router.get("/live")
async def get_live(request: Request, visit: Visitor) -> Response:
    """Open the stream."""
    state = request.app.state
    if getattr(state, "streams", 0) >= STREAMS_MAX:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE)
    cookie = request.cookies.get(visit.pages.session_cookie)

    async def stream() -> AsyncIterator[ServerSentEvent]:
        state.streams = getattr(state, "streams", 0) + 1
        try:
            async for name in _tell(visit.pages, cookie, visit.signed_in.person_id):
                yield ServerSentEvent(event=name, data="")
        finally:
            state.streams -= 1

    return EventSourceResponse(stream(), ping=15)


async def _tell(pages: Pages, cookie: str | None, person_id: str) -> AsyncIterator[str]:
    listening = _Listening(pages.context.live)
    clock = asyncio.get_running_loop().time
    try:
        await listening.begin()
        yield "hello"
        checked = clock()
        while True:
            updates = await listening.gather()
            if clock() - checked >= RECHECK_SECONDS:
                if await run_in_threadpool(find_session, pages, cookie) is None:
                    yield "hello"  # the page asks for its part, is refused and leads to signing in
                    return
                checked = clock()
            if RELOAD in updates:
                return  # the page connects again and is greeted
            for name in _name(updates, person_id):
                yield name
    finally:
        listening.end()


def _name(updates: list[Update], person_id: str) -> list[str]:
    names = {_NAMES[word] for update in updates if (word := update.kind.partition(".")[0]) in _NAMES}
    caught_up = any(update.kind == "device.caught_up" for update in updates)  # it does not say whose taps they were
    if caught_up:
        names.add("tap")
    if person_id and (caught_up or any(update.subject == person_id for update in updates)):
        names.add("own")
    return sorted(names)


class _Listening:
    """A listener that is registered before anything is said, and hands out updates by the handful."""

    def __init__(self, live: Broadcast) -> None:
        self._updates = live.listen()
        self._next: asyncio.Future[Update] | None = None

    async def begin(self) -> None:
        self._ask()
        await asyncio.sleep(0)

    async def gather(self) -> list[Update]:
        """Wait for updates, at most RECHECK_SECONDS; give those of the next GATHER_SECONDS too."""
        found: list[Update] = []
        clock = asyncio.get_running_loop().time
        deadline = clock() + RECHECK_SECONDS
        while (left := deadline - clock()) > 0:
            pending = self._ask()
            done, _ = await asyncio.wait({pending}, timeout=left)
            if not done:
                break
            self._next = None
            if not found:
                deadline = clock() + GATHER_SECONDS
            found.append(pending.result())
            if found[-1] is RELOAD:
                break
        return found

    def end(self) -> None:
        if self._next is not None:
            self._next.cancel()

    def _ask(self) -> asyncio.Future[Update]:
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._updates))
        return self._next
