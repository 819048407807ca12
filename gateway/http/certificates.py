"""Who is at the other end of a device's connection: what the certificate says that TLS has checked."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.ids import DeviceId, is_id


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A peer's certificate: the device that it names, its serial number in hexadecimal, and how long it counts."""

    device: DeviceId
    serial: str
    counts_from: datetime
    counts_until: datetime


class NamedPeerProtocol(H11Protocol):
    """uvicorn's protocol, telling each request by which certificate it came (``request.state.device``, ``.shown``)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Read the peer's certificate once; all requests of the connection are its."""
        super().connection_made(transport)
        shown = _read_peer(transport)
        self.app_state = {**self.app_state, "device": shown.device if shown else None, "shown": shown}


def _read_peer(transport: asyncio.Transport) -> ShownCertificate | None:
    connection = transport.get_extra_info("ssl_object")
    if not isinstance(connection, ssl.SSLObject):
        return None
    certificate: dict[str, Any] = connection.getpeercert() or {}
    subject = certificate.get("subject", ())
    names = [value for attributes in subject for key, value in attributes if key == "commonName"]
    if len(names) != 1 or not is_id(names[0]):
        return None
    return ShownCertificate(
        DeviceId(names[0]),
        f"{int(certificate['serialNumber'], 16):x}",
        _instant(certificate["notBefore"]),
        _instant(certificate["notAfter"]),
    )


def _instant(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
