"""The forms of a day as values: hostile texts are told and never break, and what came back reads as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.request_content import write_content
from domain.attendance.divergence import DivergenceKind
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction
from domain.attendance.plan import DayPlan
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    ElsewhereRequest,
    Explanation,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    RequestKind,
    SwapRequest,
    WrongTapRequest,
)
from domain.attendance.shift import DayKind
from domain.attendance.spans import axis_minute
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.entered import Entered, Part
from gateway.pages.requests.form_filling import refill_form
from gateway.pages.requests.request_form import UnreadableFormError, read_breaks, read_clock, read_request
from gateway.pages.requests.request_view import tell_request
from gateway.pages.words import Language

ON = date(2025, 11, 11)
ORIGIN = axis_minute(ON)
PLAN = DayPlan(
    ON,
    DayKind.work,
    window=((ORIGIN + 510, ORIGIN + 1035),),
    duty=((ORIGIN + 510, ORIGIN + 720), (ORIGIN + 780, ORIGIN + 1035)),
    net_minutes=465,
)

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
minutes = st.integers(0, 48 * 60 - 1)
reasons = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C",)), max_size=40)
pauses = st.lists(st.tuples(minutes, minutes), max_size=3).map(tuple)
requests = st.one_of(
    st.builds(OvertimeRequest, days, minutes, minutes, reasons, pauses),
    st.builds(LeaveRequest, st.just("annual"), days, days, reasons),
    st.builds(lambda on, *rest: LeaveRequest("annual", on, on, *rest), days, reasons, minutes, minutes),
    st.builds(PunchRequest, days, minutes, st.sampled_from([Direction.clock_in, Direction.clock_out]), reasons),
    st.builds(WrongTapRequest, days, minutes, st.just("west-1/1/3"), reasons),
    st.builds(
        DivergenceAnswer, days, st.sampled_from(DivergenceKind), st.none() | minutes, st.none() | minutes,
        st.sampled_from(Explanation), reasons,
    ),
    st.builds(SwapRequest, days, days, reasons, st.none() | minutes),
    st.builds(CompensatoryRequest, days, days, reasons),
    st.builds(HoursOffRequest, st.just("2025-10"), days, minutes, minutes, reasons),
    st.builds(ElsewhereRequest, days, st.sampled_from(ElsewhereKind), minutes, minutes, reasons),
)  # fmt: skip


@given(requests)
def test_what_came_back_reads_as_it_was(request: Request) -> None:
    entered = refill_form(request, form_id="a1", seen=2)
    assert write_content(read_request(entered)) == write_content(request)


@given(requests, st.sampled_from(Language))
def test_every_request_is_told_in_both_languages(request: Request, language: Language) -> None:
    told = tell_request(request, Phrases(language), {})
    assert told.title
    assert all(name and text for name, text in told.lines)


@given(
    st.sampled_from(RequestKind),
    st.fixed_dictionaries(
        {
            name: st.text(max_size=20)
            for name in (
                "starts_minute",
                "ends_minute",
                "minute",
                "part_minutes",
                "breaks",
                "kind",
                "subject",
                "reason",
            )
        }
    ),
    st.sampled_from(["", *Part]),
)
def test_hostile_texts_are_told_and_break_nothing(kind: RequestKind, texts: dict[str, str], part: str) -> None:
    form = {"id": "a1", "form": kind, "day": "2025-11-11", "from_on": "2025-11-11", "part": part}
    assert _told_of(Entered.model_validate(form | texts)) <= set(Entered.model_fields)


def _told_of(entered: Entered) -> set[str]:
    """Give the fields that cannot be read; of a form that can be read, none, and its request has bytes."""
    try:
        request = read_request(entered, PLAN)
    except UnreadableFormError as error:
        return {fault.field for fault in error.faults}
    assert write_content(request)
    return set()


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("17:30", 1050), ("1730", 1050), ("8:05", 485), ("805", 485), ("１７：３０", 1050), (" 26:00 ", 1560),
        ("0.15", 15),
        ("", None), ("17", None), ("17:60", None), ("-1:00", None), ("123:00", None), ("夕方", None),
    ],
)  # fmt: skip
def test_clock_times_are_read_generously(text: str, minute: int | None) -> None:
    assert read_clock(text) == minute


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("18:00-19:00", ((1080, 1140),)),
        ("18:00〜19:00、2100-2115", ((1080, 1140), (1260, 1275))),
        ("18:00", None),
        ("18:00-x", None),
    ],
)
def test_breaks_are_read(text: str, spans: object) -> None:
    assert read_breaks(text) == spans


def test_halves_are_those_of_the_day_s_own_plan() -> None:
    form = {"id": "a1", "form": "leave", "day": "2025-11-11", "from_on": "2025-11-11", "kind": "annual", "part": "am"}
    entered = Entered.model_validate(form)
    request = read_request(entered, PLAN)
    assert isinstance(request, LeaveRequest)
    assert (request.starts_minute, request.ends_minute) == (510, 720)
    with pytest.raises(UnreadableFormError):
        read_request(entered, None)
    with pytest.raises(UnreadableFormError):
        read_request(entered.model_copy(update={"from_on": "2025-11-12"}), PLAN)  # another day's plan
