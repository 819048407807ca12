"""Who is told that a training or a clearance ends, and when."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.notices.lapse_notice import (
    TOLD_DAYS,
    Lapse,
    LapseKind,
    derive_lapse_messages,
    find_told_days,
    list_subjects,
    name_message,
)

TODAY = date(2025, 11, 20)
MINE = Lapse(LapseKind.training, "security", "情報セキュリティ研修", "s2", "somu", date(2025, 12, 1), ("s1",))


def test_the_person_is_told_and_the_head_how_many() -> None:
    own = replace(MINE, person_id="s1")
    told = derive_lapse_messages([MINE, replace(MINE, person_id="s3"), own], TODAY)
    assert [(each.person_id, each.kind, each.filling.get("count")) for each in told] == [
        ("s2", "training_ends", None),
        ("s3", "training_ends", None),
        ("s1", "training_ends", None),
        ("s1", "training_ends_of_staff", "2"),
    ]
    assert {each.subject for each in told} == {"security/2025-12-01/30"}


def test_what_ends_on_another_day_or_is_something_else_is_told_apart() -> None:
    clearance = replace(MINE, kind=LapseKind.clearance, thing_id="lgwan", name="LGWAN接続系")
    told = derive_lapse_messages([MINE, replace(MINE, until_on=date(2025, 11, 22)), clearance], TODAY)
    assert {each.subject for each in told if each.person_id == "s1"} == {
        "security/2025-12-01/30",
        "security/2025-11-22/7",
        "lgwan/2025-12-01/30",
    }


@given(st.integers(-400, 400))
def test_it_is_told_twice_before_and_never_after(left: int) -> None:
    days = find_told_days(TODAY + timedelta(days=left), TODAY)
    assert days == (None if left < 0 or left > max(TOLD_DAYS) else 7 if left <= 7 else 30)
    told = derive_lapse_messages([replace(MINE, until_on=TODAY + timedelta(days=left))], TODAY)
    assert len(told) == (0 if days is None else 2)
    assert {each.subject for each in told} <= set(list_subjects("security", TODAY + timedelta(days=left)))


def test_the_kinds_have_their_names() -> None:
    assert {name_message(kind, of_staff=of) for kind in LapseKind for of in (False, True)} == {
        "training_ends", "training_ends_of_staff", "clearance_ends", "clearance_ends_of_staff",
    }  # fmt: skip
