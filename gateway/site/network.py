"""The network's side of a site: the switches and access points that ask its RADIUS server (its clients, RFC 2865)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, IPvAnyNetwork

from contract.fields import Id
from gateway.site.findings import Finding, find_undefined
from gateway.site.hours import name_of
from gateway.site.places import Description, Name

if TYPE_CHECKING:
    from gateway.site.description import Site


class SwitchModelDescription(Description):
    """機種 · What a model of switches does when it is told to end a session (RFC 5176)."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    """英語名 · Without it, the name."""
    disconnects: bool = True
    """切断要求に従う · It obeys Disconnect-Request; one that does not is shut by hand, and somebody is alarmed."""
    port: Annotated[int, Field(ge=1, le=65535)] = 3799
    """切断要求を受けるポート · The UDP port on which it listens (dynamic authorisation)."""
    finds_by: Annotated[
        tuple[Literal["user_name", "calling_station_id", "acct_session_id", "nas_port_id", "nas_port"], ...],
        Field(min_length=1),
    ] = ("calling_station_id", "acct_session_id")
    """セッションの見つけ方 · The attributes by which it finds a session; all of them are sent."""
    bounces: bool = False
    """切断後にリンクを落とす · It takes the port down for a moment, so that the terminal asks again at once."""


class RadiusClientDescription(Description):
    """ネットワーク機器 · A switch or wireless access point, as the RADIUS server knows it."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    """英語名 · Without it, the name."""
    address: IPvAnyNetwork
    """アドレス · From where it asks: one address, or the network of a stack that shares one secret."""
    model: Id | None = None
    """機種 · One of ``switch_models``; without it, what RFC 5176 says of any."""


def check_radius_clients(site: "Site") -> Iterator[Finding]:
    """Yield clients whose addresses meet: whose secret would hold for a request from there would be chance."""
    clients, models = site.radius_clients, [model.id for model in site.switch_models]
    for index, client in enumerate(clients):
        if client.model is not None:
            yield from find_undefined(("radius_clients", index, "model"), client.model, "switch_models", models)
        for before in range(index):
            if client.address.overlaps(clients[before].address):
                yield Finding(
                    ("radius_clients", index, "address"),
                    f"{client.address} は radius_clients[{before}] と重なります。別々のアドレスにしてください",
                    f"meets the address of radius_clients[{before}]; give each an address of its own",
                )
