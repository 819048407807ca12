"""The worked examples of RFC 5545 section 3.8.5.3, as the dates that the standard expects; and what is no rule."""

import tomllib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from domain.facilities.booking_fault import BookingFaultsError
from gateway.bookings.recurrence import TEXT_MAX, expand_days, expand_recurrence

NEW_YORK = timezone(timedelta(hours=-4))
"""The examples' clock; the winter's hour makes no day of them another."""

EXAMPLES = tomllib.loads((Path(__file__).parent / "rfc5545.toml").read_text(encoding="utf-8"))["example"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_the_standards_examples(example: dict[str, Any]) -> None:
    starts_at = datetime.fromisoformat(f"{example['starts']}T09:00:00").replace(tzinfo=NEW_YORK)
    expected = [date.fromisoformat(f"{month}-{day}") for month, *days in example["on"] for day in _days(days)]
    last_on = expected[-1] if example.get("forever") else date(2010, 1, 1)
    left_out = [date.fromisoformat(text) for text in example.get("left_out", [])]
    for rule in example["rules"]:
        found = expand_recurrence(rule, starts_at, last_on, left_out=left_out, most=200)
        assert [at.date() for at in found] == expected
        assert {at.time() for at in found} == {starts_at.time()}


def _days(texts: list[str]) -> list[str]:
    """Read ``02`` as a day and ``02-11`` as days."""
    found = []
    for text in texts:
        first, _, last = text.partition("-")
        found += [f"{day:02d}" for day in range(int(first), int(last or first) + 1)]
    return found


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",  # the standard's own, and below a day
        "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
        "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "",
        "TU",
        "COUNT=3",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=2;UNTIL=19970909",
        "FREQ=DAILY;UNTIL=19971341",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=1TU",
        "FREQ=WEEKLY;BYMONTHDAY=2",
        "FREQ=MONTHLY;BYWEEKNO=20",
        "FREQ=MONTHLY;BYYEARDAY=245",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=DAILY;COUNT=2\nEXRULE:FREQ=DAILY",
        "FREQ=DAILY;COUNT=2;X=" + "1" * TEXT_MAX,
    ],
)
def test_what_is_no_rule_of_days_is_refused(rule: str) -> None:
    assert refusal(rule) == "bad_recurrence"


def refusal(rule: str, first_on: date = date(1997, 9, 2)) -> str:
    with pytest.raises(BookingFaultsError) as told:
        expand_days(rule, first_on, date(1999, 12, 31))
    (fault,) = told.value.faults
    assert fault.field == "occurrences"
    return fault.why.value


def test_a_first_day_that_the_rule_does_not_have_is_refused() -> None:
    assert refusal("FREQ=WEEKLY;BYDAY=WE;COUNT=3") == "no_such_occurrence"


def test_a_day_that_never_comes_is_refused_and_not_looked_for_forever() -> None:
    assert refusal("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") == "no_such_occurrence"


def test_more_than_a_series_may_have_is_refused() -> None:
    assert refusal("FREQ=DAILY") == "too_many_occurrences"
    assert refusal("RRULE:FREQ=DAILY;COUNT=9999") == "too_many_occurrences"


def test_a_day_left_out_counts_where_the_rule_counts() -> None:
    weeks = expand_days("freq=weekly;count=3", date(2026, 12, 1), date(2027, 12, 1), left_out=[date(2026, 12, 8)])
    assert weeks == (date(2026, 12, 1), date(2026, 12, 15))


def test_the_last_day_of_until_is_inside() -> None:
    assert len(expand_days("FREQ=DAILY;UNTIL=20261203", date(2026, 12, 1), date(2027, 12, 1))) == 3
