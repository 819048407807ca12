"""What agent and keeper say to each other: one JSON object a packet over a pair of connected sockets.

The keeper must stay small, so these are plain dictionaries checked by hand; both ends are this package, and the pair is
made by the agent and seen by nobody else.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from domain.ids import DoorId
from readers.outputs.keeping import Action, Beat, Message, Order

FRAME_BYTES_MAX = 1 << 18
"""Enough to name a thousand relays; a larger frame is not read."""

READY = {"say": "ready"}
BEAT = {"say": "beat"}
SECURED = {"say": "secured"}

_ACTIONS: Mapping[str, Action] = {"release": "release", "hold": "hold", "secure": "secure"}


class FrameError(ValueError):
    """A packet is no frame of ours."""


def encode_frame(frame: Mapping[str, Any]) -> bytes:
    """Give the packet of a frame."""
    return json.dumps(frame, separators=(",", ":")).encode()


def decode_frame(packet: bytes) -> dict[str, Any]:
    """Give the frame of a packet.

    Raises:
        FrameError: it is no JSON object that says something.
    """
    try:
        frame = json.loads(packet)
    except (ValueError, RecursionError) as error:
        raise FrameError("expected JSON") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("say"), str):
        raise FrameError("expected an object with a word to say")
    return frame


def encode_order(order: Order) -> bytes:
    """Give the packet of an order."""
    frame = {"say": "order", "door": order.door, "action": order.action}
    return encode_frame(frame | {"until": order.until_mono} if order.action == "release" else frame)


def message_of(frame: Mapping[str, Any]) -> Message:
    """Give what a frame of the agent says to the rules.

    Raises:
        FrameError: it says something else, or not rightly.
    """
    match frame:
        case {"say": "beat"}:
            return Beat()
        case {"say": "order", "door": str(door), "action": "release", "until": float(until)} if math.isfinite(until):
            return Order(DoorId(door), "release", until)
        case {"say": "order", "door": str(door), "action": "hold" | "secure" as action}:
            return Order(DoorId(door), _ACTIONS[action])
    raise FrameError("expected an order or a heartbeat")
