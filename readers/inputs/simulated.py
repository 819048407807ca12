"""An input made of a Unix datagram socket: ``{"active": true}``. For scale, demonstrations and tests.

It is at rest until somebody says otherwise, and debounced like a wire: what is taken back within 30 ms did not happen.
Whoever can write to the socket can open the door it stands for, so its file is its owner's alone from the moment it
exists.
"""

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from readers.drivers.software_socket import SoftwareSocket
from readers.inputs.port import Sample

DATAGRAM_BYTES_MAX = 64


class SimulatedState(BaseModel):
    """What a datagram holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    active: bool


class SimulatedSession:
    """The bound socket."""

    def __init__(self, name: str, path: str) -> None:
        """Listen at ``path``; raises as :class:`~readers.drivers.software_socket.SoftwareSocket` does."""
        self._name = name
        self._active = False
        self._socket = SoftwareSocket(Path(path))

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        """Wait for a datagram; see :class:`~readers.inputs.port.InputSession`."""
        payload = self._socket.receive(DATAGRAM_BYTES_MAX, within_seconds)
        with contextlib.suppress(ValidationError):
            self._active = self._active if payload is None else SimulatedState.model_validate_json(payload).active
        return (Sample(self._name, self._active, time.monotonic()),)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()
