"""A booking's faults as people read them, Japanese first: the field, what was expected, what to do, the values."""

from collections.abc import Iterable
from datetime import date, datetime

from domain.civil import JST
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.booking_words import FIELDS, PERS, WORDS
from domain.telling import name_field

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def tell_booking_fault(fault: BookingFault) -> str:
    """Give a fault's words: ``人数: 定員は 20 人です。… / party: the room holds 20; …``."""
    return name_field(FIELDS, fault.field, describe_booking_fault(fault))


def describe_booking_fault(fault: BookingFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and English without its field, for a place beside the field."""
    japanese, english = WORDS[fault.why]
    values = {name: _written(value) for name, value in fault.values.items()}
    japanese = japanese.format_map({name: text for name, (text, _) in values.items()})
    english = english.format_map({name: text for name, (_, text) in values.items()})
    if fault.why is BookingWhy.quota_reached:
        return _with_quota(fault, japanese, english)
    return japanese, english


def _with_quota(fault: BookingFault, japanese: str, english: str) -> tuple[str, str]:
    per, per_en = PERS[str(fault.values["per"])]
    if "most" in fault.values:
        most, used = fault.values["most"], fault.values["used"]
        return (
            f"{japanese}（{per} {most} 件、予約済み {used} 件）",
            f"{english} (at most {most} {per_en}, booked {used})",
        )
    most, used = fault.values["most_minutes"], fault.values["used_minutes"]
    return (
        f"{japanese}（{per} {most} 分、予約済み {used} 分）",
        f"{english} (at most {most} minutes {per_en}, booked {used})",
    )


def format_time(at: datetime) -> str:
    """Write an instant as ``2026-12-01 09:00``, in Japan."""
    return at.astimezone(JST).strftime("%Y-%m-%d %H:%M")


def format_times(times: Iterable[tuple[datetime, datetime]]) -> str:
    """Write stretches as ``2026-12-01 09:00–12:00``; one that ends on another day says so."""
    written = []
    for from_at, until_at in times:
        start, end = from_at.astimezone(JST), until_at.astimezone(JST)
        same = start.date() == end.date()
        written.append(f"{format_time(start)}–{end.strftime('%H:%M') if same else format_time(end)}")
    return ", ".join(written)


def _written(value: object) -> tuple[str, str]:
    if isinstance(value, datetime):
        return format_time(value), format_time(value)
    if isinstance(value, date):
        return value.isoformat(), value.isoformat()
    if isinstance(value, frozenset):
        days = sorted(value)
        return "・".join("月火水木金土日"[day] for day in days), ", ".join(_WEEKDAYS[day] for day in days)
    if isinstance(value, tuple):
        text = format_times(value)
        return text, text
    return str(value), str(value)
