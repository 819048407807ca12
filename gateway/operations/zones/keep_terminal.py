"""The register of terminals: each kept by hand or from a file, with the days of the certificate it was given."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contract.csv_rows import FaultyLine
from contract.terminal_file import NAME_LENGTH_MAX, TERMINAL_ID_PATTERN, IssuedCertificate, TerminalRow
from domain.civil import civil_minute, instant
from domain.ids import is_id
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy
from gateway.zones.refused_lines import RefusedLinesError
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.people import load_persons
from store.terminals import KeptTerminal, list_terminals, save_terminals
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Premises:
    """What a site has: its tiers by id with all their names, and the access points at which readers stand."""

    tiers: Mapping[str, frozenset[str]]
    points: frozenset[str]

    def find_tier(self, words: str) -> str | None:
        """Give the tier of an id or a name; None when there is none."""
        return next((id_ for id_, names in self.tiers.items() if words == id_ or words in names), None)


@dataclass(frozen=True, slots=True)
class TerminalPreview:
    """What a file would bring: terminals that are new, those it changes, how many stand so, and what is wrong."""

    new: tuple[KeptTerminal, ...]
    changed: tuple[KeptTerminal, ...]
    standing: int
    faulty: tuple[FaultyLine, ...]


def keep_terminal(tx: Tx, row: TerminalRow, premises: Premises) -> bool:
    """Keep a terminal, new or changed; False when it stood so. Its certificate's days stay as they are.

    Raises:
        ZoneFaultsError: something of it does not fit, by field; see :class:`contract.terminal_file.TerminalRow`.
    """
    checks = _Checks(tx, [row], premises)
    if faults := checks.look(row):
        raise ZoneFaultsError(faults)
    return bool(_save(tx, [checks.make(row)], checks.standing))


def preview_terminals(tx: Tx, rows: Sequence[tuple[int, TerminalRow]], premises: Premises) -> TerminalPreview:
    """Give what a file's rows would bring."""
    checks = _Checks(tx, [row for _, row in rows], premises)
    faulty = [FaultyLine(line, faults) for line, row in rows if (faults := checks.look(row))]
    wrong = {each.line for each in faulty}
    made = {row.id: checks.make(row) for line, row in rows if line not in wrong}
    new = [each for each in made.values() if each.id not in checks.standing]
    changed = [each for each in made.values() if each.id in checks.standing and checks.standing[each.id] != each]
    return TerminalPreview(tuple(new), tuple(changed), len(made) - len(new) - len(changed), tuple(faulty))


def bring_terminals(tx: Tx, rows: Sequence[tuple[int, TerminalRow]], premises: Premises) -> int:
    """Take a file's rows; gives how many were new or changed. The same file again changes nothing.

    Raises:
        RefusedLinesError: a line cannot be taken; nothing was.
    """
    preview = preview_terminals(tx, rows, premises)
    if preview.faulty:
        raise RefusedLinesError(preview.faulty)
    return _save(tx, [*preview.new, *preview.changed], {})


def take_certificates(tx: Tx, certificates: Collection[IssuedCertificate]) -> int:
    """Let terminals have the certificates that were issued for them; gives for how many that is new.

    Of several for one terminal the one that counts longest is its own.

    Raises:
        ZoneFaultsError: there are none, or one is of no registered terminal or of one that was ended (``file``).
    """
    if not certificates:
        raise ZoneFaultsError((ZoneFault("file", ZoneWhy.no_rows),))
    standing = {each.id: each for each in list_terminals(tx)}
    faults = []
    for each in certificates:
        kept = standing.get(each.terminal_id)
        if kept is None:
            faults.append(ZoneFault("file", ZoneWhy.unknown_terminal, {"found": each.terminal_id}))
        elif kept.ended_for is not None:
            faults.append(ZoneFault("file", ZoneWhy.was_ended, {"found": each.terminal_id}))
    if faults:
        raise ZoneFaultsError(tuple(faults))
    longest = {each.terminal_id: each for each in sorted(certificates, key=lambda each: each.until_at)}
    made = [
        replace(
            standing[each.terminal_id],
            certificate_from=each.from_at,
            certificate_until=each.until_at,
            certificate_serial=each.serial,
        )
        for each in longest.values()
    ]
    return _save(tx, made, standing)


class _Checks:
    """What a terminal is held against: what stands, which addresses are whose, who is known, and the site."""

    def __init__(self, tx: Tx, rows: Collection[TerminalRow], premises: Premises) -> None:
        self.standing = {each.id: each for each in list_terminals(tx)}
        self._premises = premises
        self._keepers = load_persons(tx, {row.kept_by for row in rows if row.kept_by}).keys()
        self._today: date = civil_minute(tx.now)[0]
        anew = {row.id: self._mac_of(row) for row in rows}
        kept = {each.id: each.mac for each in self.standing.values()} | anew
        self._owners: dict[str, list[str]] = {}
        for id_, mac in kept.items():
            if mac:
                self._owners.setdefault(mac, []).append(id_)

    def look(self, row: TerminalRow) -> tuple[ZoneFault, ...]:
        return (*self._look_at_words(row), *self._look_at_books(row))

    def _look_at_words(self, row: TerminalRow) -> list[ZoneFault]:
        faults = []
        if not re.fullmatch(TERMINAL_ID_PATTERN, row.id):
            faults.append(ZoneFault("id", ZoneWhy.malformed, {"expected": "A–Z a–z 0–9 . - _ (63)"}))
        if not 1 <= len(row.name) <= NAME_LENGTH_MAX:
            faults.append(ZoneFault("name", ZoneWhy.malformed, {"expected": f"1–{NAME_LENGTH_MAX} 字 characters"}))
        if not is_id(row.terminal_class):
            faults.append(ZoneFault("terminal_class", ZoneWhy.malformed, {"expected": "a–z 0–9 - _ (63)"}))
        return faults

    def _look_at_books(self, row: TerminalRow) -> list[ZoneFault]:
        faults = []
        standing = self.standing.get(row.id)
        if standing is not None and standing.ended_for is not None:
            faults.append(ZoneFault("id", ZoneWhy.was_ended, {"found": row.id}))
        if self._premises.find_tier(row.tier_id) is None:
            faults.append(ZoneFault("tier_id", ZoneWhy.unknown_tier, {"found": row.tier_id}))
        if row.kept_by and row.kept_by not in self._keepers:
            faults.append(ZoneFault("kept_by", ZoneWhy.unknown_person, {"found": row.kept_by}))
        if row.seat_point_id and row.seat_point_id not in self._premises.points:
            faults.append(ZoneFault("seat_point_id", ZoneWhy.unknown_point, {"found": row.seat_point_id}))
        mac = self._mac_of(row)
        others = [each for each in self._owners.get(mac or "", ()) if each != row.id]
        if others:
            faults.append(ZoneFault("mac", ZoneWhy.taken_address, {"found": mac, "other": others[0]}))
        return faults

    def _mac_of(self, row: TerminalRow) -> str | None:
        standing = self.standing.get(row.id)
        return row.mac if standing is None or "mac" in row.model_fields_set else standing.mac

    def make(self, row: TerminalRow) -> KeptTerminal:
        """Give what is to be kept, only for a row without faults; what it is silent about stays as it stands."""
        standing = self.standing.get(row.id)
        tier_id = self._premises.find_tier(row.tier_id) or row.tier_id
        if row.issued_on is not None or standing is None:
            issued_from = instant(row.issued_on or self._today, 0)
        else:
            issued_from = standing.issued_from
        kept = standing or KeptTerminal(row.id, row.name, tier_id, row.terminal_class, issued_from)
        told = row.model_fields_set
        return replace(
            kept,
            name=row.name,
            tier_id=tier_id,
            terminal_class=row.terminal_class,
            issued_from=issued_from,
            mac=self._mac_of(row),
            kept_by=row.kept_by or "" if "kept_by" in told else kept.kept_by,
            seat_point_id=row.seat_point_id if "seat_point_id" in told else kept.seat_point_id,
        )


def _save(tx: Tx, made: Collection[KeptTerminal], standing: Mapping[str, KeptTerminal]) -> int:
    new = [each for each in made if standing.get(each.id) != each]
    save_terminals(tx, new)
    if new:
        insert_notices(tx, [Notice(TIER_CHANGED, "", "{}")])
    return len(new)
