"""A person's calendar read back by another library: shifts and leave at their hours, under ids that stay."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from contract.calendar_feed import write_calendar
from domain.attendance.facts import Leave
from domain.attendance.person_day import PersonDay
from domain.attendance.shift import DayKind
from tests.sync.documents.papers import FULL, MADE_AT, TROUBLED

TOKYO = ZoneInfo("Asia/Tokyo")


def events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_shifts_of_the_month() -> None:
    content = write_calendar("000101", FULL.month.days, MADE_AT, leave_names={})
    calendar = icalendar.Calendar.from_ical(content)
    (found,) = recurring_ical_events.of(calendar).at(date(2025, 11, 4))
    assert (found["SUMMARY"], found.start, found.end) == (
        "勤務",
        datetime(2025, 11, 4, 8, 30, tzinfo=TOKYO),
        datetime(2025, 11, 4, 17, 15, tzinfo=TOKYO),
    )
    assert recurring_ical_events.of(calendar).at(date(2025, 11, 3)) == []
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Tokyo"]
    assert (str(calendar["NAME"]), calendar["REFRESH-INTERVAL"].dt) == ("勤務", timedelta(hours=1))
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in content
    assert b"DTSTART;TZID=Asia/Tokyo:20251104T083000" in content


def test_leave_of_a_day_stands_alone_and_leave_of_hours_beside_the_shift() -> None:
    calendar = icalendar.Calendar.from_ical(
        write_calendar(
            "p", TROUBLED.month.days, MADE_AT, leave_names={"annual": "年次有給休暇", **TROUBLED.leave_names}
        )
    )
    (whole,) = recurring_ical_events.of(calendar).at(date(2025, 11, 10))
    assert (whole["SUMMARY"], whole.start, whole.end) == ("年次有給休暇", date(2025, 11, 10), date(2025, 11, 11))
    part = recurring_ical_events.of(calendar).at(date(2025, 11, 11))
    assert sorted((str(each["SUMMARY"]), each.duration) for each in part) == [
        ("勤務", timedelta(hours=8, minutes=45)),
        ("年次有給休暇", timedelta(hours=2)),
    ]
    (own,) = recurring_ical_events.of(calendar).at(date(2025, 11, 12))
    assert own["SUMMARY"] == "リフレッシュ休暇"


def test_ids_stay_when_a_day_changes() -> None:
    before = PersonDay(date(2025, 11, 4), DayKind.work, (510, 1035))
    after = PersonDay(date(2025, 11, 4), DayKind.work, (600, 1125), (Leave(date(2025, 11, 4), "annual", 600, 660),))
    (first,) = events(write_calendar("p1", [before], MADE_AT, leave_names={}))
    changed = {
        str(each["UID"]) for each in events(write_calendar("p1", [after], MADE_AT + timedelta(days=1), leave_names={}))
    }
    assert str(first["UID"]) in changed
    (other,) = events(write_calendar("p2", [before], MADE_AT, leave_names={}))
    assert other["UID"] != first["UID"]


def test_a_night_shift_ends_on_the_day_after_and_text_is_escaped() -> None:
    night = PersonDay(date(2025, 11, 4), DayKind.work, (1320, 1860), (Leave(date(2025, 11, 4), "x", 1320, 1380),))
    shift, leave = events(write_calendar("p1", [night], MADE_AT, leave_names={"x": "休み;\r\nBEGIN:VEVENT, \\n"}))
    assert shift["DTEND"].dt == datetime(2025, 11, 5, 7, tzinfo=TOKYO)
    assert "BEGIN:VEVENT" in leave["SUMMARY"]
