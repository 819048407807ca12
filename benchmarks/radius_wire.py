"""A wire between a switch and FreeRADIUS that notes how long each log-on takes, first packet to verdict."""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

REQUEST, ACCEPT, REJECT = 1, 2, 3


class Wire:
    """Carries packets of one log-on after the other."""

    def __init__(self, port: int) -> None:
        self._near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._near.bind(("127.0.0.1", 0))
        self._far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._far.connect(("127.0.0.1", port))
        self.port = int(self._near.getsockname()[1])
        self.taken: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Carry while the context lasts."""
        stop = threading.Event()
        thread = threading.Thread(target=self._carry, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self._near.close()
            self._far.close()

    def _carry(self, stop: threading.Event) -> None:
        asker, began = None, None
        while not stop.is_set():
            for line in select.select((self._near, self._far), (), (), 0.1)[0]:
                if line is self._near:
                    data, asker = self._near.recvfrom(4096)
                    began = began or time.perf_counter()
                    self._far.send(data)
                    continue
                data = self._far.recv(4096)
                if data[0] in {ACCEPT, REJECT} and began is not None:
                    self.taken.append(time.perf_counter() - began)
                    began = None
                if asker is not None:
                    self._near.sendto(data, asker)
