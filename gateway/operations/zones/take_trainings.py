"""Enter who attended a training: one or many people of a day by hand, or a file of them, all of it or nothing."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from contract.csv_rows import FaultyLine
from contract.training_file import AttendanceRow
from domain.civil import civil_minute
from domain.notices.lapse_notice import LapseKind, list_subjects, name_message
from domain.zones.training import Attendance
from domain.zones.training_matrix import look_at_cell
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy, refuse_zone
from gateway.zones.refused_lines import RefusedLinesError
from gateway.zones.tier_news import TIER_CHANGED
from store.messages import settle_messages
from store.outbox import Notice, insert_notices
from store.people import load_persons
from store.trainings import list_attendances, list_trainings, save_attendances
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class AttendancePreview:
    """What a file would bring: attendances that are new or differ, how many stand already, and what is wrong."""

    new: tuple[Attendance, ...]
    standing: int
    faulty: tuple[FaultyLine, ...]


def enter_attendances(
    tx: Tx, training_id: str, person_ids: Collection[str], on: date | None, *, by: str, passed: bool = True
) -> int:
    """Enter a training of a day for people; gives for how many it was new or said otherwise before.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        training_id: which training.
        person_ids: who attended it.
        on: when, today at the latest.
        by: the login of whoever enters it.
        passed: whether it was passed.

    Raises:
        ZoneFaultsError: there is no such training (``training_id``), nobody was chosen or somebody is not known
            (``person_id``), or the day is to come or none (``attended_on``).
    """
    if on is None:
        raise refuse_zone("attended_on", ZoneWhy.malformed, expected="YYYY-MM-DD")
    if not person_ids:
        raise refuse_zone("person_id", ZoneWhy.no_rows)
    wished = [Attendance(each, training_id, on, passed) for each in sorted(set(person_ids))]
    checks = _Checks(tx, {each.person_id for each in wished})
    if faults := {fault.field: fault for each in wished for fault in checks.look(each)}:
        raise ZoneFaultsError(tuple(faults.values()))
    return _save(tx, wished, by=by)


def preview_attendances(tx: Tx, rows: Sequence[tuple[int, AttendanceRow]]) -> AttendancePreview:
    """Give what a file's rows would bring; a row that stands already brings nothing."""
    checks = _Checks(tx, {row.person_id for _, row in rows})
    wished: dict[tuple[str, str, date], Attendance] = {}
    faulty = []
    for line, row in rows:
        each = Attendance(row.person_id, row.training_id, row.attended_on, row.passed)
        wished[each.person_id, each.training_id, each.on] = each
        if faults := checks.look(each):
            faulty.append(FaultyLine(line, faults))
    new = _list_new(tx, wished.values())
    return AttendancePreview(tuple(new), len(wished) - len(new), tuple(faulty))


def bring_attendances(tx: Tx, rows: Sequence[tuple[int, AttendanceRow]], *, by: str) -> int:
    """Take a file's rows; gives how many were new. The same file again changes nothing.

    Raises:
        RefusedLinesError: a line cannot be taken; nothing was.
    """
    preview = preview_attendances(tx, rows)
    if preview.faulty:
        raise RefusedLinesError(preview.faulty)
    return _save(tx, preview.new, by=by)


class _Checks:
    """What an attendance is held against: who is known, which trainings there are, and today."""

    def __init__(self, tx: Tx, person_ids: Collection[str]) -> None:
        self._known = load_persons(tx, person_ids).keys()
        self._trainings = {each.id for each in list_trainings(tx)}
        self._today = civil_minute(tx.now)[0]

    def look(self, each: Attendance) -> tuple[ZoneFault, ...]:
        faults = []
        if each.person_id not in self._known:
            faults.append(ZoneFault("person_id", ZoneWhy.unknown_person, {"found": each.person_id}))
        if each.training_id not in self._trainings:
            faults.append(ZoneFault("training_id", ZoneWhy.unknown_training, {"found": each.training_id}))
        if each.on > self._today:
            faults.append(ZoneFault("attended_on", ZoneWhy.ahead))
        return tuple(faults)


def _list_new(tx: Tx, wished: Collection[Attendance]) -> list[Attendance]:
    standing = list_attendances(tx, {each.person_id for each in wished})
    known = {each for theirs in standing.values() for each in theirs}
    return [each for each in wished if each not in known]


def _save(tx: Tx, wished: Collection[Attendance], *, by: str) -> int:
    new = _list_new(tx, wished)
    _settle(tx, new)
    save_attendances(tx, new, by=by)
    insert_notices(tx, [Notice(TIER_CHANGED, who, "{}") for who in sorted({each.person_id for each in new})])
    return len(new)


def _settle(tx: Tx, new: Collection[Attendance]) -> None:
    """Let whoever renews a training be reminded of its old last day no more."""
    trainings = {each.id: each for each in list_trainings(tx)}
    before = list_attendances(tx, {each.person_id for each in new})
    subjects: dict[str, set[str]] = defaultdict(set)
    for each in new:
        until_on = look_at_cell(trainings[each.training_id], before.get(each.person_id, ()), tx.now).until_on
        if each.passed and until_on is not None and until_on >= civil_minute(tx.now)[0]:
            subjects[each.person_id].update(list_subjects(each.training_id, until_on))
    for person_id, theirs in subjects.items():
        settle_messages(tx, name_message(LapseKind.training), sorted(theirs), person_id=person_id)
