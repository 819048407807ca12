"""Seven hundred attendance books and order books as PDF, one file a person and one a department, and HR's workbook.

The sheets are the full month of ``benchmarks.month``; the baseline is what counting as many months takes. Ratios are of
processor time, so that they say more than a slow machine does. ``first_s`` is the press with its fonts and first paper.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from benchmarks.month import busy_month
from contract.calendar_feed import write_calendar
from domain.attendance.month import derive_month
from sync.documents.attendance_book import lay_out_book
from sync.documents.month_workbook import write_workbook
from sync.documents.overtime_orders import OrderNote, lay_out_orders
from sync.documents.press import Press
from sync.documents.sheet import MonthSheet, SheetPerson

PEOPLE = 700
DEPARTMENT = 35
MADE_AT = datetime(2025, 12, 3, tzinfo=UTC)


def run() -> dict[str, Any]:
    """Give seconds for the whole city, and each thing's milliseconds a person against those of counting a month."""
    facts = busy_month()
    month = derive_month(facts)
    sheets = [MonthSheet(SheetPerson(f"{n:06d}", f"萩 {n}郎", "総務課"), month) for n in range(PEOPLE)]
    notes = {order.ref: OrderNote("災害対応の準備", "吉田 松陰", MADE_AT) for order in facts.orders}
    first_s, press = _first(sheets[0])
    rooms = [sheets[start : start + DEPARTMENT] for start in range(0, PEOPLE, DEPARTMENT)]

    def books() -> None:
        for sheet in sheets:
            press.print_pdf("attendance_book", [lay_out_book(sheet)], MADE_AT)

    def orders() -> None:
        for sheet in sheets:
            press.print_pdf("overtime_orders", [lay_out_orders(sheet, notes)], MADE_AT)

    def rooms_of_books() -> None:
        for room in rooms:
            press.print_pdf("attendance_book", [lay_out_book(sheet) for sheet in room], MADE_AT)

    figures: dict[str, Any] = {"people": PEOPLE, "first_s": first_s}
    for name, act in {
        "baseline_months": lambda: [derive_month(facts) for _ in sheets],
        "attendance_books": books,
        "overtime_orders": orders,
        "department_books": rooms_of_books,
        "workbook": lambda: write_workbook(sheets),
        "calendars": lambda: [write_calendar(sheet.person.id, month.days, MADE_AT, leave_names={}) for sheet in sheets],
    }.items():
        figures[f"{name}_s"], figures[f"{name}_cpu_s"] = _seconds(act)
        figures[f"{name}_ratio"] = round(figures[f"{name}_cpu_s"] / figures["baseline_months_cpu_s"], 2)
    return figures


def _first(sheet: MonthSheet) -> tuple[float, Press]:
    began = time.perf_counter()
    press = Press()
    press.print_pdf("attendance_book", [lay_out_book(sheet)], MADE_AT)
    return round(time.perf_counter() - began, 3), press


def _seconds(act: Callable[[], object]) -> tuple[float, float]:
    began, cpu_began = time.perf_counter(), time.process_time()
    act()
    return round(time.perf_counter() - began, 3), round(time.process_time() - cpu_began, 3)
