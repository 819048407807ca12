"""What a firewall lets through, from its export: a CSV of source, destination, protocol and ports, or iptables-save.

What a line of iptables says beyond these four is left out, so that the connection is taken as wider than it is: it is
rather reported without need than missed. The list of allowed connections (特定通信) comes and goes as such a CSV too.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contract.csv_rows import CsvRow, DayCell, FaultyLine, read_csv_rows, read_each
from contract.fields import Id
from domain.zones.specific_link import PORT_MAX, Flow, Protocol, SpecificLink, read_network
from domain.zones.zone_fault import ZoneWhy, refuse_zone

BYTES_MAX = 2 * 1024 * 1024
FLOWS_MAX = 20_000
ANYWHERE = "0.0.0.0/0"

COLUMNS: Mapping[str, str] = MappingProxyType(
    {"送信元": "source", "宛先": "destination", "プロトコル": "protocol", "ポート": "ports"}
)
LINK_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"番号": "id", **COLUMNS, "理由": "reason", "開始日": "valid_from", "終了日": "valid_until"}
)
_EXPECTED = MappingProxyType(
    {
        "id": "a–z 0–9 - _ (63)",
        "source": "10.1.0.0/16",
        "destination": "10.1.0.0/16",
        "protocol": "tcp, udp, any",
        "ports": "443, 8000-8080, 80;443, any",
        "reason": "1–200",
        "valid_from": "2026-04-01",
        "valid_until": "2027-03-31",
    }
)
_ACCEPTS = re.compile(r"^-A FORWARD\b.* -j ACCEPT\b")
_POLICY = re.compile(r"^:FORWARD ACCEPT\b")
_BACK = re.compile(r"--(?:ct)?state (?!\S*NEW)\S*ESTABLISHED")
"""Answers to what was let through: no connection of its own."""


def read_ports(text: str) -> tuple[tuple[int, int], ...]:
    """Give the ranges of ports that a text says, both ends included; nothing or ``any`` is every port.

    Raises:
        ValueError: it is none of ``443``, ``8000-8080``, several of them, ``any``.
    """
    if text.strip().lower() in {"", "any", "すべて"}:
        return ((0, PORT_MAX),)
    ranges = []
    for part in re.split(r"[;,\s]+", text.strip()):
        first, _, last = part.replace(":", "-").partition("-")
        found = (int(first), int(last or first))
        if not 0 <= found[0] <= found[1] <= PORT_MAX:
            raise ValueError(f"expected ports up to {PORT_MAX}")
        ranges.append(found)
    return tuple(ranges)


def _network(text: str) -> str:
    told = ANYWHERE if text.lower() in {"any", "すべて"} else text
    return str(read_network(told))


def _ports(text: str) -> str:
    read_ports(text)
    return text


Address = Annotated[str, AfterValidator(_network)]


class _FlowRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source: Address
    destination: Address
    protocol: Protocol = Protocol.any
    ports: Annotated[str, AfterValidator(_ports)] = ""

    def flows(self) -> Iterator[Flow]:
        for first, last in read_ports(self.ports):
            yield Flow(self.source, self.destination, self.protocol, first, last)


class _LinkRow(_FlowRow):
    id: Id
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    valid_from: DayCell | None = None
    valid_until: DayCell


def read_firewall(data: bytes) -> tuple[list[Flow], list[FaultyLine]]:
    """Give what a firewall lets through, and the lines of its export that cannot be read.

    Raises:
        ZoneFaultsError: the file as a whole is none (``file``): too large, in no known encoding, without a column.
    """
    if len(data) > BYTES_MAX:
        raise refuse_zone("file", ZoneWhy.malformed, expected=f"≤ {BYTES_MAX // 1024 // 1024} MiB")
    if b"*filter" in data:
        return _read_iptables(data.decode("utf-8", "replace")), []
    rows = read_csv_rows(data, COLUMNS, frozenset({"source", "destination"}))
    good, faulty = read_each(_lower(rows), _FlowRow, _EXPECTED)
    flows = [flow for _, row in good for flow in row.flows()]
    if len(flows) > FLOWS_MAX:
        raise refuse_zone("file", ZoneWhy.malformed, expected=f"≤ {FLOWS_MAX}")
    return flows, faulty


def read_links(data: bytes) -> tuple[list[SpecificLink], list[FaultyLine]]:
    """Give the allowed connections of a CSV, approved by nobody yet; a row of several ports is as many connections.

    Raises:
        ZoneFaultsError: the file as a whole is none (``file``).
    """
    rows = read_csv_rows(data, LINK_COLUMNS, frozenset({"id", "source", "destination", "reason", "valid_until"}))
    good, faulty = read_each(_lower(rows), _LinkRow, _EXPECTED)
    links = []
    for _, row in good:
        flows = list(row.flows())
        ids = [row.id] if len(flows) == 1 else [f"{row.id}-{number}" for number in range(1, len(flows) + 1)]
        links += [
            SpecificLink(link_id, flow, row.reason, "", row.valid_from, row.valid_until)
            for link_id, flow in zip(ids, flows, strict=True)
        ]
    return links, faulty


def write_ports(flow: Flow) -> str:
    """Give a flow's ports as :func:`read_ports` reads them."""
    if (flow.first_port, flow.last_port) == (0, PORT_MAX):
        return "any"
    return f"{flow.first_port}" if flow.first_port == flow.last_port else f"{flow.first_port}-{flow.last_port}"


def tell_link(link: SpecificLink) -> tuple[str, ...]:
    """Give a connection as a row under ``LINK_COLUMNS``."""
    flow = link.flow
    told = (link.id, flow.source, flow.destination, flow.protocol.value, write_ports(flow), link.reason)
    return (*told, _day(link.valid_from), _day(link.valid_until))


def _day(on: date | None) -> str:
    return "" if on is None else on.isoformat()


def _lower(rows: Sequence[CsvRow]) -> list[CsvRow]:
    return [
        CsvRow(row.line, {name: cell.lower() if name == "protocol" else cell for name, cell in row.cells.items()})
        for row in rows
    ]


def _read_iptables(text: str) -> list[Flow]:
    flows = []
    for line in text.splitlines():
        if _POLICY.match(line):
            flows.append(Flow(ANYWHERE, ANYWHERE, Protocol.any, 0, PORT_MAX))
        elif _ACCEPTS.match(line) and not _BACK.search(line):
            flows += _read_rule(line)
    return flows


def _read_rule(line: str) -> list[Flow]:
    try:
        words = shlex.split(line)
    except ValueError:  # a comment whose quotes do not close
        words = line.split()
    said = {name: words[at + 1] for at, name in enumerate(words[:-1]) if name.startswith("-") and words[at - 1] != "!"}
    protocol = {"tcp": Protocol.tcp, "udp": Protocol.udp}.get(said.get("-p", ""), Protocol.any)
    ports = said.get("--dport") or said.get("--dports") or ""
    try:
        ends = (_network(said.get("-s", ANYWHERE)), _network(said.get("-d", ANYWHERE)))
        return [Flow(*ends, protocol, first, last) for first, last in read_ports(ports)]
    except ValueError:
        return [Flow(ANYWHERE, ANYWHERE, protocol, 0, PORT_MAX)]
