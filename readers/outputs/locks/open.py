"""From a box's doors to their locks: the keeper's, and those of lines that the agent itself talks on."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from domain.access.door import FailureMode
from domain.ids import DoorId
from readers.outputs.keeper_link import KeeperLink, Tell
from readers.outputs.locks.kept import KeptLock
from readers.outputs.locks.port import Lock
from readers.outputs.settings import LockSettings, NoLock, OsdpLock

OpenOsdp = Callable[[DoorId, OsdpLock], Lock]


def open_locks(
    doors: Mapping[DoorId, LockSettings],
    tell: Tell,
    *,
    failures: Mapping[DoorId, FailureMode] = MappingProxyType({}),
    lives: Callable[[], bool] = lambda: True,
    open_osdp: OpenOsdp | None = None,
) -> dict[DoorId, Lock]:
    """Give the lock of each door that has one here; closing the last of the keeper's ends the keeper.

    Args:
        doors: what each door's lock is.
        failures: what each door's lock does without power; fail_secure for a door that is not there.
        tell: told what goes wrong, from another thread; must return at once.
        lives: whether decisions are still made, asked twice a second; while it says no, the keeper locks.
        open_osdp: makes the lock on an OSDP line, which its own driver talks on.

    Raises:
        ValueError: a door's lock is on an OSDP line and there is none.
    """
    locks: dict[DoorId, Lock] = {}
    for door, settings in doors.items():
        if isinstance(settings, OsdpLock):
            if open_osdp is None:
                raise ValueError(
                    f"locks.{door}.path: OSDPの回線 {settings.path} がありません "
                    f"(expected {settings.path} among [[osdp_lines]])"
                )
            locks[door] = open_osdp(door, settings)
    plans = {
        door: settings.model_dump(mode="json") | {"failure": failures.get(door, FailureMode.fail_secure).value}
        for door, settings in doors.items()
        if not isinstance(settings, OsdpLock | NoLock)
    }
    if plans:
        link = KeeperLink(plans, tell, lives=lives)
        locks |= {door: KeptLock(door, link) for door in plans}
    return locks
