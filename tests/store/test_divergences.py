"""What HR's queue looks at beside the index, on both databases: doubtful taps, questions, accepted explanations."""

from datetime import date, timedelta

import pytest

from contract.request_content import write_content
from domain.attendance.divergence import DivergenceKind
from domain.attendance.month_fault import MonthWhy, RefusedMonthError
from domain.attendance.requests import DivergenceAnswer, Explanation
from domain.civil import instant
from gateway.operations.attendance.ask_about_divergence import DivergenceQuestion, ask_about_divergence
from gateway.operations.attendance.judge_punch import judge_punch
from store.application_tables import application
from store.divergence_answers import list_accepted_answers
from store.divergence_questions import list_questions
from store.doubtful_taps import (
    count_doubtful,
    list_doubtful,
    list_journal_around,
    list_judged,
    list_punches_around,
)
from store.month_checks import DoubtfulFact, insert_doubtful_taps
from store.tx import Store
from tests.gateway.months.city import BOX, ORGANISATION, CityHall

ON = date(2025, 11, 12)
CAME, WENT = instant(ON, 8 * 60 + 25), instant(ON, 17 * 60 + 30)


@pytest.fixture
def hall(store: Store) -> CityHall:
    """Two days of p1; the second tap of the first one was made by a clock that nobody had set."""
    hall = CityHall(store).found("p1", "p2", "head", "hr1", "hr2")
    hall.tap("p1", 12, "08:25", "in")
    hall.tap("p1", 12, "17:30", "out")
    hall.tap("p2", 12, "17:31", "out")
    hall.tap("p1", 13, "08:20", "in")
    with store.transaction(hall.later()) as tx:
        insert_doubtful_taps(tx, [DoubtfulFact(BOX, 1, 2, "p1", WENT), DoubtfulFact(BOX, 1, 99, "p1", WENT)])
    return hall


def test_a_doubtful_tap_waits_until_it_is_judged(hall: CityHall) -> None:
    with hall.store.reading(hall.now) as tx:
        (tap,) = list_doubtful(tx, limit=10)  # the other gives no punch
        assert count_doubtful(tx) == 1
        assert list_doubtful(tx, limit=10, offset=1) == list_judged(tx, limit=10) == []
    assert (tap.key, tap.person_id, tap.department, tap.tapped_at, tap.direction) == (
        (BOX, 1, 2), "p1", "総務課", WENT, "out",
    )  # fmt: skip
    assert tap.counts is None
    with hall.store.transaction(hall.later()) as tx:
        judge_punch(tx, tap.key, counts=False, reason="出張中", by="hr1", login="eguchi", organisation=ORGANISATION)
    with hall.store.reading(hall.now) as tx:
        (judged,) = list_judged(tx, limit=10)
        assert count_doubtful(tx) == 0
    assert (judged.counts, judged.judged_by, judged.reason, judged.judged_at) == (False, "eguchi", "出張中", hall.now)


def test_it_stands_beside_its_neighbours(hall: CityHall) -> None:
    with hall.store.reading(hall.now) as tx:
        around = list_journal_around(tx, [(BOX, 1, 2), (BOX, 1, 99)])
        own = list_punches_around(tx, "p1", WENT)
        none = list_punches_around(tx, "p1", WENT + timedelta(days=9))
        assert list_journal_around(tx, []) == {}
    assert [line.seq for line in around[BOX, 1, 2]] == [1, 2, 3, 4]
    assert around[BOX, 1, 2][0].occurred_at == CAME
    assert around[BOX, 1, 99] == none == []
    assert [(each.key[2], each.direction, each.doubtful) for each in own] == [
        (1, "in", False), (2, "out", True), (4, "in", False),
    ]  # fmt: skip


def ask(hall: CityHall, by: str, person_id: str = "p1", note: str = "何をしていましたか", name: str = "1") -> bool:
    with hall.store.transaction(hall.later()) as tx:
        question = DivergenceQuestion(name, person_id, ON, note)
        return ask_about_divergence(tx, question, by=by, organisation=ORGANISATION)


def test_a_question_is_asked_once_by_hr_or_a_head(hall: CityHall) -> None:
    assert ask(hall, "hr1")
    assert not ask(hall, "hr1")
    assert ask(hall, "head", note=" もう一度 ", name="2")
    with hall.store.reading(hall.now) as tx:
        assert [each.note for each in list_questions(tx, "p1", ON)] == ["何をしていましたか", "もう一度"]
        assert list_questions(tx, "p1", ON + timedelta(days=1)) == list_questions(tx, "p2", ON) == []


@pytest.mark.parametrize(
    ("by", "person_id", "note", "whys"),
    [
        ("p2", "p1", "何を", [MonthWhy.not_yours]),
        ("hr1", "hr1", "何を", [MonthWhy.own_month]),
        ("taxhead", "p1", " ", [MonthWhy.not_yours, MonthWhy.no_reason]),
        ("hr1", "p1", "あ" * 61, [MonthWhy.no_reason]),
        ("hr1", "nobody", "何を", [MonthWhy.unknown]),
    ],
)
def test_a_question_that_is_not_ones_own_to_ask_is_refused(
    hall: CityHall, by: str, person_id: str, note: str, whys: list[MonthWhy]
) -> None:
    with pytest.raises(RefusedMonthError) as refused:
        ask(hall, by, person_id, note)
    assert [fault.why for fault in refused.value.faults] == whys


def test_accepted_explanations_are_found_by_month_and_department(hall: CityHall) -> None:
    answer = DivergenceAnswer(ON, DivergenceKind.unordered_stay, 1035, 1065, Explanation.work, "窓口の応対")
    content = write_content(answer)
    for name, state, person_id in (("a1", "approved", "p1"), ("a2", "submitted", "p1"), ("a3", "cancelling", "p2")):
        values = {
            "id": name, "kind": "divergence", "person_id": person_id, "applicant_id": person_id,
            "department_id": "general", "route": "head hr", "subject": "", "content": content, "content_hash": "",
            "from_on": ON, "until_on": ON, "state": state, "step": 0, "deeds": 1, "filed_at": hall.now,
            "changed_at": hall.now,
        }  # fmt: skip
        with hall.store.transaction(hall.later()) as tx:
            tx.connection.execute(application.insert().values(**values))
    with hall.store.reading(hall.now) as tx:
        found = list_accepted_answers(tx, date(2025, 11, 1), date(2025, 11, 30))
        assert list_accepted_answers(tx, date(2025, 11, 1), date(2025, 11, 30), {"general"}) == found
        assert list_accepted_answers(tx, date(2025, 11, 1), date(2025, 11, 30), {"tax"}) == []
        assert list_accepted_answers(tx, date(2025, 12, 1), date(2025, 12, 31)) == []
    assert [(each.application_id, each.person_id, each.content) for each in found] == [
        ("a1", "p1", content), ("a3", "p2", content),
    ]  # fmt: skip
