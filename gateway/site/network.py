"""The network's side of a site: the switches and access points that ask its RADIUS server (its clients, RFC 2865)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, IPvAnyNetwork

from contract.fields import Id
from gateway.site.findings import Finding
from gateway.site.hours import name_of
from gateway.site.places import Description, Name

if TYPE_CHECKING:
    from gateway.site.description import Site


class RadiusClientDescription(Description):
    """ネットワーク機器 · A switch or wireless access point, as the RADIUS server knows it."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    """英語名 · Without it, the name."""
    address: IPvAnyNetwork
    """アドレス · From where it asks: one address, or the network of a stack that shares one secret."""


def check_radius_clients(site: "Site") -> Iterator[Finding]:
    """Yield clients whose addresses meet: whose secret would hold for a request from there would be chance."""
    clients = site.radius_clients
    for index, client in enumerate(clients):
        for before in range(index):
            if client.address.overlaps(clients[before].address):
                yield Finding(
                    ("radius_clients", index, "address"),
                    f"{client.address} は radius_clients[{before}] と重なります。別々のアドレスにしてください",
                    f"meets the address of radius_clients[{before}]; give each an address of its own",
                )
