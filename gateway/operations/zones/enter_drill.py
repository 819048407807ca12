"""Enter who fell for a phishing drill (標的型メール訓練), by hand or from a file, and who made it good since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from contract.csv_rows import FaultyLine
from contract.training_file import DrillRow
from domain.civil import civil_minute
from domain.zones.zone_fault import ZoneFault, ZoneWhy, refuse_zone
from gateway.zones.refused_lines import RefusedLinesError
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.people import load_persons
from store.trainings import DrillFailure, list_drills, save_drill_failures, save_drill_made_good, save_made_good
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class DrillPreview:
    """What a file would bring: who is new to have fallen for it or to have made it good, and how many lines do not."""

    fell: tuple[DrillFailure, ...]
    made_good: tuple[DrillFailure, ...]
    standing: int
    faulty: tuple[FaultyLine, ...]


def enter_drill_failures(tx: Tx, person_ids: Collection[str], on: date | None, *, by: str) -> int:
    """Enter who fell for the drill of a day; gives for how many that is new.

    Raises:
        ZoneFaultsError: nobody was chosen or somebody is not known (``person_id``), or the day is to come or none
            (``failed_on``).
    """
    if on is None:
        raise refuse_zone("failed_on", ZoneWhy.malformed, expected="YYYY-MM-DD")
    if on > civil_minute(tx.now)[0]:
        raise refuse_zone("failed_on", ZoneWhy.ahead)
    if not person_ids:
        raise refuse_zone("person_id", ZoneWhy.no_rows)
    if strange := sorted(set(person_ids) - load_persons(tx, person_ids).keys()):
        raise refuse_zone("person_id", ZoneWhy.unknown_person, found=strange[0])
    known = {each.person_id for each in list_drills(tx, person_ids) if each.failed_on == on}
    new = sorted(set(person_ids) - known)
    save_drill_failures(tx, new, on, by=by)
    _tell(tx, new)
    return len(new)


def make_good(tx: Tx, person_id: str, on: date | None) -> int:
    """Let everything that somebody fell for be made good on a day; gives how much that was.

    Raises:
        ZoneFaultsError: the day is to come or none (``made_good_on``).
    """
    if on is None:
        raise refuse_zone("made_good_on", ZoneWhy.malformed, expected="YYYY-MM-DD")
    if on > civil_minute(tx.now)[0]:
        raise refuse_zone("made_good_on", ZoneWhy.ahead)
    many = save_made_good(tx, person_id, on)
    if many:
        _tell(tx, [person_id])
    return many


def preview_drill(tx: Tx, rows: Sequence[tuple[int, DrillRow]]) -> DrillPreview:
    """Give what a file's rows would bring; whoever did not fall for it, and what stands already, brings nothing."""
    known = load_persons(tx, {row.person_id for _, row in rows}).keys()
    today = civil_minute(tx.now)[0]
    standing = {(each.person_id, each.failed_on): each for each in list_drills(tx, {row.person_id for _, row in rows})}
    wished: dict[tuple[str, date], DrillFailure] = {}
    faulty = []
    for line, row in rows:
        if faults := _list_faults(row, is_known=row.person_id in known, today=today):
            faulty.append(FaultyLine(line, faults))
        elif row.fell:
            wished[row.person_id, row.failed_on] = DrillFailure(row.person_id, row.failed_on, row.made_good_on)
    fell = [each for key, each in wished.items() if key not in standing]
    made_good = [
        each
        for key, each in wished.items()
        if each.made_good_on and (key not in standing or standing[key].made_good_on is None)
    ]
    new = {(each.person_id, each.failed_on) for each in (*fell, *made_good)}
    return DrillPreview(tuple(fell), tuple(made_good), len(rows) - len(new) - len(faulty), tuple(faulty))


def bring_drill(tx: Tx, rows: Sequence[tuple[int, DrillRow]], *, by: str) -> int:
    """Take a file's rows; gives how many were new. The same file again changes nothing.

    Raises:
        RefusedLinesError: a line cannot be taken; nothing was.
    """
    preview = preview_drill(tx, rows)
    if preview.faulty:
        raise RefusedLinesError(preview.faulty)
    for on in sorted({each.failed_on for each in preview.fell}):
        save_drill_failures(tx, [each.person_id for each in preview.fell if each.failed_on == on], on, by=by)
    for each in preview.made_good:
        save_drill_made_good(tx, each)
    new = {(each.person_id, each.failed_on) for each in (*preview.fell, *preview.made_good)}
    _tell(tx, sorted({person_id for person_id, _ in new}))
    return len(new)


def _list_faults(row: DrillRow, *, is_known: bool, today: date) -> tuple[ZoneFault, ...]:
    faults = []
    if not is_known:
        faults.append(ZoneFault("person_id", ZoneWhy.unknown_person, {"found": row.person_id}))
    if row.failed_on > today:
        faults.append(ZoneFault("failed_on", ZoneWhy.ahead))
    if row.made_good_on is not None and row.made_good_on > today:
        faults.append(ZoneFault("made_good_on", ZoneWhy.ahead))
    if row.made_good_on is not None and row.made_good_on < row.failed_on:
        faults.append(ZoneFault("made_good_on", ZoneWhy.ends_first))
    return tuple(faults)


def _tell(tx: Tx, person_ids: Collection[str]) -> None:
    insert_notices(tx, [Notice(TIER_CHANGED, each, "{}") for each in person_ids])
