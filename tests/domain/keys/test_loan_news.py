"""Who is told what of a key that is out: by example, and never twice the same in another order of looking."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import instant
from domain.keys.loan_news import ESCALATE_AFTER, REMIND_BEFORE, LoanNewsKind, LoanOut, derive_news

FRIDAY = date(2026, 12, 4)
ISHII, AOKI = "s0002", "s0001"


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return instant(FRIDAY + timedelta(days=days), hour * 60 + minute)


LOAN = LoanOut("l1", at(9), at(9), at(17, 15), holder_id=ISHII, custodians=(AOKI,))
CITIZENS = replace(LOAN, holder_id=None)


def told(loan: LoanOut, now: datetime) -> list[tuple[LoanNewsKind, str]]:
    return [(each.kind, each.person_id) for each in derive_news(loan, now)]


@pytest.mark.parametrize(
    ("loan", "now", "expected"),
    [
        (LOAN, at(16, 44), []),
        (LOAN, at(16, 45), [(LoanNewsKind.due_soon, ISHII)]),
        (LOAN, at(17, 15), [(LoanNewsKind.overdue, ISHII)]),
        (LOAN, at(17, 45), [(LoanNewsKind.overdue, ISHII), (LoanNewsKind.still_overdue, AOKI)]),
        (replace(LOAN, since_at=at(16, 50)), at(17), []),  # taken a moment ago: they know
        (CITIZENS, at(16, 45), []),
        (CITIZENS, at(17, 45), [(LoanNewsKind.still_overdue, AOKI)]),
        (replace(LOAN, left_at=at(16)), at(16), [(LoanNewsKind.taken_home, ISHII), (LoanNewsKind.taken_home, AOKI)]),
        (replace(LOAN, left_at=at(8)), at(16), []),  # clocked out before it was taken
        (replace(LOAN, left_at=at(16), custodians=(ISHII,)), at(16), [(LoanNewsKind.taken_home, ISHII)]),
    ],
)
def test_by_example(loan: LoanOut, now: datetime, expected: list[tuple[LoanNewsKind, str]]) -> None:
    assert told(loan, now) == expected


def test_over_night_it_is_told_unless_it_is_late_or_approved_for_long() -> None:
    monday = replace(LOAN, due_at=at(17, 15, days=3))
    assert told(monday, at(23, 59)) == []
    assert told(monday, at(0, days=1)) == [(LoanNewsKind.kept_overnight, each) for each in (ISHII, AOKI)]
    assert {kind for kind, _ in told(LOAN, at(0, days=1))} == {LoanNewsKind.overdue, LoanNewsKind.still_overdue}
    long = replace(LOAN, due_at=at(17, 15, days=40), left_at=at(18))
    assert told(long, at(9, days=10)) == []


@pytest.mark.parametrize("lasts", [1, 40], ids=["over_night", "for_long"])
def test_a_key_of_somebody_whose_service_is_over_is_told_to_who_answers_for_it(lasts: int) -> None:
    loan = replace(LOAN, due_at=at(17, 15, days=lasts), has_ended=True)
    assert (LoanNewsKind.holder_gone, AOKI) in told(loan, at(9, 1))
    assert (LoanNewsKind.holder_gone, AOKI) in told(loan, at(9, days=lasts + 2))  # late as well


def test_an_extension_is_told_anew_and_a_departure_once() -> None:
    later = replace(LOAN, due_at=at(20))
    assert derive_news(LOAN, at(17))[0].subject != derive_news(later, at(19, 45))[0].subject
    gone = replace(LOAN, left_at=at(12))
    again = replace(LOAN, left_at=at(16))
    assert {each.subject for each in (*derive_news(gone, at(12)), *derive_news(again, at(16)))} == {"l1"}


@given(st.integers(0, 4 * 24 * 60), st.integers(1, 45 * 24 * 60), st.none() | st.integers(-60, 4 * 24 * 60))
def test_nothing_is_told_early_and_nobody_twice(minutes: int, lasts: int, left: int | None) -> None:
    now = at(9) + timedelta(minutes=minutes)
    left_at = None if left is None else at(9) + timedelta(minutes=left)
    loan = replace(LOAN, due_at=at(9) + timedelta(minutes=lasts), left_at=left_at)
    news = derive_news(loan, now)
    assert len({(each.kind, each.person_id) for each in news}) == len(news)
    kinds = {each.kind for each in news}
    assert (LoanNewsKind.overdue in kinds) == (now >= loan.due_at)
    assert (LoanNewsKind.still_overdue in kinds) == (now >= loan.due_at + ESCALATE_AFTER)
    assert LoanNewsKind.due_soon not in kinds or loan.due_at - REMIND_BEFORE <= now < loan.due_at
