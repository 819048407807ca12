"""What comes in from devices, before anything is known about it."""

from dataclasses import dataclass

from domain.ids import DeviceId


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes from a device over ``source`` (the topic or the HTTP route).

    ``device`` is whom the transport vouches for: the topic's segment, which the broker's ACL holds to the client's
    certificate, or the certificate itself. None: nobody we could answer.
    """

    source: str
    device: DeviceId | None
    payload: bytes
