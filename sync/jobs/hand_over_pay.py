"""Closed months to payroll: what is due becomes a batch and lines in one commit, and each row is handed over once."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.attendance.pay_due import due_rows, row_order, whole_row
from domain.attendance.pay_line import AgreedAdjustment, ClosedMonth, LineState, PayLine, PayRow
from store.pay_lines import (
    Claim,
    claim_row,
    insert_pay_lines,
    list_handed,
    list_pay_lines,
    save_row_state,
    save_superseded,
)
from store.payroll import PayrollBatch, insert_batch
from store.tx import Store, Tx
from sync.payroll.batch import FileBatch, batch_id, make_batches
from sync.payroll.delivery import Delivered, PayrollPort, deliver_row
from sync.payroll.layout import Layout
from sync.payroll.rows import Payee, UntoldPayError, find_untold, json_body, row_lines

STALE_AFTER = timedelta(minutes=30)
"""A row that was sent so long ago and never answered has no sender any more."""


@dataclass(frozen=True, slots=True)
class PersonClosed:
    """One person's closed versions of a month, and what was agreed to put right in them, the earliest first."""

    versions: tuple[ClosedMonth, ...]
    adjustments: tuple[AgreedAdjustment, ...] = ()


Closed = Mapping[str, PersonClosed]
"""Everybody's closed month by person."""


def find_due(tx: Tx, layout: Layout, period: str, closed: Closed) -> list[PayRow]:
    """Give what payroll is still owed of a month, by this layout."""
    handed = list_handed(tx, period, layout.name)
    replace = layout.corrections == "replace"
    return [
        row
        for person_id, each in sorted(closed.items())
        for row in due_rows(each.versions, each.adjustments, handed.get(person_id, ()), replace=replace)
    ]


def make_pay_files(
    tx: Tx, layout: Layout, period: str, closed: Closed, payees: Mapping[str, Payee], *, without_unfit: bool = False
) -> tuple[FileBatch, ...]:
    """Make the files of what is due and keep them with their lines; nothing due gives none.

    Raises:
        PayrollFileError: the files cannot be written as they are; nothing is kept.
        LinesStandError: another run made some of it at the same time; roll back and look again.
    """
    rows = find_due(tx, layout, period, closed)
    batches = make_batches(layout, period, rows, payees, without_unfit=without_unfit)
    for batch in batches:
        if people := len({row.person_id for row in batch.rows}):
            insert_batch(tx, PayrollBatch(batch.id, period, layout.name, people, batch.content))
            insert_pay_lines(tx, batch.id, batch.lines)
    return batches


@dataclass(frozen=True, slots=True)
class Sending:
    """What sending takes: the database, the time, the form, the service, and a way to wait so many seconds."""

    store: Store
    clock: Callable[[], datetime]
    layout: Layout
    port: PayrollPort
    pause: Callable[[float], None] = time.sleep


def send_due(sending: Sending, period: str, closed: Closed) -> tuple[Delivered, ...]:
    """Hand what is due to a service that overwrites months, and settle what earlier runs left open.

    Each row is written as sent and committed before it leaves; what becomes of it is committed before the next one.

    Raises:
        UntoldPayError: the service has no field for somebody's pay; nothing is sent.
        LinesStandError: another run made some of it at the same time; look again.
        PortClosedError: the service takes nothing from us; what was sent before stands.
        ValueError: the layout is of a product that adds up.
    """
    layout = sending.layout
    if layout.corrections != "replace":
        raise ValueError(f"layout {layout.name} adds up what it gets; expected one that replaces a month")
    with sending.store.transaction(sending.clock()) as tx:
        _make_rows(tx, layout, period, closed)
        rows = _open_rows(tx, layout, period, closed)
    return tuple(told for row in rows if (told := _hand_over(sending, row)) is not None)


def _make_rows(tx: Tx, layout: Layout, period: str, closed: Closed) -> None:
    rows = find_due(tx, layout, period, closed)
    if not rows:
        return
    untold = find_untold(layout, rows)
    if untold:
        raise UntoldPayError(layout, untold)
    bodies = [{"key": row.key, "body": json_body(layout, row)} for row in rows]
    content = "".join(f"{json.dumps(body, ensure_ascii=False, sort_keys=True)}\n" for body in bodies).encode()
    batch = PayrollBatch(batch_id(period, layout.name, content), period, layout.name, len(rows), content)
    insert_batch(tx, batch)
    insert_pay_lines(tx, batch.id, [line for row in rows for line in row_lines(layout, row)])


def _open_rows(tx: Tx, layout: Layout, period: str, closed: Closed) -> list[PayRow]:
    # Only a month's last row is sent: an earlier one would undo it.
    by_person: dict[str, dict[tuple[int, str], tuple[PayLine, LineState]]] = defaultdict(dict)
    for standing in list_pay_lines(tx, period, layout.name):
        line = standing.line
        by_person[line.person_id][line.version, line.row] = (line, standing.state)
    rows = []
    for person_id, some in sorted(by_person.items()):
        *earlier, last = sorted(some, key=lambda name: row_order(*name))
        for name in earlier:
            line, state = some[name]
            if state in {LineState.made, LineState.sent}:
                save_superseded(tx, line)
        if some[last][1] in {LineState.made, LineState.sent} and person_id in closed:
            person = closed[person_id]
            rows.append(whole_row(person.versions, person.adjustments, *last))
    return rows


def _hand_over(sending: Sending, row: PayRow) -> Delivered | None:
    now = sending.clock()
    with sending.store.transaction(now) as tx:
        claim = claim_row(tx, row, sending.layout.name, stale_before=now - STALE_AFTER)
    if claim is Claim.taken:
        return None
    told = deliver_row(row, sending.port, doubtful=claim is Claim.doubtful, pause=sending.pause)
    with sending.store.transaction(sending.clock()) as tx:
        save_row_state(tx, row, sending.layout.name, told.state, told.words)
    return told
