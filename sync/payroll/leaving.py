"""The payroll file obeys its information's class: it goes only to a tier where that may lie, approved by whom it takes.

The settings say which class the file is of (``payroll_class``) and into which tier it is laid (``payroll_tier``). Where
the class asks for approval, a request waits on the page of movements; the file leaves once it is approved, and the
request then has the record of it.
"""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from domain.civil import civil_minute
from domain.zones.information import Demand, Handling
from domain.zones.movement import Movement, MovementAct, MovementState, begin_movement
from store.information_classes import load_register
from store.movements import insert_movement, insert_step, load_movement, save_movement
from store.tx import Tx
from sync.payroll.cells import PayrollFileError
from sync.settings import SyncSettings

PROGRAM = "sync"
"""Who asks, instead of a login."""
VALID = timedelta(days=30)


def name_movement(settings: SyncSettings, period: str) -> str:
    """Give the id of the request for a month's file: the same month into the same tier asks once."""
    told = f"payroll {settings.payroll_layout} {period} {settings.payroll_class} {settings.payroll_tier}"
    return sha256(told.encode()).hexdigest()[:16]


def find_obstacle(tx: Tx, settings: SyncSettings, period: str) -> PayrollFileError | None:
    """Give why a month's file may not leave now, None where it may; a request that is needed is made.

    The transaction is to be committed either way: what is forbidden is recorded too.
    """
    if not settings.payroll_tier:
        return None
    found = load_movement(tx, name_movement(settings, period))
    standing = _ask(tx, settings, period) if found is None else found.kept
    match standing.state:
        case MovementState.approved | MovementState.done:
            return None
        case MovementState.asked:
            told = "承認を待っています。承認のあとで、もう一度渡します", "waits for approval; it leaves after that"
        case _ if standing.demand is Demand.forbidden:
            told = "この分類の情報は、その系に置けません", "information of this class may not lie in that tier"
        case _:
            told = "認められませんでした。情報セキュリティ管理者に相談してください", "was not approved"
    place = f"{period} {settings.payroll_class} → {settings.payroll_tier} /movements/{standing.id}"
    return PayrollFileError(f"{place}: {told[0]} / {told[1]}")


def note_leaving(tx: Tx, settings: SyncSettings, period: str) -> None:
    """Write down that an approved file was laid now."""
    found = load_movement(tx, name_movement(settings, period)) if settings.payroll_tier else None
    if found is None or found.kept.state is not MovementState.approved:
        return
    means = f"payroll_dir · {settings.payroll_layout}"
    done = replace(found.kept, state=MovementState.done, done_by=PROGRAM, done_at=tx.now, means=means)
    if save_movement(tx, found.kept, done):
        insert_step(tx, done.id, MovementAct.carry_out, by=PROGRAM, text=means)


def _ask(tx: Tx, settings: SyncSettings, period: str) -> Movement:
    class_id, tier = settings.payroll_class, settings.payroll_tier
    demand = load_register(tx).demand(class_id, Handling.move, civil_minute(tx.now)[0], to_tier=tier)
    new = Movement(
        name_movement(settings, period),
        Handling.move,
        f"給与連携ファイル {period}",
        class_id,
        demand,
        PROGRAM,
        tx.now,
        "給与システムへの引渡し",
        tx.now + VALID,
        to_tier=tier,
    )
    is_forbidden = demand is Demand.forbidden
    begun = replace(new, state=MovementState.refused) if is_forbidden else begin_movement(new)
    insert_movement(tx, begun, person_id=None, department_id="")
    if is_forbidden:
        insert_step(tx, new.id, MovementAct.refuse, by="")
    return begun
