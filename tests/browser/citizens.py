"""The citizens' door on a real server in a thread, on a free loopback port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gateway.citizens.app import create_citizens
from gateway.settings import CitizensListener
from tests.citizens.conftest import Postbox
from tests.pages.city import City, make_city
from tests.pages.houses import build_houses


@dataclass(frozen=True)
class CitizensServer:
    """Where the door is, the city behind it, and the letters."""

    url: str
    city: City
    post: Postbox


@contextmanager
def serve_citizens(database_url: str, folder: Path) -> Iterator[CitizensServer]:
    """Serve the civic hall's door until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    city = make_city(database_url, folder)
    build_houses(city)
    settings = CitizensListener(listen="127.0.0.1:0", public_url=url, user_classes=("resident", "other"))  # type: ignore[arg-type]
    server = uvicorn.Server(
        uvicorn.Config(
            create_citizens(city.context, settings), log_level="warning", lifespan="off", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield CitizensServer(url, city, Postbox(city))
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()
        city.store.close()
