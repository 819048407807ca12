"""A facility written as its file and read again is the same facility."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy
from domain.facilities.entry import EntryRule, Way
from domain.facilities.opening import Opening
from domain.facilities.quotas import Counts, Per, Quota
from domain.facilities.rules import FacilityRules
from gateway.bookings.facility_file import load_facility_file, read_facility_source
from gateway.bookings.file_rules import LaidDown, lay_down
from gateway.bookings.write_facility_file import write_facility_file
from gateway.site.source import parse_source

EXAMPLE = Path(__file__).parents[3] / "firmware_configs/facilities/shimin-kan.yaml"
ON = date(2026, 11, 20)
HERE = Path("facility.yaml")


LAID = lay_down(load_facility_file(EXAMPLE)[0])
SMALL = replace(LAID.rules, rooms=LAID.rules.rooms[3:4], slots=(), equipment=())
"""One meeting room: quick to read."""


def read_back(text: str) -> LaidDown:
    return lay_down(read_facility_source(parse_source(text, HERE), HERE)[0])


def test_the_example_written_and_read_is_the_same() -> None:
    laid = LAID
    again = read_back(write_facility_file(laid.rules, laid.user_classes, ON))
    assert again.faults == ()
    assert again.rules == laid.rules
    assert again.user_classes == laid.user_classes


def test_what_is_over_is_left_out() -> None:
    laid = LAID
    rules = laid.rules
    gone = replace(rules.rooms[-1], retired_on=date(2026, 11, 1))
    quotas = (replace(rules.quotas[0], valid_until=date(2026, 11, 19)), *rules.quotas[1:])
    text = write_facility_file(replace(rules, rooms=(*rules.rooms[:-1], gone), quotas=quotas), (), ON)
    told = yaml.safe_load(text)
    assert gone.id not in {room["id"] for room in told["rooms"]}
    assert len(told["quotas"]) == len(rules.quotas) - 1


deadlines = st.builds(Deadline, st.none() | st.integers(0, 60), st.integers(0, 1440))
days = st.none() | st.dates(ON, date(2100, 1, 1))
classes = st.none() | st.sampled_from(["resident", "other"])
windows = st.builds(
    BookingWindow,
    id=st.just("w"),
    opens_by=st.sampled_from(OpensBy),
    opens_before=st.integers(0, 12),
    opens_minute=st.integers(0, 1439),
    closes=deadlines,
    opens_day=st.integers(1, 28),
    desk_closes=st.none() | deadlines,
    user_class=classes,
    valid_from=days,
    valid_until=days,
)
quotas = st.builds(
    Quota, st.just("q"), st.sampled_from(Counts), st.sampled_from(Per), st.integers(0, 999), user_class=classes
)
entries = st.builds(
    EntryRule, st.just("e"), st.frozensets(st.sampled_from(Way), min_size=1), st.integers(0, 99), valid_from=days
)
openings = st.builds(
    Opening,
    st.just("o"),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(1440, 2879),
    months=st.frozensets(st.integers(1, 12)),
    valid_until=days,
)


@pytest.mark.parametrize("kind", ["windows", "quotas", "entries", "openings"])
@settings(max_examples=30)
@given(data=st.data())
def test_every_rule_comes_back_as_it_was(kind: str, data: st.DataObject) -> None:
    each = {"windows": windows, "quotas": quotas, "entries": entries, "openings": openings}[kind]
    drawn = tuple(data.draw(st.lists(each, min_size=1, max_size=3)))
    rules = SMALL
    if kind == "openings":
        rules = replace(rules, opening=replace(rules.opening, openings=drawn))
    else:
        rules = replace(rules, **{kind: drawn})
    again = read_back(write_facility_file(rules, LAID.user_classes, ON)).rules
    assert _nameless(again, kind) == _nameless(rules, kind)


def _nameless(rules: FacilityRules, kind: str) -> list[object]:
    kept = rules.opening.openings if kind == "openings" else getattr(rules, kind)
    return [replace(each, id="") for each in kept]
