"""Files from HR into force: each on its day, whole or not at all, a mass change after a second person agreed."""

from datetime import date

from contract.sealed_bytes import SealError
from store.alarms import restore_alarms
from store.hr_files import (
    HrFile,
    HrFileState,
    list_overtaken,
    list_ready,
    list_unsettled,
    lock_open,
    save_settled,
)
from store.hr_summary import HrSummary
from store.tx import Tx
from sync.hr.csv_text import CsvError
from sync.jobs.hr_kinds import KINDS
from sync.jobs.preview_hr_files import HrDesk, UnmappedError, hold_file, plan_file, refuse_file, summarise

FIRST_KIND = "staff"
"""The kind that brings the people whom the others name."""


def apply_ready(desk: HrDesk, on: date) -> tuple[HrFile, ...]:
    """Apply every file that is due on a day; gives them with what came of each.

    A file that fails keeps no other back. What waits for a second person keeps back the files that may name its people.

    Raises:
        Exception: whatever kept a file from being applied that is not the file's own fault, after all were tried.
    """
    with desk.store.reading(desk.now) as tx:
        ready = list_ready(tx, on)
    order = {kind: place for place, kind in enumerate(KINDS)}
    ready.sort(key=lambda file: (file.effective_on, order.get(file.kind, len(order)), file.id))
    told: list[HrFile] = []
    failures: list[Exception] = []
    for file in ready:
        try:
            settled = _apply(desk, file, on)
        except Exception as error:  # noqa: BLE001 (told once all were tried)
            failures.append(error)
        else:
            told += [settled] if settled else []
    if failures:
        raise failures[0]
    return tuple(told)


def _apply(desk: HrDesk, file: HrFile, on: date) -> HrFile | None:
    try:
        with desk.store.transaction(desk.now) as tx:
            return _apply_locked(tx, desk, file.id, on)
    except (CsvError, SealError, UnmappedError) as error:
        with desk.store.transaction(desk.now) as tx:
            standing = lock_open(tx, file.id)
            if standing is not None:
                refuse_file(tx, standing, error)
        return None


def _apply_locked(tx: Tx, desk: HrDesk, file_id: int, on: date) -> HrFile | None:
    file = lock_open(tx, file_id)
    if file is None or not _is_ready(file, on) or _is_held_back(tx, file):
        return None
    plan = plan_file(tx, desk, file)
    summary = summarise(plan.differences)
    agreed_percent = file.summary.percent if file.agreed_by is not None else 0
    if summary.percent > max(desk.percent_max, agreed_percent):
        hold_file(tx, file, summary)
        return None
    plan.write(tx)
    save_settled(tx, file.id, HrFileState.applied, summary.counts_alone())
    restore_alarms(tx, [(kind, file.kind) for kind in ("hr_file_refused", "hr_file_waits", "hr_file_unmapped")])
    if KINDS[file.kind].is_whole:
        for earlier in list_overtaken(tx, file):
            fault = f"後から来た {file.name} が適用されました / a later file took its place: {file.name}"
            save_settled(tx, earlier.id, HrFileState.refused, HrSummary(faults=(fault,)))
    return file


def _is_ready(file: HrFile, on: date) -> bool:
    agreed = file.state is HrFileState.waits and file.agreed_by is not None
    return file.effective_on <= on and (file.state is HrFileState.previewed or agreed)


def _is_held_back(tx: Tx, file: HrFile) -> bool:
    return file.kind != FIRST_KIND and any(
        other.kind == FIRST_KIND and other.effective_on <= file.effective_on for other in list_unsettled(tx)
    )
