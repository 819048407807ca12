"""A file from HR on its first steps: written down as it came, read, and held against what will stand by then.

Theory of operation. A file takes effect on a day, and so do others before it: April's posts name people whom April's
staff file brings. What a file would change is therefore seen in a transaction that applies the earlier ones first and
is rolled back at its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contract.hr_file import open_hr_file
from contract.sealed_bytes import SealError
from domain.attendance.profile import InForce
from store.alarms import Alarm, insert_alarms
from store.hr_files import (
    HrFile,
    HrFileState,
    list_brought,
    list_unsettled,
    load_content,
    save_preview,
    save_settled,
)
from store.hr_sources import load_column_mapping
from store.hr_summary import SHOWN_MAX, HrSummary, ShownDifference
from store.tx import Store, Tx
from sync.hr.column_guess import ColumnGuess, guess_columns
from sync.hr.csv_text import CsvError, Line
from sync.hr.differences import Differences
from sync.hr.plan import Plan, Reading
from sync.hr.sheet import read_sheet
from sync.jobs.hr_kinds import KINDS


@dataclass(frozen=True, slots=True)
class HrDesk:
    """What looking at files needs; ``percent_max`` is the share above which a second person has to agree.

    ``leave_kinds`` as in :class:`sync.hr.plan.Reading`.
    """

    store: Store
    site_key: bytes
    profile: InForce
    percent_max: int
    now: datetime
    leave_kinds: Mapping[str, str] = field(default_factory=dict)


class UnmappedError(Exception):
    """The file's columns cannot all be told; somebody has to say what they mean."""

    def __init__(self, headings: tuple[str, ...], guess: ColumnGuess) -> None:
        super().__init__("columns")
        self.headings = headings
        self.guess = guess


class _Foreseen(Exception):  # noqa: N818 (no error: it carries a result out of a transaction that is rolled back)
    def __init__(self, differences: Differences) -> None:
        super().__init__()
        self.differences = differences


def preview_brought(desk: HrDesk) -> list[Exception]:
    """Look at every file that nobody has read yet, the staff's first.

    Gives what kept a file from being read that is not its own fault: such a file is looked at again next time, and
    keeps no other back.
    """
    with desk.store.reading(desk.now) as tx:
        brought = list_brought(tx)
    order = list(KINDS)
    brought.sort(key=lambda file: (file.effective_on, order.index(file.kind) if file.kind in order else len(order)))
    failures: list[Exception] = []
    for file in brought:
        try:
            _preview(desk, file)
        except Exception as error:  # noqa: BLE001 (told once all were tried)
            failures.append(error)
    return failures


def plan_file(tx: Tx, desk: HrDesk, file: HrFile) -> Plan:
    """Hold a file against what stands in this transaction.

    Raises:
        CsvError: anything in it is wrong.
        UnmappedError: its columns cannot all be told.
        SealError: it was sealed under another site.key.
    """
    kind = KINDS[file.kind]
    lines: list[Line] = read_sheet(open_hr_file(desk.site_key, load_content(tx, file.id)))
    saved = load_column_mapping(tx, file.kind, file.source)
    headings = tuple(cell.strip() for cell in lines[0][1])
    guess = guess_columns(headings, kind.columns, kind.required, saved.headings if saved else None)
    if not guess.is_whole:
        raise UnmappedError(headings, guess)
    on, profile, leave_kinds = file.effective_on, desk.profile, desk.leave_kinds
    return kind.plan(tx, Reading(lines, guess.columns, desk.site_key, on, profile, leave_kinds))


def refuse_file(tx: Tx, file: HrFile, error: Exception) -> None:
    """End a file's way as refused, with the reasons, and tell it."""
    save_settled(tx, file.id, HrFileState.refused, HrSummary(faults=tuple(str(error).splitlines())))
    insert_alarms(tx, [Alarm("hr_file_refused", file.kind, file.name)])


def hold_file(tx: Tx, file: HrFile, summary: HrSummary) -> None:
    """Let a file wait for a second person, and tell it."""
    save_preview(tx, file.id, HrFileState.waits, summary)
    insert_alarms(tx, [Alarm("hr_file_waits", file.kind, f"{file.name}: {summary.percent}%")])


def summarise(differences: Differences) -> HrSummary:
    """Give what is kept of the differences until somebody decided."""
    return HrSummary(
        len(differences.added),
        differences.changed_keys,
        len(differences.left),
        differences.unchanged,
        differences.percent,
        differences.added[:SHOWN_MAX],
        tuple(
            ShownDifference(each.key, each.field, each.before, each.after) for each in differences.changed[:SHOWN_MAX]
        ),
        differences.left[:SHOWN_MAX],
    )


def _preview(desk: HrDesk, file: HrFile) -> None:
    if file.kind not in KINDS:
        known = ", ".join(KINDS)
        unknown = ValueError(f"{file.kind}: この種別はありません / no such kind of file; expected one of {known}")
        with desk.store.transaction(desk.now) as tx:
            refuse_file(tx, file, unknown)
        return
    try:
        summary = summarise(_foresee(desk, file))
    except (CsvError, SealError) as error:
        with desk.store.transaction(desk.now) as tx:
            refuse_file(tx, file, error)
        return
    except UnmappedError as error:
        guess = error.guess
        fields = tuple(sorted(set(KINDS[file.kind].columns.values())))
        faults = guess.faults(KINDS[file.kind].columns)
        with desk.store.transaction(desk.now) as tx:
            told = HrSummary(faults=faults, headings=error.headings, guess=guess.columns, fields=fields)
            save_preview(tx, file.id, HrFileState.unmapped, told)
            insert_alarms(tx, [Alarm("hr_file_unmapped", file.kind, file.name)])
        return
    with desk.store.transaction(desk.now) as tx:
        if summary.percent > desk.percent_max:
            hold_file(tx, file, summary)
        else:
            save_preview(tx, file.id, HrFileState.previewed, summary)


def _foresee(desk: HrDesk, file: HrFile) -> Differences:
    differences = Differences()
    try:
        with desk.store.transaction(desk.now) as tx:
            for earlier in list_unsettled(tx):
                if earlier.effective_on <= file.effective_on and earlier.state in _READ:
                    _write_if_possible(tx, desk, earlier)
            _roll_back(plan_file(tx, desk, file).differences)
    except _Foreseen as foreseen:
        differences = foreseen.differences
    return differences


def _roll_back(differences: Differences) -> None:
    raise _Foreseen(differences)


_READ = (HrFileState.previewed, HrFileState.waits)


def _write_if_possible(tx: Tx, desk: HrDesk, earlier: HrFile) -> None:
    try:
        plan = plan_file(tx, desk, earlier)
    except (CsvError, SealError, UnmappedError):
        return  # it will be refused when its day comes
    plan.write(tx)
