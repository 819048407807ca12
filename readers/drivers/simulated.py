"""A reader made of a Unix datagram socket: each datagram is a tap. For scale, demonstrations and tests.

Whoever can write to the socket can present a card, so its file is its owner's alone from the moment it exists.
"""

import os
import time
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from readers.cards.qr import VisitCodeReader
from readers.drivers.field_watch import STATIC_NUMBER_ASSURANCE
from readers.drivers.port import CardSeen, Observation, ReadTrouble
from readers.drivers.software_socket import SoftwareSocket
from readers.drivers.supervise import Look, Pace, SupervisedReader

DATAGRAM_BYTES_MAX = 512
WAIT_SECONDS = 0.5
_PATH_BYTES_MAX = 107  # struct sockaddr_un less its closing zero


class SimulatedTap(BaseModel):
    """What a datagram holds: a card, ``{"identifier": "01020304…"}``, 1 to 32 bytes as hex, or ``{"code": "…"}``.

    A code is what a QR says; it is read as scanners' codes are, by the centre's signature.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    identifier: Annotated[str, StringConstraints(pattern=r"^([0-9a-fA-F]{2}){1,32}$")] | None = None
    code: Annotated[str, StringConstraints(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.identifier is None) is (self.code is None):
            raise ValueError("expected an identifier or a code")
        return self


def simulated_reader(
    reader: str, path: str, codes: VisitCodeReader | None = None, *, pace: Pace | None = None
) -> SupervisedReader:
    """Make the driver of one simulated reader listening at ``path``.

    Raises:
        ValueError: the path is empty or longer than a socket's address may be.
    """
    if not 0 < len(os.fsencode(path)) <= _PATH_BYTES_MAX:
        raise ValueError(
            f"path of reader {reader}: ソケットのパスは1〜{_PATH_BYTES_MAX}バイト "
            f"(expected a socket path of 1 to {_PATH_BYTES_MAX} bytes)"
        )
    return SupervisedReader(reader, lambda: SimulatedSession(reader, Path(path), codes), pace=pace)


class SimulatedSession:
    """The bound socket."""

    def __init__(self, reader: str, path: Path, codes: VisitCodeReader | None) -> None:
        self._reader = reader
        self._codes = codes
        self._socket = SoftwareSocket(path)

    def look(self) -> Look:
        """Wait for a datagram; see :class:`~readers.drivers.supervise.Session`."""
        payload = self._socket.receive(DATAGRAM_BYTES_MAX, WAIT_SECONDS)
        return () if payload is None else (observation_of(self._reader, payload, time.monotonic(), self._codes),)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def observation_of(reader: str, payload: bytes, seen_mono: float, codes: VisitCodeReader | None = None) -> Observation:
    """Give what one datagram says: a card, or that it is garbled (not JSON, too long, not hex, a field too many).

    Without ``codes`` a code is garbled, too.
    """
    if len(payload) > DATAGRAM_BYTES_MAX:
        return ReadTrouble(reader, "garbled")
    try:
        tap = SimulatedTap.model_validate_json(payload)
    except ValidationError:
        return ReadTrouble(reader, "garbled")
    if tap.identifier is None:
        return ReadTrouble(reader, "garbled") if codes is None else codes.read(reader, tap.code or "", seen_mono)
    return CardSeen(reader, "simulated", bytes.fromhex(tap.identifier), STATIC_NUMBER_ASSURANCE, seen_mono)
