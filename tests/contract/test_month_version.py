"""A closed month's bytes: golden, the same for the same month, read back whole, and never read from anything else."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.adjustment_content import (
    AdjustmentContentError,
    hash_adjustment,
    read_adjustment,
    write_adjustment,
)
from contract.month_version import (
    BYTES_MAX,
    MonthVersionError,
    hash_month,
    read_counted,
    read_month,
    write_month,
)
from domain.attendance.adjustment import Counted, Difference, count_days, find_difference
from domain.attendance.counted_month import sum_month
from domain.attendance.facts import MonthFacts
from domain.attendance.month import derive_month
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import DatedProfiles, FormerProfile
from tests.domain.attendance.test_adjustment import COUNTS
from tests.domain.attendance.test_month_w1 import A
from tests.domain.attendance.test_properties import month_facts
from tests.profiles import HAGI, LSA

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "months" / "month_version.1.json"
GOLDEN_HASH = "bacf7207aad6eda0e04ad150bab1f79057524150ee28bbf80a456d69940a4262"


def test_the_golden_month() -> None:
    content = GOLDEN.read_bytes().removesuffix(b"\n")
    assert write_month(A, "2025-11", HAGI) == content
    assert hash_month(content) == GOLDEN_HASH
    closed = read_month(content, 1)
    assert (closed.person_id, closed.period, closed.version, closed.overtime_minutes) == ("p1", "2025-11", 1, 4350)
    assert closed.pay_hours["150"] == 15


def test_each_minute_says_why_it_counts() -> None:
    days = {day["on"]: day for day in json.loads(GOLDEN.read_bytes())["days"]}
    (row,) = (row for row in days["2025-11-13"]["ledger"] if row[2] == "weekday_day")
    assert row[:5] == [1035, 1230, "weekday_day", 125, "2025-11-13 17:15"]
    assert row[5] == ["2025-11-13 08:25", "2025-11-13 20:30"]
    assert row[6]


def test_rules_with_a_day_of_force_are_named_with_it_and_others_are_not() -> None:
    content = write_month(A, "2025-11", HAGI)
    earlier = DatedProfiles((FormerProfile(date(2025, 10, 31), LSA),), HAGI)
    later = DatedProfiles((FormerProfile(date(2025, 11, 30), HAGI),), LSA)
    assert write_month(A, "2025-11", later) == content
    dated = write_month(A, "2025-11", earlier)
    assert dated == content.replace(b'"profile":"hagi"', b'"profile":"hagi","profile_from":"2025-11-01"')
    assert read_counted(dated) == read_counted(content)
    assert read_month(dated, 1) == read_month(content, 1)


@given(month_facts())
def test_what_was_written_is_read_back(facts: MonthFacts) -> None:
    try:
        month = derive_month(facts)
    except ImpossiblePlanError:
        return
    content = write_month(month, "2025-11", HAGI)
    assert write_month(derive_month(facts), "2025-11", HAGI) == content
    sums = sum_month(month, "2025-11", 3, HAGI)
    assert read_month(content, 3).amounts == sums.amounts
    assert read_counted(content) == Counted(sums.amounts, count_days(month))


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (b'"form":"month_version.1"', b'"form":"month_version.2"', "form"),
        (b'"period":"2025-11"', b'"period":11', "period"),
        (b'"worked_minutes":', b'"worked_hours":', "sums"),
        (b'"on":"2025-11-13"', b'"on":"2025-11-31"', "days.on"),
        (b'"amounts":{"', b'"amounts":{"x":1.5,"', "amounts"),
    ],
)
def test_anything_else_is_named(old: bytes, new: bytes, match: str) -> None:
    content = GOLDEN.read_bytes()
    assert old in content
    with pytest.raises(MonthVersionError, match=match):
        read_counted(content.replace(old, new))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    with pytest.raises(MonthVersionError):
        read_month(content, 1)
    with pytest.raises(AdjustmentContentError):
        read_adjustment(content)


def test_too_many_bytes_are_not_read() -> None:
    with pytest.raises(MonthVersionError, match="at most"):
        read_month(b" " * (BYTES_MAX + 1), 1)


@given(COUNTS, COUNTS, st.lists(st.sampled_from(["a", "b"]), max_size=2))
def test_an_adjustment_is_read_back_and_is_another_elsewhere(one: Counted, other: Counted, agreed: list[str]) -> None:
    difference = find_difference(one, other) or Difference({}, ())
    content = write_adjustment(difference, person_id="p1", period="2025-11", version=1, agreed_ids=agreed)
    assert read_adjustment(content) == difference
    later = write_adjustment(difference, person_id="p1", period="2025-11", version=1, agreed_ids=[*agreed, "c"])
    assert hash_adjustment(later) != hash_adjustment(content)
    with pytest.raises(AdjustmentContentError, match="version"):
        read_adjustment(content.replace(b'"version":1', b'"version":null'))
