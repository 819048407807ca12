"""Taps for readers of the ``simulated`` driver."""

import json
import socket
from pathlib import Path


def send_simulated(path: Path | str, identifier: bytes) -> None:
    """Tap a card on the simulated reader that listens at ``path``.

    Raises:
        OSError: nobody listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(json.dumps({"identifier": identifier.hex()}).encode(), str(path))
