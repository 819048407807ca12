"""The pages on a real server in a thread, on a free loopback port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gateway.pages.app import create_pages
from gateway.relay import Relay
from tests.pages.city import City, FakeStage, make_city


@dataclass(frozen=True)
class PagesServer:
    """Where the pages are, and the city hall behind them."""

    url: str
    city: City
    stage: FakeStage


@contextmanager
def serve_pages(database_url: str, folder: Path) -> Iterator[PagesServer]:
    """Serve the seeded city hall's pages until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    city = make_city(database_url, folder, public_url=url)
    stage = FakeStage(city)
    config = uvicorn.Config(
        create_pages(city.context, stage), log_level="warning", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    stop = threading.Event()
    relay = Relay(city.store, city.context.live, city.clock, committed=city.context.committed)
    relaying = threading.Thread(target=relay.run, args=(stop,))
    relaying.start()
    try:
        yield PagesServer(url, city, stage)
    finally:
        server.should_exit = True
        stop.set()
        relay.wake()
        relaying.join(15)
        thread.join(15)
        listener.close()
        city.store.close()
