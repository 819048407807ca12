"""The live channel: greeted first, told what kind of thing changed, ended with its session."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import gateway.pages
from gateway.live import QUEUE_MAX, Update
from gateway.operations.identity.disable_account import disable_account
from gateway.operations.identity.roles import Role
from gateway.pages.entrance import live
from gateway.pages.entrance.visit import Pages
from tests.pages.city import City

TAP = Update("tap.recorded", "s0002", '{"person": "s0002"}')


async def _next(stream: AsyncIterator[str]) -> str:
    return await asyncio.wait_for(anext(stream), 2)


@pytest.fixture
def cookie(sign_in_as) -> str:
    """The cookie of an operator's session."""
    return str(sign_in_as(Role.operator).cookies["sekisho"])


def test_a_stream_greets_and_then_tells_kinds(pages, city: City, cookie: str) -> None:
    async def watch() -> list[str]:
        stream = live._tell(pages.state.pages, cookie, "s0002")
        heard = [await _next(stream)]
        for update in (TAP, TAP, Update("door.moved", "main", "{}"), Update("reader.reported", "main_in", "{}")):
            city.context.live.publish(update)
        heard += [await _next(stream) for _ in range(4)]
        city.context.live.publish(Update("payroll.exported", "2025-11", "{}"))
        city.context.live.publish(Update("device.caught_up", "west-1", "{}"))
        heard += [await _next(stream) for _ in range(3)]
        await stream.aclose()
        return heard

    assert asyncio.run(watch()) == ["hello", "device", "door", "own", "tap", "device", "own", "tap"]


def test_whatever_listens_renews_itself_when_it_is_greeted() -> None:
    """What comes between drawing and listening is told by the greeting alone, or by a clock where there is none."""
    listening = [
        (path.name, told)
        for path in (Path(gateway.pages.__file__).parent / "templates").rglob("*.html")
        for told in re.findall(r'hx-trigger="([^"]*from:#live[^"]*)"', path.read_text(encoding="utf-8"))
    ]
    assert len(listening) > 20
    assert [each for each in listening if "hello from:#live" not in each[1] and "every " not in each[1]] == []


def test_somebody_elses_tap_is_not_ones_own(pages, city: City, cookie: str) -> None:
    async def watch() -> list[str]:
        stream = live._tell(pages.state.pages, cookie, "s0001")
        heard = [await _next(stream)]
        city.context.live.publish(TAP)
        heard.append(await _next(stream))
        city.context.live.publish(Update("door.moved", "main", "{}"))
        heard.append(await _next(stream))
        await stream.aclose()
        return heard

    assert asyncio.run(watch()) == ["hello", "tap", "door"]


def test_a_stream_ends_with_its_session(pages, city: City, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.05)

    async def watch() -> list[str]:
        stream = live._tell(pages.state.pages, cookie, "")
        heard = [await _next(stream)]
        with city.store.transaction(city.clock()) as tx:
            disable_account(tx, "desk")
        return heard + [name async for name in stream]

    assert asyncio.run(asyncio.wait_for(watch(), 5)) == ["hello", "hello"]


def test_who_falls_behind_is_cut_and_connects_again(pages, city: City, cookie: str) -> None:
    async def watch() -> list[str]:
        stream = live._tell(pages.state.pages, cookie, "")
        heard = [await _next(stream)]
        for _ in range(QUEUE_MAX + 2):
            city.context.live.publish(TAP)
        return heard + [name async for name in stream]

    assert asyncio.run(asyncio.wait_for(watch(), 5)) == ["hello"]


def test_streams_are_bounded(sign_in_as, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STREAMS_MAX", 0)
    assert sign_in_as(Role.operator).get("/live").status_code == 503


def test_nobody_listens_without_a_session(client) -> None:
    assert client.get("/live").status_code == 401
    assert isinstance(client.app.state.pages, Pages)
