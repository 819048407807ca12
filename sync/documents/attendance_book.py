"""出勤簿: a person's month day by day, and its sums. Pure: from counted values to the words of the paper."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.attendance.facts import Direction, Leave
from domain.attendance.month import PersonMonth
from domain.attendance.person_day import PersonDay
from domain.civil import format_clock, format_h_mm
from sync.documents.names import CLASSES, DAY_KINDS, DIVERGENCES, LEAVE_KINDS, name_of, weekday
from sync.documents.sheet import MonthSheet, clock_range, head


def lay_out_book(sheet: MonthSheet) -> dict[str, Any]:
    """Give the sheet's words: ``rows`` of cells, ``sums`` as pairs of a label and a value, and the head."""
    names = {**LEAVE_KINDS, **sheet.leave_names}
    return {
        **head(sheet),
        "rows": [_row(day, names) for day in sheet.month.days],
        "sums": list(_sums(sheet.month)),
        "after_60h": list(_class_sums(sheet.month.after_60h)),
    }


def _row(day: PersonDay, names: dict[str, str]) -> dict[str, Any]:
    cells = [
        str(day.on.day),
        weekday(day.on),
        clock_range(day.scheduled_minute) if day.kind == "work" else "",
        "" if day.in_minute is None else format_clock(day.in_minute),
        "" if day.out_minute is None else format_clock(day.out_minute),
        format_h_mm(day.worked_minutes) if day.worked_minutes else "",
        format_h_mm(day.overtime_minutes) if day.overtime_minutes else "",
        "・".join(_leave_words(leave, names) for leave in day.leave),
        "・".join(_remarks(day)),
    ]
    return {"off": day.kind != "work", "cells": cells}


def _leave_words(leave: Leave, names: dict[str, str]) -> str:
    name = name_of(names, leave.kind)
    if leave.starts_minute is None or leave.ends_minute is None:
        return name
    return f"{name} {clock_range((leave.starts_minute, leave.ends_minute))}"


def _remarks(day: PersonDay) -> Iterator[str]:
    if DAY_KINDS[day.kind]:
        yield DAY_KINDS[day.kind]
    if day.late_minutes:
        yield f"遅参 {format_h_mm(day.late_minutes)}"
    if day.early_leave_minutes:
        yield f"早退 {format_h_mm(day.early_leave_minutes)}"
    for divergence in day.divergences:
        yield f"{name_of(DIVERGENCES, divergence.kind)} {format_h_mm(divergence.minutes)}"
    told = {divergence.kind.value for divergence in day.divergences}
    for missing in day.missing:
        side = "in" if missing.direction is Direction.clock_in else "out"
        if f"missing_{side}" not in told:
            yield DIVERGENCES[f"missing_{side}"]


def _sums(month: PersonMonth) -> Iterator[tuple[str, str]]:
    yield "出勤日数", f"{sum(1 for day in month.days if day.worked_minutes)}日"
    yield "実働", format_h_mm(month.worked_minutes)
    yield "正規の勤務時間", format_h_mm(month.regular_minutes)
    yield "超過勤務", month.overtime_shown
    yield from _class_sums(month.classes)
    if month.divergence_count:
        yield "乖離", f"{month.divergence_count}件"


def _class_sums(classes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name, minutes in classes.items():
        if minutes:
            yield name_of(CLASSES, name), format_h_mm(minutes)
