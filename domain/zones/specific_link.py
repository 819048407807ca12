"""特定通信: the few connections of a tier with others that are allowed, as data, and how a firewall differs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from domain.validity import is_in_force

PORT_MAX = 65535

Network = IPv4Network | IPv6Network


class Protocol(StrEnum):
    """What runs over it."""

    tcp = "tcp"
    udp = "udp"
    any = "any"


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """From where to where, over what; ``first_port`` to ``last_port`` of the destination, both included."""

    source: str
    destination: str
    protocol: Protocol
    first_port: int
    last_port: int


@dataclass(frozen=True, slots=True)
class SpecificLink:
    """An allowed connection: why, who approved it, and until when (特定通信)."""

    id: str
    flow: Flow
    reason: str
    approved_by: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Drift:
    """How a firewall differs: what it lets through besides the list, and what of the list it does not let through.

    ``over`` are links whose days are over and which the firewall still lets through: they are among ``beside`` too.
    """

    beside: tuple[Flow, ...]
    missing: tuple[SpecificLink, ...]
    over: tuple[SpecificLink, ...]


def find_drift(links: Iterable[SpecificLink], firewall: Iterable[Flow], on: date) -> Drift:
    """Hold what a firewall lets through against the list of a day."""
    listed, passed = tuple(links), tuple(firewall)
    in_force = [each for each in listed if is_in_force(each, on)]
    beside = tuple(sorted(flow for flow in passed if not any(covers(link.flow, flow) for link in in_force)))
    missing = tuple(link for link in in_force if not any(covers(flow, link.flow) for flow in passed))
    past = [each for each in listed if each not in in_force]
    over = tuple(link for link in past if any(covers(link.flow, flow) for flow in beside))
    return Drift(beside, missing, over)


def covers(wide: Flow, narrow: Flow) -> bool:
    """Tell whether everything of one flow is in another."""
    return (
        wide.protocol in {Protocol.any, narrow.protocol}
        and wide.first_port <= narrow.first_port
        and narrow.last_port <= wide.last_port
        and _holds(wide.source, narrow.source)
        and _holds(wide.destination, narrow.destination)
    )


def _holds(wide: str, narrow: str) -> bool:
    outer, inner = read_network(wide), read_network(narrow)
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network):
        return inner.subnet_of(outer)
    return False


def read_network(text: str) -> Network:
    """Read an address or a network (``10.1.0.0/16``, ``2001:db8::1``).

    Raises:
        ValueError: it is neither.
    """
    return IPv6Network(text) if ":" in text else IPv4Network(text)
