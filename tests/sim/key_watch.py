"""What must hold of keys (I22): nothing is freed without a record, every removal stands in the ledger once.

It knows the truth that no box knows: what hangs on the hooks and what people carry about. What nobody saw the ledger
cannot know; then it must have been told, by the alarm that cabinet and ledger differ.
"""

import json
import sqlite3
from collections import defaultdict
from typing import TYPE_CHECKING

from contract.cabinet_records import CabinetAsked
from domain.access.policy import CredentialStatus
from domain.access.threat import SHUTTING
from domain.ids import DeviceId, DoorId
from gateway.meaning.cabinet_events import name_event
from readers.events import Append, Recorded
from tests.sim import city
from tests.sim.broken import InvariantBrokenError
from tests.sim.key_room import CABINET, LOCKS

if TYPE_CHECKING:
    from tests.sim.box import Box
    from tests.sim.door_watch import DoorWatch
    from tests.sim.key_cabinet import KeyCabinet

CARD_AGE_MAX = 2.0
_REMOVED = ("key.removed", "key.removed_unauthorised")
_RECORDS = "SELECT device_id, epoch, seq, body FROM record WHERE kind IN ('{}') ORDER BY device_id, epoch, seq"
_DEEDS = (
    "SELECT key_deed.id, hand, copy_id, version, from_state, to_state FROM key_deed_copy"
    " JOIN key_deed ON key_deed.id = deed_id ORDER BY copy_id, version"
)
_STANDING = "SELECT subject FROM alarm WHERE kind = 'key_ledger_differs' AND cleared_at IS NULL AND restored_at IS NULL"


class KeyWatch:
    """Sees every lock of the cabinet move, and holds the ledger against hooks and hands."""

    def __init__(self, database: sqlite3.Connection, doors: "DoorWatch") -> None:
        self._database = database
        self._doors = doors
        self.handed_out = 0

    def on_freed(self, box: "Box", lock: DoorId, cause: object, mono: float) -> None:
        """A lock of the cabinet was freed: for a granted card whose record stands in the journal."""
        match cause:
            case Recorded(append=Append(bodies=(CabinetAsked() as body,), cabinet=told)) if told is not None:
                self.handed_out += 1
                self._require_right(box, body, mono - told.seen_mono)
            case _:
                raise InvariantBrokenError("I22", f"{box.label} freed {lock} because of {type(cause).__name__}")

    def _require_right(self, box: "Box", asked: CabinetAsked, age_seconds: float) -> None:
        known = self._doors.known_of(box)
        if not asked.granted or age_seconds > CARD_AGE_MAX:
            raise InvariantBrokenError("I22", f"{box.label} opened for {asked.reason}, {age_seconds:.1f} s old")
        if known.blind:
            raise InvariantBrokenError("I17", f"{box.label} handed keys out without a policy to trust")
        if known.threat.level in SHUTTING:
            raise InvariantBrokenError("threat", f"{box.label} handed keys out in {known.threat.level}")
        held = self._doors.policy_of(known).credentials.get(city.resolve(box.device, asked.credential))
        if asked.entitlements and (held is None or held.status is not CredentialStatus.active):
            raise InvariantBrokenError("I15", f"{box.label} handed keys out to a card that its policy refuses")

    def on_turn(self, box: "Box", *, is_handing_out: bool, ahead: int) -> None:
        """After each turn no lock of the cabinet is free unless somebody is being served."""
        free = [lock for lock in sorted(LOCKS) if box.locks.is_free(lock, ahead)]
        if free and not is_handing_out:
            raise InvariantBrokenError("I19", f"{box.label} left {free} free and does not know of it")

    def at_end(self, cabinet: "KeyCabinet", device: DeviceId) -> None:
        """Everything is healed: hold the ledger against itself, the records and the truth."""
        deeds = self._database.execute(_DEEDS).fetchall()
        self._require_one_place(deeds)
        differing = {subject for (subject,) in self._database.execute(_STANDING).fetchall()}
        self._require_each_removal_once(deeds)
        for copy, state, position in self._database.execute("SELECT copy_id, state, position FROM key_custody"):
            hangs = next((each for each, hung in cabinet.hung.items() if hung == copy), None)
            truth = ("out", None) if hangs is None else ("in_custody", hangs)
            if (state, position) != truth and copy not in differing:
                told = f"{device}: {copy} is {truth}, the ledger says {(state, position)} and nobody was told"
                raise InvariantBrokenError("I22", told)

    def _require_one_place(self, deeds: list[tuple[str, str, str, int, str | None, str]]) -> None:
        """Each line of a copy's trail begins where the one before led, and the last leads to where the copy is."""
        lines: dict[str, list[tuple[int, str | None, str]]] = defaultdict(list)
        for _, _, copy, version, before, after in deeds:
            lines[copy].append((version, before, after))
        for copy, state, version in self._database.execute("SELECT copy_id, state, version FROM key_custody"):
            trail = lines[copy]
            leads = [None, *(after for _, _, after in trail)]
            if [before for _, before, _ in trail] != leads[:-1] or leads[-1] != state:
                raise InvariantBrokenError("I22", f"the trail of {copy} is broken: {trail}, now {state}")
            if [number for number, _, _ in trail] != list(range(1, version + 1)):
                raise InvariantBrokenError("I22", f"the trail of {copy} has gaps: {trail}")

    def _require_each_removal_once(self, deeds: list[tuple[str, str, str, int, str | None, str]]) -> None:
        """Each removal that was recorded is one line of the ledger or an alarm, and no line is without its record."""
        written = {(deed, copy) for deed, hand, copy, *_ in deeds if hand == "cabinet"}
        alarmed = {
            subject
            for (subject,) in self._database.execute("SELECT subject FROM alarm WHERE kind = 'key_ledger_differs'")
        }
        named: set[str] = set()
        records = ("key.removed", "key.removed_unauthorised", "key.returned", "key.misplaced")
        for device, epoch, seq, line in self._database.execute(_RECORDS.format("','".join(records))).fetchall():
            body, name = json.loads(line), name_event(device, epoch, seq)
            ours = {(deed, copy) for deed, copy in written if deed == name or deed.startswith(f"{name}-")}
            named |= {deed for deed, _ in ours}
            copies = body["copies"] or [city.copy_of_tag(DeviceId(device), body["tag"])]
            for copy in copies if body["kind"] in _REMOVED else ():
                times = sum(each == copy for _, each in ours)
                if times > 1 or (times == 0 and copy not in alarmed):
                    told = f"{copy} left {CABINET} at {device} {epoch}/{seq} and stands in the ledger {times} times"
                    raise InvariantBrokenError("I22", told)
        if nameless := {deed for deed, _ in written} - named:
            raise InvariantBrokenError("I22", f"the ledger has {sorted(nameless)}, which no record tells of")
