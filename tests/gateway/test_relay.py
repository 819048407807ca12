"""The outbox reaches the open pages in order, at least once, and does not grow for ever."""

import asyncio
import threading
from datetime import datetime, timedelta

import pytest

from gateway.live import Broadcast, Update
from gateway.relay import AT_ONCE, KEPT, Relay
from store.outbox import Notice, insert_notices, list_unsent
from store.tx import Store
from tests.gateway.city import NOW


class Listening(Broadcast):
    """A broadcast that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Update] = []

    def publish(self, update: Update) -> None:
        self.heard.append(update)


def put(store: Store, *subjects: str, now: datetime = NOW) -> None:
    with store.transaction(now) as tx:
        insert_notices(tx, [Notice("tap.recorded", subject, "{}") for subject in subjects])


def test_in_order_and_once_told_not_again(store: Store) -> None:
    put(store, "a", "b")
    put(store, "c")
    live = Listening()
    relay = Relay(store, live, lambda: NOW)
    assert relay.relay() == 3
    assert relay.relay() == 0
    assert [update.subject for update in live.heard] == ["a", "b", "c"]


def test_what_was_not_told_before_a_crash_is_told_after_it(store: Store) -> None:
    put(store, "a")

    class Falling(Listening):
        def publish(self, update: Update) -> None:
            super().publish(update)
            raise RuntimeError("power cut")

    first, second = Falling(), Listening()
    with pytest.raises(RuntimeError):
        Relay(store, first, lambda: NOW).relay()
    Relay(store, second, lambda: NOW).relay()
    assert first.heard == second.heard != []


def test_it_runs_when_woken_keeps_order_over_many_and_prunes(store: Store) -> None:
    clock = [NOW]
    put(store, "old")
    live = Listening()
    relay, stop = Relay(store, live, lambda: clock[0]), threading.Event()
    relay.relay()
    clock[0] = NOW + KEPT + timedelta(minutes=10)
    put(store, *(str(number) for number in range(2 * AT_ONCE + 1)), now=clock[0])
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    relay.wake()
    deadline = threading.Event()
    for _ in range(200):
        with store.reading(NOW) as tx:
            waiting = list_unsent(tx, limit=1)
        if not waiting or deadline.wait(0.05):
            break
    stop.set()
    relay.wake()
    thread.join(10)
    assert [update.subject for update in live.heard[1:]] == [str(number) for number in range(2 * AT_ONCE + 1)]
    with store.reading(NOW) as tx:
        kept = tx.connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar()
    assert kept == 2 * AT_ONCE + 1


def test_a_page_hears_it() -> None:
    async def listen() -> Update:
        live = Broadcast()
        updates = live.listen()
        waiting = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0)
        threading.Thread(target=live.publish, args=(Update("door.moved", "main", "{}"),)).start()
        return await asyncio.wait_for(waiting, 5)

    assert asyncio.run(listen()) == Update("door.moved", "main", "{}")
