"""The timed job of HR's files: take what lies in the folder, look at what came by any door, apply what is due."""

from datetime import date, datetime
from pathlib import Path

from domain.attendance.leave_kinds import Allowance
from store.alarms import Alarm, insert_alarms
from store.hr_files import HrFile, HrFileState, load_hr_file
from store.tx import Store
from sync.hr.inbox import DONE, REFUSED, InboxError, list_inbox, read_dropped, read_name, set_aside
from sync.jobs.apply_hr_files import apply_ready
from sync.jobs.bring_hr_file import Arrival, bring_file
from sync.jobs.hr_kinds import KINDS
from sync.jobs.preview_hr_files import HrDesk, preview_brought
from sync.settings import SyncSettings

FOLDER = "folder"
"""The source of files that were dropped into the folder."""


def open_hr_desk(store: Store, settings: SyncSettings, now: datetime) -> HrDesk:
    """Give what looking at files needs.

    Raises:
        ProfileFileError: the city's file of kinds of leave cannot be used.
    """
    rules = settings.read_leave_rules()
    granted = [kind for kind in rules.kinds.values() if kind.allowance is Allowance.granted]
    leave_kinds = {word: kind.id for kind in granted for word in (kind.title, kind.title_en, kind.id)}
    profile, percent_max = settings.read_rules(), settings.mass_change_percent
    return HrDesk(store, settings.load_site_key(), profile, percent_max, now, leave_kinds)


def import_hr_files(store: Store, settings: SyncSettings, on: date, now: datetime) -> str:
    """Take, look at and apply; a file is set aside only after it was written down, so a stop in between loses none.

    Raises:
        Exception: what kept a file from being read or applied that is not its own fault, after all others were tried.
    """
    desk = open_hr_desk(store, settings, now)
    settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    taken = {path: _take(desk, path, on) for path in list_inbox(settings.inbox_dir)}
    failures = preview_brought(desk)
    applied = apply_ready(desk, on)
    waiting = sum(_set_aside(desk, path, file_id) for path, file_id in taken.items() if file_id is not None)
    if failures:
        raise failures[0]
    counts = [_told(store, now, file) for file in applied]
    return "; ".join([*counts, f"taken {len(taken)}, waiting {waiting}"])


def _take(desk: HrDesk, path: Path, on: date) -> int | None:
    try:
        dropped = read_name(path.name, list(KINDS))
        data = read_dropped(path)
    except InboxError as error:
        _refuse(desk, path, str(error))
        with desk.store.transaction(desk.now) as tx:
            insert_alarms(tx, [Alarm("hr_file_refused", FOLDER, path.name)])
        return None
    arrival = Arrival(dropped.kind, FOLDER, path.name, data, dropped.effective_on or on)
    with desk.store.transaction(desk.now) as tx:
        file_id, _ = bring_file(tx, desk.site_key, arrival)
    return file_id


def _set_aside(desk: HrDesk, path: Path, file_id: int) -> bool:
    """Move a taken file to where it belongs; tells whether it is still on its way."""
    with desk.store.reading(desk.now) as tx:
        file = load_hr_file(tx, file_id)
    if file is not None and file.state is HrFileState.refused:
        _refuse(desk, path, "\n".join(file.summary.faults))
        return False
    set_aside(path, DONE, desk.now)
    return file is not None and file.state is not HrFileState.applied


def _refuse(desk: HrDesk, path: Path, reasons: str) -> None:
    aside = set_aside(path, REFUSED, desk.now)
    aside.with_suffix(".txt").write_text(f"{reasons}\n", encoding="utf-8")


def _told(store: Store, now: datetime, file: HrFile) -> str:
    with store.reading(now) as tx:
        settled = load_hr_file(tx, file.id) or file
    summary = settled.summary
    return f"{file.kind}: added {summary.added}, changed {summary.changed}, left {summary.left}"
