"""Who is at the other end of a device's connection: the name in the certificate that TLS has checked."""

import asyncio
import ssl
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.ids import DeviceId, is_id


class NamedPeerProtocol(H11Protocol):
    """uvicorn's protocol, telling each request by whose certificate it came (``request.state.device``)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Read the peer's name once; all requests of the connection are its."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "device": _name_of_peer(transport)}


def _name_of_peer(transport: asyncio.Transport) -> DeviceId | None:
    connection = transport.get_extra_info("ssl_object")
    if not isinstance(connection, ssl.SSLObject):
        return None
    certificate: dict[str, Any] = connection.getpeercert() or {}
    subject = certificate.get("subject", ())
    names = [value for attributes in subject for key, value in attributes if key == "commonName"]
    return DeviceId(names[0]) if len(names) == 1 and is_id(names[0]) else None
