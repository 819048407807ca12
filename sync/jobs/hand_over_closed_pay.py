"""Closed months handed over: files into payroll's folder, or rows to its service. Again is harmless.

What is due is made and committed first, laid or sent then, and noted as sent last. Whoever dies in between leaves rows
that are made; the next run lays the same bytes under the same name.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from domain.access.rights import PersonKind
from domain.attendance.closing import IN_FORCE
from domain.attendance.month import month_bounds
from domain.attendance.pay_line import LineState, RowKind
from store.closings import load_standings
from store.pay_lines import LinesStandError, list_pay_lines, save_batch_sent
from store.pay_overview import count_line_states, list_closed_periods, list_due_people
from store.payroll import list_batches
from store.people import is_employed, list_persons
from store.tx import Store, Tx
from sync.jobs.hand_over_pay import Sending, make_pay_files, send_due
from sync.jobs.keep_payroll_access import telling_closed
from sync.jobs.load_closed_pay import load_closed_pay
from sync.payroll.batch import LeftOut, file_name
from sync.payroll.freee_access import FreeeAccess
from sync.payroll.freee_api import open_freee
from sync.payroll.layout import Layout
from sync.payroll.layout_files import LayoutError, adapt_layout, load_layout
from sync.payroll.leaving import find_obstacle, note_leaving
from sync.payroll.rows import Payee
from sync.settings import SyncSettings
from sync.whole_file import lay_file

MONTHS_BACK = 13
"""So many closed months are looked at by the clock; an older one is handed over by hand."""
TRIES_MAX = 3
"""How often what is due is looked at again when another run made some of it meanwhile."""


@dataclass(frozen=True, slots=True)
class PayDesk:
    """What handing over takes: the database, the settings, the time."""

    store: Store
    settings: SyncSettings
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a month: the files that were laid with their bytes, who was left out, and rows sent by state."""

    files: tuple[tuple[str, bytes], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sent: Counter[LineState] | None = None


def read_form(settings: SyncSettings) -> Layout:
    """Give the form that payroll is told by, as the city's product is set to it.

    Raises:
        LayoutError: it cannot be used, or it is a service's and the settings name none.
    """
    layout = load_layout(settings.payroll_layout, city_file=settings.payroll_layout_file)
    if layout.format == "json" and settings.freee is None:
        raise LayoutError(
            f"{layout.title}: 設定 freee がありません / layout {layout.name} is a service's: expected the setting freee"
        )
    return adapt_layout(layout, time=settings.payroll_time, encoding=settings.payroll_encoding)


def load_payees(tx: Tx) -> dict[str, Payee]:
    """Give everybody as payroll calls them, by person."""
    return {who.id: Payee(who.id, who.name, who.kana, who.department_id) for who in list_persons(tx)}


def hand_over_month(desk: PayDesk, period: str, *, without_unfit: bool = False) -> HandedOver:
    """Hand over what is due of a month's closed part; ``without_unfit`` leaves out who cannot be written, and says so.

    Raises:
        PayrollFileError: the form cannot be used, somebody cannot be written, or the file may not go where it would
            (it waits for approval, or its class forbids it); nothing was made.
        PortClosedError, EmployeeListError: the service takes nothing from us; what was sent before stands.
        ValueError: ``period`` is no month.
    """
    month_bounds(period)
    layout = read_form(desk.settings)
    _demand_leave(desk, period)
    if layout.format == "json":
        done = HandedOver(sent=_send(desk, layout, period))
    else:
        left_out = _make(desk, layout, period, without_unfit=without_unfit)
        done = HandedOver(_lay(desk, layout, period), left_out)
    with desk.store.transaction(desk.clock()) as tx:
        note_leaving(tx, desk.settings, period)
    return done


def _demand_leave(desk: PayDesk, period: str) -> None:
    if not desk.settings.payroll_tier:
        return
    with desk.store.transaction(desk.clock()) as tx:
        obstacle = find_obstacle(tx, desk.settings, period)
    if obstacle is not None:
        raise obstacle


def hand_over_whole_months(desk: PayDesk) -> str:
    """Hand over what is due of the latest months of which nobody is left open; gives what was done.

    Raises:
        ExceptionGroup: some months could not be handed over; the others were.
    """
    layout = read_form(desk.settings)
    told, failed = [], []
    for period in _list_ready(desk, layout):
        try:
            done = hand_over_month(desk, period)
        except Exception as error:  # noqa: BLE001 (the other months are handed over all the same)
            failed.append(error)
            continue
        told.append(f"{period}: files {len(done.files)}, sent {sum((done.sent or Counter()).values())}")
    if failed:
        raise ExceptionGroup("some months were not handed over", failed)
    return "; ".join(told) or "nothing due"


def _list_ready(desk: PayDesk, layout: Layout) -> list[str]:
    with desk.store.reading(desk.clock()) as tx:
        periods = list_closed_periods(tx, limit=MONTHS_BACK)
        states = count_line_states(tx, periods, layout.name)
        open_states = {LineState.made, LineState.sent} if layout.format == "json" else {LineState.made}
        return [
            period
            for period in sorted(periods)
            if (list_due_people(tx, period, layout.name) or open_states & states.get(period, {}).keys())
            and _is_whole(tx, period)
        ]


def _is_whole(tx: Tx, period: str) -> bool:
    first_on, last_on = month_bounds(period)
    standings = load_standings(tx, period)
    staff = (who for who in list_persons(tx) if who.kind == PersonKind.staff and is_employed(who, first_on, last_on))
    return all(who.id in standings and standings[who.id].state in IN_FORCE for who in staff)


def _make(desk: PayDesk, layout: Layout, period: str, *, without_unfit: bool) -> tuple[LeftOut, ...]:
    for turn in range(TRIES_MAX):
        try:
            with desk.store.transaction(desk.clock()) as tx:
                closed, payees = load_closed_pay(tx, period), load_payees(tx)
                files = make_pay_files(tx, layout, period, closed, payees, without_unfit=without_unfit)
            return tuple(each for file in files for each in file.left_out)
        except LinesStandError:
            if turn + 1 == TRIES_MAX:
                raise
    return ()


def _lay(desk: PayDesk, layout: Layout, period: str) -> tuple[tuple[str, bytes], ...]:
    with desk.store.reading(desk.clock()) as tx:
        made = {each.batch_id: each.line.row for each in list_pay_lines(tx, period, layout.name)
                if each.state is LineState.made}  # fmt: skip
        batches = [batch for _, batch in list_batches(tx, period) if batch.id in made]
    folder = desk.settings.payroll_dir
    folder.mkdir(parents=True, exist_ok=True)
    laid = []
    for batch in batches:
        kind = RowKind(made[batch.id].partition(":")[0])
        name = file_name(period, layout.name, kind, batch.id)
        lay_file(folder, name, batch.content)
        with desk.store.transaction(desk.clock()) as tx:
            save_batch_sent(tx, batch.id)
        laid.append((name, batch.content))
    return tuple(laid)


def _send(desk: PayDesk, layout: Layout, period: str) -> Counter[LineState]:
    freee = desk.settings.freee
    if freee is None:
        raise ValueError("expected the setting freee")
    with desk.store.reading(desk.clock()) as tx:
        closed = load_closed_pay(tx, period)
    access = FreeeAccess(desk.store, freee, desk.settings.load_site_key(), desk.clock)
    with telling_closed(desk.store, desk.clock), open_freee(freee, layout, access) as port:
        told = send_due(Sending(desk.store, desk.clock, layout, port), period, closed)
    return Counter(each.state for each in told)


def previous_month(on: date) -> str:
    """Give the month before a day, ``YYYY-MM``."""
    return f"{on.year - (on.month == 1)}-{(on.month - 2) % 12 + 1:02}"
