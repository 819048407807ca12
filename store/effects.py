"""What approved applications put into force: rows that name them, ended with the instant and never deleted."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Table, func, insert, select, update

from domain.attendance.effects import Effect, HandPunch, TakenLeave, WrongTap
from domain.attendance.elsewhere import Elsewhere
from domain.attendance.facts import Compensatory, Order, Swap
from domain.attendance.spans import civil_date, minute_from
from domain.civil import instant
from store.leave_tables import leave_taken
from store.orders import OvertimeOrder, insert_order
from store.roster_tables import compensatory_day, day_swap, elsewhere, manual_punch, wrong_tap
from store.tables import overtime_order
from store.tx import Tx

TABLES = (overtime_order, leave_taken, manual_punch, wrong_tap, day_swap, compensatory_day, elsewhere)


def insert_effects(
    tx: Tx, application_id: str, person_id: str, effects: Iterable[Effect], *, by: str, reason: str
) -> None:
    """Put what an application asked for into force.

    Args:
        tx: the transaction.
        application_id: the approved application; the rows' ids begin with it.
        person_id: whom it is about.
        effects: what it asks for.
        by: the person who approved it at last: an order is that person's.
        reason: why it was asked for.
    """
    for number, effect in enumerate(effects):
        effect_id = f"{application_id}/{number}"
        if isinstance(effect, Order):
            insert_order(tx, _order(tx, effect, effect_id, application_id, person_id, by=by, reason=reason))
        else:
            table, values = _wrong_tap(effect, by, reason) if isinstance(effect, WrongTap) else _row(effect)
            key = {"id": effect_id, "person_id": person_id, "application_id": application_id}
            tx.connection.execute(insert(table).values(**key, **values))


def end_effects(tx: Tx, application_id: str) -> None:
    """End at ``tx.now`` whatever of an application is in force."""
    for table in TABLES:
        mine = (table.c.application_id == application_id) & table.c.ended_at.is_(None)
        tx.connection.execute(update(table).where(mine).values(ended_at=tx.now))


def sum_taken_minutes(tx: Tx, application_ids: Collection[str]) -> int:
    """Count the minutes of leave in force that applications brought."""
    brought = leave_taken.c.application_id.in_(application_ids), leave_taken.c.ended_at.is_(None)
    minutes: int = tx.connection.execute(
        select(func.coalesce(func.sum(leave_taken.c.minutes), 0)).where(*brought)
    ).scalar_one()
    return minutes


def _order(
    tx: Tx, effect: Order, effect_id: str, application_id: str, person_id: str, *, by: str, reason: str
) -> OvertimeOrder:
    on = civil_date(effect.starts)
    return OvertimeOrder(
        effect_id,
        person_id,
        instant(on, minute_from(on, effect.starts)),
        instant(on, minute_from(on, effect.ends)),
        reason,
        by,
        tx.now,
        tuple((minute_from(on, start), minute_from(on, end)) for start, end in effect.breaks),
        application_id,
    )


def _wrong_tap(effect: WrongTap, by: str, reason: str) -> tuple[Table, dict[str, Any]]:
    device_id, epoch, seq = effect.ref.split("/")
    record = {"device_id": device_id, "epoch": int(epoch), "seq": int(seq)}
    return wrong_tap, {**record, "tapped_at": instant(effect.on, effect.minute), "agreed_by": by, "reason": reason}


def _row(effect: TakenLeave | HandPunch | Swap | Compensatory | Elsewhere) -> tuple[Table, dict[str, Any]]:
    match effect:
        case TakenLeave(leave=leave, minutes=minutes):
            times = {"starts_minute": leave.starts_minute, "ends_minute": leave.ends_minute}
            return leave_taken, {"kind": leave.kind, "day_on": leave.on, "minutes": minutes, **times}
        case HandPunch(on=on, minute=minute, direction=direction):
            return manual_punch, {"punched_at": instant(on, minute), "direction": direction.value}
        case Swap(worked_on=worked_on, off_on=off_on, part_minutes=part):
            return day_swap, {"worked_on": worked_on, "off_on": off_on, "part_minutes": part}
        case Compensatory(worked_on=worked_on, off_on=off_on):
            return compensatory_day, {"worked_on": worked_on, "off_on": off_on}
        case Elsewhere(on=on, kind=kind, starts_minute=starts, ends_minute=ends):
            times = {"starts_minute": starts, "ends_minute": ends}
            return elsewhere, {"day_on": on, "kind": kind.value, **times}
