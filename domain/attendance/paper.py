"""Papers that are made on order (帳票): what there is, of whom, and how far an order is."""

from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    """What can be ordered: papers of people's months, what payroll takes or says of one, and papers of takings."""

    attendance_book = "attendance_book"  # 出勤簿, PDF
    overtime_orders = "overtime_orders"  # 時間外勤務命令簿, PDF
    workbook = "workbook"  # HR's figures, xlsx
    pay_file = "pay_file"  # what is due to payroll, in the city's layout
    pay_file_partial = "pay_file_partial"  # the same, without whoever cannot be written as is
    pay_characters = "pay_characters"  # who cannot be written in the layout, and why
    pay_check = "pay_check"  # payroll's own list held against what was handed over
    receipt = "receipt"  # 領収書 of a taking, PDF
    takings_day = "takings_day"  # 収納日計表 of a closed day, PDF


PAYROLL = frozenset({PaperKind.pay_file, PaperKind.pay_file_partial, PaperKind.pay_characters, PaperKind.pay_check})
"""Papers of payroll: of everybody, for HR alone."""

AT_THE_DESK = frozenset({PaperKind.receipt, PaperKind.takings_day})
"""Papers of what a desk has in hand, for whoever ordered them alone."""


class PaperState(StrEnum):
    """How far an order is."""

    waiting = "waiting"
    making = "making"
    done = "done"
    failed = "failed"


FINISHED = frozenset({PaperState.done, PaperState.failed})


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """An order: ``period`` is a month ``YYYY-MM``, ``asked_by`` a login.

    It is of one person, of one department as it is staffed now, or, with neither, of everybody.
    """

    id: str
    kind: PaperKind
    period: str
    asked_by: str
    person_id: str | None = None
    department_id: str | None = None
