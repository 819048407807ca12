"""What must hold, checked while it happens: the promises I1-I8 and their like, each broken one told by its number.

The watch sees everything that no part of the city hall sees: what each journal was given, what each tone promised,
what each device signed, and the centre's rows after each commit.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.chain import chain_start, chain_step
from domain.ids import DeviceId
from gateway.meaning.second_decision import POLICY_UNKNOWN
from tests.sim.broken import InvariantBrokenError
from tests.sim.door_watch import DoorWatch
from tests.sim.key_watch import KeyWatch
from tests.sim.rulebook import Rulebook

ROUNDING = timedelta(milliseconds=1)
"""The journal keeps instants in whole milliseconds."""

Key = tuple[str, int, int]
"""(device, epoch, seq)"""


@dataclass(slots=True)
class _Prefix:
    """What the centre holds of one journal, rebuilt from its rows."""

    upto_seq: int
    heads: list[bytes]


class Watch:
    """Sees all, raises :class:`InvariantBrokenError` at the first thing that must not be."""

    def __init__(self, database: sqlite3.Connection, rulebook: Rulebook) -> None:
        self._database = database
        self._rowid = 0
        self.batches: list[tuple[DeviceId, bytes]] = []
        self.signed: dict[Key, set[bytes]] = {}
        self.acknowledged: dict[Key, bytes] = {}
        self.held: dict[Key, bytes] = {}
        self.lied_to: set[str] = set()  # devices whose disk went back, was lost or was copied
        self._signer: dict[bytes, str] = {}
        self._contradicted: set[Key] = set()
        self._beyond_saving: set[Key] = set()
        self.receipts: dict[tuple[str, int], int] = {}
        self._receipts_held: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
        self._prefixes: dict[tuple[str, int], _Prefix] = {}
        self._rulebook = rulebook
        self.doors = DoorWatch(rulebook, self.lied_to)
        self.keys = KeyWatch(database, self.doors)
        self.lab_taps: list[tuple[DeviceId, bytes]] = []

    # ---- the edge ------------------------------------------------------------------------------------------------

    def on_recorded_tone(self, device: str, epoch: int, seq: int, line: bytes, *, found: bytes | None) -> None:
        """A person was told "recorded": the very line must stand in the journal (``found``) at that instant (I1)."""
        if found != line:
            raise InvariantBrokenError("I1", f"{device} told 'recorded' of {epoch}/{seq}, which its journal lacks")
        self.acknowledged[device, epoch, seq] = line

    def on_tone_without_record(self, device: str) -> None:
        """A person was told "recorded" though nothing was (I1)."""
        raise InvariantBrokenError("I1", f"{device} told 'recorded' where nothing was recorded")

    def on_signed(self, device: str, payload: bytes) -> None:
        """A device signed a batch: never two records with one (epoch, seq), unless its disk lied to it (I4)."""
        self.batches.append((DeviceId(device), payload))
        self._signer[payload] = device
        head, *lines = payload.split(b"\n")
        header = json.loads(head)
        for seq, line in enumerate(lines, start=header["first_seq"]):
            told = self.signed.setdefault((device, header["epoch"], seq), set())
            told.add(line)
            if len(told) > 1 and device not in self.lied_to:
                raise InvariantBrokenError("I4", f"{device} signed two records {header['epoch']}/{seq}")

    def on_receipt_held(self, label: str, epoch: int, upto_seq: int, at: datetime) -> None:
        """A box took a receipt, at that instant of its own clock."""
        self._receipts_held.setdefault((label, epoch), []).append((at, upto_seq))

    def on_pruned(self, device: str, label: str, epoch: int, first_seq: int, *, before: datetime) -> None:
        """A box deleted what is before ``first_seq``: a receipt that was really issued covers it (I7).

        And the box has held such a receipt since ``before`` by its own clock: the keep-period is over.
        """
        covered = self.receipts.get((device, epoch), 0)
        if first_seq - 1 > covered:
            raise InvariantBrokenError("I7", f"{device} pruned {epoch} to {first_seq - 1}, receipts cover {covered}")
        kept = max(
            (upto for at, upto in self._receipts_held.get((label, epoch), ()) if at <= before + ROUNDING), default=0
        )
        if first_seq - 1 > kept and device not in self.lied_to:
            raise InvariantBrokenError("I7", f"{device} pruned {epoch} to {first_seq - 1} before its time: {kept}")

    def on_disk_copied(self, device: str) -> None:
        """There are two of this device, or its past has come back: it may tell two histories."""
        self.lied_to.add(device)

    def on_disk_lost(self, device: str) -> None:
        """A disk was lost or overwritten: what it told people and the centre does not hold is beyond saving."""
        self.lied_to.add(device)
        self._beyond_saving.update(key for key in self.acknowledged if key[0] == device and key not in self.held)

    # ---- the centre ----------------------------------------------------------------------------------------------

    def after_commit(self) -> None:
        """Look at the centre's new rows: each signed by its device (I2), in a row (I3), chained (I4)."""
        rows = self._database.execute(
            "SELECT rowid, device_id, epoch, seq, hash, body, live FROM record WHERE rowid > ? ORDER BY rowid",
            (self._rowid,),
        ).fetchall()
        for rowid, device, epoch, seq, chained, body, _live in rows:
            self._rowid = rowid
            key = (device, epoch, seq)
            if body not in self.signed.get(key, ()):
                raise InvariantBrokenError("I2", f"the centre holds {key}, which {device} never signed")
            prefix = self._prefixes.get((device, epoch))
            if prefix is None:
                prefix = self._prefixes[device, epoch] = _Prefix(0, [chain_start(DeviceId(device), epoch)])
            if seq != prefix.upto_seq + 1:
                raise InvariantBrokenError("I3", f"the centre holds {key} right after {prefix.upto_seq}")
            if chain_step(prefix.heads[-1], body) != chained:
                raise InvariantBrokenError("I4", f"the centre's hash of {key} does not follow the one before")
            prefix.upto_seq = seq
            prefix.heads.append(chained)
            self.held[key] = body
            if b"-lab-" in body and b'"granted":true' in body:
                self.lab_taps.append((DeviceId(device), body))

    def on_taken(self, payload: bytes) -> None:
        """The centre has dealt with a message: it knows now of whatever in it contradicts what it holds.

        What came behind a gap it could not judge and did not keep; that comes again.
        """
        device = self._signer.get(payload)
        if device is None:
            return
        head, *lines = payload.split(b"\n")
        header = json.loads(head)
        for seq, line in enumerate(lines, start=header["first_seq"]):
            if self.held.get((device, header["epoch"], seq), line) != line:
                self._contradicted.add((device, header["epoch"], seq))

    def on_restore(self) -> None:
        """The centre's database is an older one now: look at all of it anew."""
        self._rowid = 0
        self.held.clear()
        self._prefixes.clear()
        self._contradicted.clear()
        self.after_commit()

    def on_receipt(self, device: str, epoch: int, upto_seq: int, head: str) -> None:
        """The centre issued a receipt: the records 1..upto_seq are committed and hash to that head (I6)."""
        prefix = self._prefixes.get((device, epoch))
        heads = prefix.heads if prefix else [chain_start(DeviceId(device), epoch)]
        if upto_seq >= len(heads):
            raise InvariantBrokenError("I6", f"a receipt to {device} says {epoch}/{upto_seq}, held {len(heads) - 1}")
        if heads[upto_seq].hex() != head:
            raise InvariantBrokenError("I6", f"a receipt to {device} for {epoch}/{upto_seq} names another hash")
        if upto_seq > self.receipts.get((device, epoch), 0):
            self.receipts[device, epoch] = upto_seq

    # ---- the end -------------------------------------------------------------------------------------------------

    def is_quarantined(self, device: str) -> bool:
        """Tell whether the centre has set the device apart."""
        found = self._database.execute("SELECT state FROM device WHERE id = ?", (device,)).fetchone()
        return bool(found == ("quarantined",))

    def at_end(self, *, drained: bool, on_disks: Mapping[Key, set[bytes]]) -> None:
        """Everything is healed: hold the whole of the centre against everything that was promised.

        Args:
            drained: whether no honest box has records that still wait.
            on_disks: what the boxes of devices that were lied to still hold, set-aside files and copies included.
        """
        if not drained:
            raise InvariantBrokenError("I35", "30 minutes after everything healed, records still wait at an edge")
        self._check_rows()
        self._check_refusals()
        evidence = self._check_forks()
        for key, line in self.acknowledged.items():
            if self.held.get(key) == line or line in evidence.get(key, ()) or key in self._beyond_saving:
                continue
            if key[0] not in self.lied_to or line not in on_disks.get(key, ()):
                raise InvariantBrokenError("I1", f"{key} was told 'recorded' and is not at the centre")
        for (device, epoch), upto_seq in self.receipts.items():
            prefix = self._prefixes.get((device, epoch))
            if prefix is None or prefix.upto_seq < upto_seq:
                raise InvariantBrokenError("I6", f"{device} {epoch}: a receipt for {upto_seq} is no longer true")

    def _check_rows(self) -> None:
        """Rows are neither changed nor removed since they were first seen, and none is there twice."""
        rows = self._database.execute("SELECT device_id, epoch, seq, body FROM record").fetchall()
        if {(device, epoch, seq): body for device, epoch, seq, body in rows} != self.held or len(rows) != len(
            self.held
        ):
            raise InvariantBrokenError("I2", "the centre's rows are not those that were committed")
        marks = self._database.execute("SELECT device_id, epoch, upto_seq, head FROM watermark").fetchall()
        for device, epoch, upto_seq, head in marks:
            prefix = self._prefixes.get((device, epoch))
            if upto_seq != (prefix.upto_seq if prefix else 0) or (prefix and prefix.heads[-1] != head):
                raise InvariantBrokenError("I3", f"the watermark of {device} {epoch} says {upto_seq}")

    def _check_refusals(self) -> None:
        """The centre never failed on a message, and never decided a tap differently from the edge."""
        told = self._database.execute("SELECT detail FROM refused_message WHERE detail LIKE 'the centre failed%'")
        if told.fetchone():
            raise InvariantBrokenError("I33", "the centre failed on a message")
        query = "SELECT device_id, seq, reason, central_reason FROM record WHERE central_reason IS NOT NULL"
        for device, seq, reason, central in self._database.execute(query).fetchall():
            if not (central == POLICY_UNKNOWN and self._rulebook.has_lost):  # a centre may forget what it had issued
                raise InvariantBrokenError(
                    "I14", f"edge and centre decide differently: {device} {seq} {reason} {central}"
                )

    def _check_forks(self) -> dict[Key, set[bytes]]:
        """A second history is kept, the device is set apart, and nothing of it from there on is pay (I5)."""
        evidence: dict[Key, set[bytes]] = {}
        forks = self._database.execute("SELECT device_id, epoch, from_seq, payload FROM fork").fetchall()
        states = dict(self._database.execute("SELECT id, state FROM device").fetchall())
        for device, epoch, from_seq, payload in forks:
            if device not in self.lied_to:
                raise InvariantBrokenError("I5", f"{device} is called forked and is not")
            if states[device] != "quarantined":
                raise InvariantBrokenError("I5", f"{device} forked and is still {states[device]}")
            paid = self._database.execute(
                "SELECT count(*) FROM punch WHERE device_id = ? AND epoch = ? AND seq >= ?", (device, epoch, from_seq)
            ).fetchone()[0]
            if paid:
                raise InvariantBrokenError("I5", f"{paid} punches of {device} count after its fork at {from_seq}")
            head, *lines = payload.split(b"\n")
            for seq, line in enumerate(lines, start=json.loads(head)["first_seq"]):
                evidence.setdefault((device, epoch, seq), set()).add(line)
        for key in sorted(self._contradicted):
            if states[key[0]] != "quarantined":
                raise InvariantBrokenError("I5", f"the centre was told two records {key} and did nothing")
        for device, state in states.items():
            if state == "quarantined" and not any(fork[0] == device for fork in forks):
                raise InvariantBrokenError("I5", f"{device} is quarantined without evidence")
        return evidence
