"""An edge's disk: the real journal in a real directory, with the lies that disks tell added on demand.

That ``append`` survives a power cut once it returned is shown elsewhere, on crash images of the file. Here a process
dies around it, an append is refused before or after the commit, and whole files vanish, go back in time or are copied.
"""

import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from contract.policy import PolicyOffer, PolicyPointer, make_offer
from contract.policy_snapshot import encode_snapshot
from domain.access.cutting import cut_policy
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.journal import Journal, JournalFailedError
from readers.policy_cache import PolicyCache
from tests.sim import city
from tests.sim.plants import Variant
from tests.sim.timeline import STARTS_AT

SYNC_TAKES = 2_000
"""Microseconds of an ordinary sync."""

Copy = dict[str, bytes]
"""File name → content."""


class Disk:
    """The directory of one box."""

    def __init__(self, folder: Path, variant: Variant) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.path = folder / "journal.db"
        self.fails_before_commit = 0  # so many of the next appends
        self.fails_after_commit = 0
        self.next_sync_takes = SYNC_TAKES
        self._variant = variant

    def open(self, device: DeviceId, new_epoch: int) -> Journal:
        """Open the journal as the agent does at start."""
        return self._variant.open_journal(self.path, device, new_epoch=new_epoch)

    def append(self, journal: Journal, lines: Sequence[bytes], now: datetime) -> int:
        """Append, unless a fault is due; a fault ends the journal object as the real one's failure does.

        Raises:
            JournalFailedError: the disk refused; whether the records are there shows after a restart.
        """
        if self.fails_before_commit > 0:
            self.fails_before_commit -= 1
            journal.close()
            raise JournalFailedError("simulated: the disk refused to write")
        last_seq = journal.append(lines, now)
        if self.fails_after_commit > 0:
            self.fails_after_commit -= 1
            journal.close()
            raise JournalFailedError("simulated: the disk said no after it had written")
        return last_seq

    def take_sync_time(self) -> int:
        """Give the microseconds that this sync took."""
        took, self.next_sync_takes = self.next_sync_takes, SYNC_TAKES
        return took

    def lose(self) -> None:
        """Lose every file."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def copy(self) -> Copy:
        """Take an image of the directory as it is now."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def put_back(self, copy: Copy) -> None:
        """Replace everything with an image."""
        self.lose()
        for name, content in copy.items():
            (self.folder / name).write_bytes(content)

    def provide_policy(self, device: DeviceId, policy: PolicySnapshot) -> PolicyOffer:
        """Put the first policy there, as whoever puts a box up does; gives the offer that brought it."""
        key = city.centre_key()
        part = cut_policy(policy, [city.point(device, reader) for reader in city.READERS], city.cabinets(device))
        offer, _ = make_offer(device, 0, policy.version, encode_snapshot(part, (), city.NAMES.of(device).name))
        cache = PolicyCache(self.folder, device, key.public_key())
        cache.confirm(PolicyPointer(device=device, policy_version=policy.version, confirmed_at=STARTS_AT).signed(key))
        cache.begin(offer.signed(key))
        cache.take()
        return offer.signed(key)

    def spoil_policy(self, what: int) -> None:
        """Destroy the policy's files (0), the end of them (1), or what says which of them count (2)."""
        for file in self.folder.glob("*.offer") if what < 2 else ():
            file.write_bytes(file.read_bytes()[: 500 * what])
        if what == 2:
            (self.folder / "policy.json").write_bytes(b'{"kind":"policy.held","version":1')

    def read_records(self) -> Iterator[tuple[int, int, bytes]]:
        """Give (epoch, seq, line) of every record in every journal file here, those set aside included."""
        for path in sorted(self.folder.glob("journal.db*")):
            if path.name.endswith("-wal"):
                continue
            connection = apsw.Connection(str(path))
            rows: list[Any] = connection.execute("SELECT epoch, seq, line FROM record, state").fetchall()
            yield from rows
            connection.close()
