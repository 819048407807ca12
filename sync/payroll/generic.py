"""The generic layout: one person a line, every class in H.MM and in minutes, hours per rate, what is unresolved."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.attendance.month import PersonMonth
from domain.civil import format_h_mm
from sync.payroll.cells import neutral

LAYOUT = "generic"

CLASS_HEADINGS: Mapping[str, str] = {
    "weekday_day": "平日時間外",
    "weekday_night": "平日深夜",
    "restday_day": "休日時間外",
    "restday_night": "休日深夜",
    "parttime_day": "短時間法定内",
    "parttime_night": "短時間法定内深夜",
    "within_statutory": "法定内",
    "within_statutory_night": "法定内深夜",
    "statutory_rest": "法定休日",
    "statutory_rest_night": "法定休日深夜",
    "holiday_regular": "休日勤務",
    "night_regular": "夜間勤務",
    "swap_week": "週休日振替",
}
"""Every class that a profile may give, in the order of the columns."""

RATES = ("100", "125", "135", "150", "160", "175")
ALLOWANCES = ("holiday_regular", "night_regular", "swap_week")


@dataclass(frozen=True, slots=True)
class PayrollLine:
    """One person's month with what payroll calls the person by."""

    person_id: str
    name: str
    department_id: str
    month: PersonMonth


def header() -> list[str]:
    """Give the headings."""
    columns = ["職員番号", "氏名", "所属コード", "年月", "時間外計", "時間外計(分)"]
    for heading in CLASS_HEADINGS.values():
        columns += [heading, f"{heading}(分)", f"{heading}60時間超(分)"]
    columns += [f"支給時間{rate}" for rate in RATES]
    columns += [f"支給時間{CLASS_HEADINGS[name]}" for name in ALLOWANCES]
    return [*columns, "在庁(分)", "正規(分)", "未処理の乖離", "打刻漏れ"]


def cells(line: PayrollLine, period: str) -> list[str]:
    """Give one person's cells, in the order of the headings."""
    month = line.month
    told = [neutral(line.person_id), neutral(line.name), neutral(line.department_id), period]
    told += [month.overtime_shown, str(month.overtime_minutes)]
    for name in CLASS_HEADINGS:
        minutes = month.classes.get(name, 0)
        told += [format_h_mm(minutes), str(minutes), str(month.after_60h.get(name, 0))]
    told += [str(month.pay_hours.get(key, 0)) for key in (*RATES, *ALLOWANCES)]
    missing = sum(len(day.missing) for day in month.days)
    return [*told, str(month.worked_minutes), str(month.regular_minutes), str(month.divergence_count), str(missing)]
