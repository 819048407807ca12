"""Knock at the broker with a certificate, once: is it let in? Whoever else is connected by that name is put out by it.

That is the one way by which an MQTT broker ends the session of one client: another one takes its name (MQTT 5, 3.1.4).
"""

import ssl
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from gateway.mqtt.connection import BrokerError
from gateway.settings import BrokerSettings

KNOCK_SECONDS = 5.0


class Pass(NamedTuple):
    """A client's name, its certificate in PEM and its key."""

    name: str
    certificate: str
    key: EllipticCurvePrivateKey


def knock(broker: BrokerSettings, shown: Pass, *, clear: Sequence[str] = ()) -> bool:
    """Connect as somebody, let the broker forget what it retains on some topics, and leave.

    Args:
        broker: where.
        shown: as whom.
        clear: topics that this client may write.

    Gives:
        whether it was let in; False says that the broker refused the certificate or closed the connection.

    Raises:
        BrokerError: nobody is there, or what was let in was not served in time.
    """
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=shown.name,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )
    client.tls_set_context(_context(broker, shown))
    connected: list[ReasonCode] = []
    confirmed: list[int] = []

    def note_connected(_client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        connected.append(reason)

    def note_confirmed(_client: Client, _data: Any, packet: int, _reason: ReasonCode, _properties: Any) -> None:
        confirmed.append(packet)

    client.on_connect, client.on_publish = note_connected, note_confirmed
    try:
        client.connect(broker.host, broker.port, keepalive=10, clean_start=True)
    except ssl.SSLError:
        return False
    except OSError as error:
        raise BrokerError(f"no connection to the broker: {error}") from error
    if not _turn(client, lambda: bool(connected)) or connected[0].is_failure:
        return False
    sent = [client.publish(topic, b"", qos=1, retain=True).mid for topic in clear]
    served = _turn(client, lambda: len(confirmed) == len(sent))
    client.disconnect()
    client.loop(0.1)
    if not served:
        raise BrokerError("the broker did not confirm in time")
    return True


def _turn(client: Client, done: Any) -> bool:
    deadline = time.monotonic() + KNOCK_SECONDS
    while not done():
        if time.monotonic() > deadline or client.loop(0.1) is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            return bool(done())
    return True


def _context(broker: BrokerSettings, shown: Pass) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(broker.ca_file))
    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder:  # the library reads certificates from files alone
        path = Path(folder, "pass.pem")
        key = shown.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(shown.certificate.encode() + key)
        context.load_cert_chain(path)
    return context
