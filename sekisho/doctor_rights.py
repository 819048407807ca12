"""The doctor's matrix: every cell of client × topic × verb tried on the broker and held against the one table.

Whether somebody hears a topic shows only when somebody may say it; where nobody of those examined may, the cell stays
untried ("·"). A broker may acknowledge what it refuses and drop it in silence: then the rightful hearer tells.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from domain.ids import DeviceId
from gateway.home_assistant.topics import HomeTopics
from gateway.site.broker_rights import Cell, Verb, list_cells, list_topics
from sekisho.doctor_findings import Finding, Mark
from sekisho.doctor_peer import Address, DoctorError, Papers, Peer

STRANGER = DeviceId("doctor-stranger")
"""A device that no site has: nobody may speak in its name."""

HAND_ON_SECONDS = 0.5
"""A cluster hands on from node to node a little after it has acknowledged."""

_TAKEN = (0, 16)  # success; success, nobody listens


@dataclass(frozen=True, slots=True)
class TriedCell:
    """A cell and what was found: allowed, refused, or None where it could not be tried."""

    cell: Cell
    found: bool | None

    @property
    def right(self) -> bool:
        """Whether it is as it is to be, as far as it could be tried."""
        return self.found in (None, self.cell.allowed)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every cell that was tried, and the (client, topic) pairs refused in silence, with an acknowledgement."""

    cells: tuple[TriedCell, ...]
    silent: tuple[tuple[str, str], ...]

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """The cells that are not as they are to be."""
        return tuple(tried.cell for tried in self.cells if not tried.right)


@dataclass(frozen=True, slots=True)
class Household:
    """Home Assistant at the broker: its certificate, and the topics that the centre tells it on."""

    papers: Papers
    topics: HomeTopics


def try_matrix(
    address: Address,
    centre: Papers,
    devices: Sequence[Papers],
    stranger: Papers | None,
    household: Household | None = None,
) -> Matrix:
    """Let every client say every topic while all listen to everything; with Home Assistant's where it is a client.

    Raises:
        DoctorError: a client is not let in, or the broker falls silent.
    """
    others = [stranger] if stranger else []
    clients = (centre, *devices, *others, *([household.papers] if household else []))
    ids, home = [DeviceId(device.name) for device in devices], household.topics if household else None
    cells = list_cells([client.name for client in clients], ids, centre=centre.name, stranger=STRANGER, home=home)
    tried = list_topics(ids, STRANGER, home)
    with ExitStack() as stack:
        peers = {client.name: stack.enter_context(Peer(address, client)) for client in clients}
        for name, peer in peers.items():
            if peer.refused is not None:
                raise DoctorError(f"{name}: ブローカーに入れません / not let in: {peer.refused}")
            for topic in tried:  # one by one: a broker may refuse "#" and yet hand out too much
                peer.subscribe(topic)
        codes = {(name, topic): _say(peer, name, topic) for name, peer in peers.items() for topic in tried}
        time.sleep(HAND_ON_SECONDS)
        for peer in peers.values():
            peer.settle(tried[0])
        heard = {(name, topic, payload) for name, peer in peers.items() for topic, payload in peer.received if payload}
    return _judge(cells, codes, heard)


def _say(peer: Peer, name: str, topic: str) -> int | None:
    return peer.publish(topic, f"doctor {name}".encode())


def _judge(
    cells: Sequence[Cell], codes: dict[tuple[str, str], int | None], heard: set[tuple[str, str, bytes]]
) -> Matrix:
    told = {(topic, payload) for _, topic, payload in heard}
    hearers = {cell.topic for cell in cells if cell.verb == "hear" and cell.allowed}
    taken = {said for said, code in codes.items() if code in _TAKEN}
    tells = any(code is not None and code not in _TAKEN for code in codes.values())  # one that tells, tells always
    silent = {
        (name, topic)
        for name, topic in taken
        if not tells and topic in hearers and (topic, f"doctor {name}".encode()) not in told
    }
    said = taken - silent
    audible = {topic for _, topic in said}
    hears = {(name, topic) for name, topic, _ in heard}
    tried = []
    for cell in cells:
        at = (cell.client, cell.topic)
        found = at in said if cell.verb == "say" else (at in hears if cell.topic in audible else None)
        tried.append(TriedCell(cell, found))
    return Matrix(tuple(tried), tuple(sorted(silent)))


def find_wrong_rights(matrix: Matrix) -> list[Finding]:
    """Give one finding for the matrix as a whole and one for each cell that is wrong."""
    known = [cell for cell in matrix.cells if cell.found is not None]
    wrong = matrix.wrong
    seen = f"{len(known) - len(wrong)}/{len(known)} 欄が正しい cells as they should be"
    found = [Finding("権限表 access rules", Mark.wrong if wrong else Mark.right, seen)]
    found += [_explain(cell) for cell in wrong]
    if silent := [at for at in matrix.silent if at not in {(cell.client, cell.topic) for cell in wrong}]:
        found.append(
            Finding(
                "拒否の返事 refusals are told",
                Mark.noted,
                f"{len(silent)} 件を受領と答えて捨てた acknowledged and dropped, e.g. {silent[0][0]} → {silent[0][1]}",
                "拒んだ発行には理由コード 135 で答えるのが望ましい / answer a refused PUBLISH with reason code 135",
            )
        )
    return found


def _explain(cell: Cell) -> Finding:
    word = {"say": "write", "hear": "read"}[cell.verb]
    seen = "できるはずができない refused" if cell.allowed else "できてはならないことができる allowed"
    change = (
        f'acl_file: "user {cell.client}" の下に足す / add below it: "topic {word} {cell.topic}"'
        if cell.allowed
        else f'acl_file: "user {cell.client}" から除く（topic・pattern・# も見る）'
        f' / take away what gives "topic {word} {cell.topic}" (look at pattern lines and # too)'
    )
    return Finding(f"{cell.client} {_VERBS[cell.verb]} {cell.topic}", Mark.wrong, seen, change)


_VERBS: dict[Verb, str] = {"say": "送る say", "hear": "聞く hear"}


def matrix_table(matrix: Matrix) -> Table:
    """Give the table for people: a row for each topic, a column for each client, "送聞" for what was found possible."""
    names = list(dict.fromkeys(tried.cell.client for tried in matrix.cells))
    found = {(tried.cell.client, tried.cell.topic, tried.cell.verb): tried for tried in matrix.cells}
    table = Table(
        "トピック topic",
        *names,
        title="権限表 · access rules",
        caption="送 say · 聞 hear · – refused · 「·」 untried · ✗ wrong",
    )
    for topic in dict.fromkeys(tried.cell.topic for tried in matrix.cells):
        cells = [(found[name, topic, "say"], found[name, topic, "hear"]) for name in names]
        table.add_row(Text(topic), *(_cell(*both) for both in cells))
    return table


def _cell(say: TriedCell, hear: TriedCell) -> Text:
    right = say.right and hear.right
    letters = ("送" if say.found else "–") + {True: "聞", False: "–", None: "·"}[hear.found]
    return Text(f"{letters} {Mark.right if right else Mark.wrong}", style="green" if right else "bold red")
