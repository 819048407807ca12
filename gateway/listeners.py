"""The gateway's listeners: the people's pages, devices with their certificates, new controllers, network servers."""

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI

from gateway.context import GatewayContext
from gateway.http.certificates import NamedPeerProtocol
from gateway.http.device_app import device_app
from gateway.http.enrol_app import enrol_app
from gateway.intake.reception import Reception
from gateway.orders.command_post import CommandPost
from gateway.settings import Address, CitizensListener, EnrolmentListener, RadiusSettings

SHUTDOWN_SECONDS = 5

NETWORK_SERVER_IDLE_SECONDS = 90
"""FreeRADIUS drops an idle connection after 60 s (``firmware_configs/templates/radius``): it is to be the first."""


class Listener(uvicorn.Server):
    """A uvicorn that leaves signals to the process, which runs several."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def serve_pages(context: GatewayContext, pages: FastAPI) -> Listener:
    """Give the listener of the people's pages."""
    settings = context.settings
    return Listener(
        uvicorn.Config(
            pages,
            **_listening(settings.listen),
            ssl_certfile=settings.certificate_file,
            ssl_keyfile=str(settings.key_file) if settings.key_file else None,
        )
    )


def serve_citizens(citizens: CitizensListener, app: FastAPI) -> Listener:
    """Give the listener where citizens reserve rooms."""
    return Listener(
        uvicorn.Config(
            app,
            **_listening(citizens.listen),
            ssl_certfile=citizens.certificate_file,
            ssl_keyfile=str(citizens.key_file) if citizens.key_file else None,
        )
    )


def serve_devices(context: GatewayContext, reception: Reception, post: CommandPost) -> Listener:
    """Give the listener of the devices: whoever shows no certificate of ours or of a named authority is turned away."""
    devices, certificates = context.settings.devices, context.settings.certificates
    config = uvicorn.Config(
        device_app(context, reception, post),
        **_listening(devices.listen) | {"http": NamedPeerProtocol},
        ssl_certfile=devices.certificate_file,
        ssl_keyfile=str(devices.key_file),
        ssl_ca_certs=str(devices.ca_file),
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )
    config.load()
    if config.ssl is not None and certificates is not None and certificates.external_ca_file is not None:
        config.ssl.load_verify_locations(certificates.external_ca_file)
    return Listener(config)


def serve_enrolment(context: GatewayContext, enrolment: EnrolmentListener) -> Listener:
    """Give the listener of controllers that have no certificate yet."""
    devices = context.settings.devices
    return Listener(
        uvicorn.Config(
            enrol_app(context, enrolment),
            **_listening(enrolment.listen),
            ssl_certfile=devices.certificate_file,
            ssl_keyfile=str(devices.key_file),
        )
    )


def serve_radius(radius: RadiusSettings, app: FastAPI) -> Listener:
    """Give the listener that network servers and log-on agents ask."""
    listening = _listening(radius.listen) | {"http": "httptools", "timeout_keep_alive": NETWORK_SERVER_IDLE_SECONDS}
    return Listener(
        uvicorn.Config(
            app,
            **listening,
            ssl_certfile=radius.certificate_file,
            ssl_keyfile=str(radius.key_file) if radius.key_file else None,
        )
    )


def _listening(address: Address) -> dict[str, Any]:
    return {
        "host": address.host,
        "port": address.port,
        "http": "h11",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "lifespan": "off",
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    }
