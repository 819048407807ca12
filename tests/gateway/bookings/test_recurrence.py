"""Recurrence by the worked examples of RFC 5545 (section 3.8.5.3), by its definition (3.3.10), and what is no rule."""

import tomllib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.series import OCCURRENCES_MAX
from gateway.bookings.recurrence import TEXT_MAX, expand_days, expand_recurrence
from tests.gateway.bookings.by_definition import list_days

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


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(lambda each: ",".join(map(str, each)))


def signed(most: int) -> st.SearchStrategy[str]:
    return some(st.integers(1, most) | st.integers(-most, -1))


def rule_of(freq: str, *, whole: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """Give rules of a frequency with some of the parts that it may have."""
    anyway = {"INTERVAL": st.integers(1, 4).map(str), "COUNT": st.integers(1, 12).map(str), "BYMONTH": MONTHS}
    return st.fixed_dictionaries({"FREQ": st.just(freq)}, optional=anyway | whole).map(
        lambda parts: ";".join(f"{name}={value}" for name, value in parts.items())
    )


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MONTHS, DAYS, BEGINS = some(st.integers(1, 12)), some(st.sampled_from(WEEKDAYS)), st.sampled_from(WEEKDAYS)
NTH = some(st.builds("{}{}".format, st.sampled_from([1, 2, 4, 5, -1, -2]), st.sampled_from(WEEKDAYS)))
RULES = (
    rule_of("DAILY", whole={"BYDAY": DAYS, "BYMONTHDAY": signed(31)})
    | rule_of("WEEKLY", whole={"BYDAY": DAYS, "WKST": BEGINS})
    | rule_of("MONTHLY", whole={"BYDAY": DAYS | NTH, "BYMONTHDAY": signed(31)})
    | st.builds("FREQ=MONTHLY;BYDAY={};BYSETPOS={}".format, DAYS, signed(9))
    | rule_of("YEARLY", whole={"BYDAY": DAYS | NTH, "BYYEARDAY": signed(366)})
    | st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, MONTHS, signed(31))
    | st.builds("FREQ=YEARLY;INTERVAL=4;BYMONTH={};BYMONTHDAY={};BYDAY={}".format, MONTHS, signed(31), DAYS)
)


@given(rule=RULES, begins_on=st.dates(date(2025, 1, 1), date(2029, 12, 31)))
@example("FREQ=MONTHLY;COUNT=12", date(2026, 1, 31))  # months without a 31st have none
@example("FREQ=YEARLY", date(2028, 2, 29))
@example("FREQ=WEEKLY;INTERVAL=2;WKST=WE;BYDAY=MO,WE,FR", date(2026, 9, 7))
def test_what_comes_of_a_rule_is_what_the_standard_defines(rule: str, begins_on: date) -> None:
    last_on = begins_on + timedelta(days=3000)
    days = list_days(rule, begins_on, last_on)
    assume(days)
    expected = list_days(rule, days[0], last_on)
    if len(expected) > OCCURRENCES_MAX:
        assert refusal(rule, days[0], last_on) == "too_many_occurrences"
    else:
        assert list(expand_days(rule, days[0], last_on)) == expected


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
        "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1",  # the library takes the week from the first day on for a whole one
        "FREQ=YEARLY;BYMONTHDAY=29",  # of every month, or of the first day's: the standard leaves it open
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",  # the standard's own; at the turn of a year the library's weeks are others
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=DAILY;COUNT=2\nEXRULE:FREQ=DAILY",
        "FREQ=DAILY;COUNT=2;X=" + "1" * TEXT_MAX,
    ],
)
def test_what_is_no_rule_of_days_is_refused(rule: str) -> None:
    assert refusal(rule) == "bad_recurrence"


def refusal(rule: str, first_on: date = date(1997, 9, 2), last_on: date = date(1999, 12, 31)) -> str:
    with pytest.raises(BookingFaultsError) as told:
        expand_days(rule, first_on, last_on)
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
