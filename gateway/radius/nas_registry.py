"""The switches of the site as those who are told to end sessions: address, secret, and how each finds a session."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from contract.radius_attributes import Attribute
from domain.zones.tier_session import PortSession
from gateway.radius.disconnect import Switch, Target
from gateway.site.description import Site
from gateway.site.network import RadiusClientDescription, SwitchModelDescription


class Untold(StrEnum):
    """Why a switch cannot be told anything."""

    unknown = "unknown"  # it is no switch of the site
    no_secret = "no_secret"  # noqa: S105 (a word, no secret): its file in switches_folder is not there, cannot be read or is empty
    no_address = "no_address"  # it is one of several, and did not say which
    not_able = "not_able"  # its model does not end sessions


class NasRegistry:
    """Finds the switch of a session; may be asked from any thread.

    Args:
        site: gives the site's description that holds now.
        switches_folder: a file with the secret of each switch (RFC 5176), named as it is; None: there are none.
    """

    def __init__(self, site: Callable[[], Site], switches_folder: Path | None) -> None:
        self._site = site
        self._folder = switches_folder

    def find(self, session: PortSession) -> Switch | Untold:
        """Give the switch of a session, or why it cannot be told."""
        site = self._site()
        client = next((each for each in site.radius_clients if each.id == session.nas_id), None)
        if client is None:
            return Untold.unknown
        model = _model_of(site, client)
        if not model.disconnects:
            return Untold.not_able
        host = _host_of(client, session.nas_address)
        if host is None:
            return Untold.no_address
        secret = self._read_secret(client.id)
        finds_by = tuple(Attribute[name] for name in model.finds_by)
        return Switch(client.id, host, model.port, secret, finds_by) if secret else Untold.no_secret

    def list_secretless(self) -> Iterator[str]:
        """Yield the switches that could end sessions and whose secret is not there."""
        site = self._site()
        for client in site.radius_clients:
            if _model_of(site, client).disconnects and not self._read_secret(client.id):
                yield client.id

    def _read_secret(self, client_id: str) -> bytes:
        try:
            return (self._folder / client_id).read_bytes().strip() if self._folder is not None else b""
        except OSError:
            return b""


def target_of(session: PortSession) -> Target:
    """Give a session as its switch knows it."""
    return Target(
        {
            Attribute.user_name: session.terminal_id,
            Attribute.calling_station_id: session.station,
            Attribute.acct_session_id: session.switch_session,
            Attribute.nas_port_id: session.port,
            Attribute.nas_port: session.port if session.port.isdigit() else "",
        }
    )


def _model_of(site: Site, client: RadiusClientDescription) -> SwitchModelDescription:
    named = next((each for each in site.switch_models if each.id == client.model), None)
    return named or SwitchModelDescription(id="rfc5176", name="RFC 5176", name_en="RFC 5176")


def _host_of(client: RadiusClientDescription, told: str) -> str | None:
    """Give whom to tell: the only address there is, or the one that asked, if it is among them."""
    if client.address.num_addresses == 1:
        return str(client.address.network_address)
    try:
        return told if ip_address(told) in client.address else None
    except ValueError:
        return None
