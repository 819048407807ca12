"""A cabinet made of a Unix datagram socket, hooks that read tags and all. For scale, demonstrations and tests.

A datagram says what hangs on a hook, ``{"position": 3, "tag": "0102…"}``, ``{"position": 3, "tag": null}`` for nothing,
``{"position": 3, "tag": ""}`` for something whose tag cannot be read; or how the door stands, ``{"open": true}``. What
hangs there is kept in a file beside the socket (``.hung``), for keys stay where they are while nobody looks; a cabinet
without that file is empty. Whoever can write to the socket can make keys appear and vanish, so its file is its owner's
alone from the moment it exists.
"""

import contextlib
import os
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from contract.cabinet_records import Position
from contract.technologies import Technology
from readers.cabinets.settings import contact_of
from readers.drivers.port import HookSeen, InputMoved
from readers.drivers.software_socket import SoftwareSocket
from readers.drivers.supervise import Look, Pace, SupervisedReader
from readers.whole_file import replace_file

DATAGRAM_BYTES_MAX = 256
WAIT_SECONDS = 0.5
TECHNOLOGY: Technology = "simulated"
_PATH_BYTES_MAX = 107


class SimulatedWord(BaseModel):
    """What a datagram holds: a hook's or the door's word."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    position: Position | None = None
    tag: Annotated[str, StringConstraints(pattern=r"^([0-9a-fA-F]{2}){0,32}$")] | None = None
    open: bool | None = None

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        if (self.position is None) is (self.open is None) or (self.tag is not None and self.position is None):
            raise ValueError("expected a position with its tag, or open")
        return self


def simulated_cabinet(cabinet: str, positions: int, path: str, *, pace: Pace | None = None) -> SupervisedReader:
    """Make the driver of one simulated cabinet listening at ``path``.

    Raises:
        ValueError: the path is longer than a socket's address may be.
    """
    if len(os.fsencode(path)) > _PATH_BYTES_MAX:
        raise ValueError(
            f"cabinet_wiring.{cabinet}.simulated: ソケットのパスは{_PATH_BYTES_MAX}バイト以内 "
            f"(expected a socket path of at most {_PATH_BYTES_MAX} bytes)"
        )
    return SupervisedReader(cabinet, lambda: SimulatedCabinetSession(cabinet, positions, Path(path)), pace=pace)


class _Kept(BaseModel):
    """What hangs on the hooks that are not empty, by position; an empty text stands for a tag that cannot be read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hooks: dict[Position, Annotated[str, StringConstraints(pattern=r"^([0-9a-fA-F]{2}){0,32}$")]] = {}


class SimulatedCabinetSession:
    """The bound socket; its first look tells every hook and the door."""

    def __init__(self, cabinet: str, positions: int, path: Path) -> None:
        self._cabinet = cabinet
        self._positions = positions
        self._file = path.with_name(f"{path.name}.hung")
        self._hung = _load(self._file)
        self._socket = SoftwareSocket(path)
        self._is_new = True

    def look(self) -> Look:
        """Wait for a datagram; see :class:`~readers.drivers.supervise.Session`."""
        if self._is_new:
            self._is_new = False
            hooks = (_see(self._cabinet, each, self._hung.get(each)) for each in range(1, self._positions + 1))
            return (InputMoved(contact_of(self._cabinet), active=False), *hooks)
        payload = self._socket.receive(DATAGRAM_BYTES_MAX, WAIT_SECONDS)
        word = None if payload is None else read_word(payload)
        if word is None:
            return ()
        if word.position is None:
            return (InputMoved(contact_of(self._cabinet), active=bool(word.open)),)
        self._keep(word.position, word.tag)
        return (_see(self._cabinet, word.position, word.tag),)

    def _keep(self, position: int, tag: str | None) -> None:
        self._hung.pop(position, None)
        if tag is not None:
            self._hung[position] = tag
        replace_file(self._file, _Kept(hooks=self._hung).model_dump_json().encode())

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def read_word(payload: bytes) -> SimulatedWord | None:
    """Read a datagram; None where it is garbled."""
    try:
        return SimulatedWord.model_validate_json(payload)
    except ValidationError:
        return None


def _see(cabinet: str, position: int, tag: str | None) -> HookSeen:
    if not tag:
        return HookSeen(cabinet, position, occupied=tag is not None)
    return HookSeen(cabinet, position, occupied=True, technology=TECHNOLOGY, tag=bytes.fromhex(tag))


def _load(file: Path) -> dict[int, str]:
    with contextlib.suppress(OSError, ValidationError):
        return dict(_Kept.model_validate_json(file.read_bytes()).hooks)
    return {}
