"""The same over PC/SC: a private pcscd with virtual readers, our loop, the agent, the journal.

Everything is measured from the return of the status call that says "a card is there". What came before is pcscd's: it
looks at a virtual reader every 0.4 s, readers that notify at once need no such wait. Baseline of the same run: one bare
SCardConnect, Get Data, SCardDisconnect on the card that lies there.
"""

import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from smartcard import scard

from benchmarks.bare_commit import BareCommits
from benchmarks.doorway import Doorway, Passing
from benchmarks.spread import MILLISECONDS, spread
from emulation.pcscd import Pcscd
from emulation.virtual_card import GET_DATA, PcscBody, VirtualCard, type_a_pcsc_card
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers import pcsc
from readers.drivers.presentation import MISSES_TO_LIFT
from tests.readers.site_cards import CardMaker, KnownCard

TAPS = 200
"""Of each kind."""

POLL_SECONDS = 0.4
LIFT_SECONDS = POLL_SECONDS + (MISSES_TO_LIFT + 1) * pcsc.SETTLE_MS / 1e3
UID = bytes.fromhex("04112233445566")


class _StatusCalls:
    """pyscard's low-level calls, the instant noted at which a status call first told of a card."""

    def __init__(self) -> None:
        self.told: dict[str, float] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(scard, name)

    def SCardGetStatusChange(self, *arguments: Any) -> Any:  # noqa: N802 (as it is called)
        """Ask, and note."""
        answer = scard.SCardGetStatusChange(*arguments)
        now = time.perf_counter()
        for name, state, _ in answer[1]:
            if state & scard.SCARD_STATE_PRESENT:
                self.told.setdefault(name, now)
        return answer


@dataclass(frozen=True, slots=True)
class _Kind:
    """A reader of its own, and the card that is laid on it."""

    reader: str
    pcsc_name: str
    port: int
    card: PcscBody
    known: KnownCard


def measure_pcsc(folder: Path, maker: CardMaker) -> dict[str, Any]:
    """Measure; gives milliseconds. The process can meet no other pcscd afterwards."""
    folder.mkdir()
    with Pcscd(folder, ("Reader A", "Reader B")) as service:
        os.environ.update(service.environment)
        kinds = [
            _Kind(name, f"Reader {letter}", service.reader(f"Reader {letter}").port, card, known)
            for name, letter, card, known in (
                ("uid", "A", type_a_pcsc_card(UID), ("iso14443_uid", UID)),
                ("desfire", "B", maker.desfire(1), maker.known_desfire(1)),
            )
        ]
        with patch.object(pcsc, "scard", _StatusCalls()) as calls:
            return _measure(folder, maker, kinds, calls)


def _measure(folder: Path, maker: CardMaker, kinds: list[_Kind], calls: _StatusCalls) -> dict[str, Any]:
    technologies = {"uid": (Iso14443Uid(),), "desfire": (maker.desfire_technology(),)}
    drivers = [pcsc.pcsc_reader(each.reader, each.pcsc_name, cards=technologies[each.reader]) for each in kinds]
    doorway = Doorway(folder, [each.reader for each in kinds], [each.known for each in kinds])
    commits = BareCommits(folder)
    taken: dict[str, list[tuple[float, Passing]]] = {each.reader: [] for each in kinds}
    bare, committed, free_at = [], [], dict.fromkeys(taken, 0.0)
    with doorway.running(*drivers):
        for _ in range(TAPS):
            for kind in kinds:
                time.sleep(max(0.0, free_at[kind.reader] - time.monotonic()) + random.uniform(0, 0.05))  # noqa: S311
                calls.told.clear()
                with VirtualCard(kind.card) as virtual:
                    virtual.insert(kind.port)
                    passing = doorway.await_passing()
                    told = next(at for name, at in calls.told.items() if name.startswith(kind.pcsc_name))
                    taken[kind.reader].append((told, passing))
                    doorway.settle()
                    bare.append(_bare_connect(kind.pcsc_name))
                committed.append(commits.time())
                free_at[kind.reader] = time.monotonic() + LIFT_SECONDS
    commits.close()
    uid, desfire = taken["uid"], taken["desfire"]
    return {
        "taps": TAPS,
        "excluded": "until the status call returns: pcscd looks at its virtual readers every 0.4 s",
        "loop_adds": spread([passing.seen - told for told, passing in uid], MILLISECONDS, 2),
        "uid_to_lock": spread([passing.freed - told for told, passing in uid], MILLISECONDS, 2),
        "desfire_to_seen": spread([passing.seen - told for told, passing in desfire], MILLISECONDS, 2),
        "desfire_to_lock": spread([passing.freed - told for told, passing in desfire], MILLISECONDS, 2),
        "seen_to_notice": spread([passing.noticed - passing.seen for _, passing in (*uid, *desfire)], MILLISECONDS, 2),
        "bare_connect": spread(bare, MILLISECONDS, 2),
        "bare_commit": spread(committed, MILLISECONDS, 2),
    }


def _bare_connect(reader: str) -> float:
    """Ask for the number of the card that lies there as bare as can be; gives the seconds, context not counted."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _, names = scard.SCardListReaders(context, [])
    name = next(name for name in names if name.startswith(reader))
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    command = list(GET_DATA)
    begun = time.perf_counter()
    result, card, protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_SHARED, protocols)
    header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
    scard.SCardTransmit(card, header, command)
    scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    taken = time.perf_counter() - begun
    scard.SCardReleaseContext(context)
    if result != scard.SCARD_S_SUCCESS:
        raise RuntimeError("the card that lies there cannot be connected")
    return taken
