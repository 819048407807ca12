"""A lock whose relay the keeper moves."""

import time

from domain.ids import DoorId
from readers.outputs.keeper_link import KeeperLink
from readers.outputs.keeping import RELEASE_SECONDS_MAX, Order


class KeptLock:
    """One door's :class:`~readers.outputs.locks.port.Lock` at the keeper."""

    def __init__(self, door: DoorId, link: KeeperLink) -> None:
        self._door = door
        self._link = link

    def release(self, seconds: float) -> None:
        """Free it for ``seconds``, at most a minute; see the port."""
        self._link.order(Order(self._door, "release", time.monotonic() + min(seconds, RELEASE_SECONDS_MAX)))

    def hold(self) -> None:
        """Free it until :meth:`secure`; see the port."""
        self._link.order(Order(self._door, "hold"))

    def secure(self) -> None:
        """Lock; see the port."""
        self._link.order(Order(self._door, "secure"))

    def close(self) -> None:
        """Lock and let the keeper go, which ends with its last lock."""
        self._link.order(Order(self._door, "secure"))
        self._link.let_go(self._door)
