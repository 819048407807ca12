"""A month's end on both databases: confirmed by the person and the head, closed by HR, reopened by two."""

from datetime import UTC, date, datetime

import pytest

from contract.month_version import hash_month, read_month
from domain.attendance.closing import MonthAct, MonthState
from domain.attendance.month_fault import MonthWhy, RefusedMonthError
from domain.civil import instant
from gateway.months.checking import check_people
from gateway.operations.attendance.confirm_month import confirm_own_month, confirm_settled_months, send_month_back
from gateway.operations.attendance.reopen_month import reopen_month
from store.application_tables import application
from store.closings import list_steps, list_versions
from store.month_checks import DoubtfulFact, insert_doubtful_taps
from store.tx import Store
from tests.gateway.months.city import BOX, ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head", "hr1", "hr2")


def whys(refused: pytest.ExceptionInfo[RefusedMonthError]) -> list[MonthWhy]:
    return [fault.why for fault in refused.value.faults]


def test_from_open_to_closed(hall: CityHall) -> None:
    hall.day("p1", 10)
    assert hall.blockers("p1") == ["unconfirmed", "head_unconfirmed"]
    seen = hall.hash_of("p1")
    hall.confirm("p1")
    assert hall.blockers("p1") == ["head_unconfirmed"]
    assert hall.confirm_as_head("p1") == {}
    part = hall.close()[0]
    assert (part.department_id, part.closed, part.of) == ("general", ("p1",), 2)
    assert {check.person_id for check in part.left} == {"p2", "head", "hr1", "hr2"}
    assert hall.blockers("p1") == []
    with hall.store.reading(hall.now) as tx:
        (version,) = list_versions(tx, PERIOD)
        acts = [(step.act, step.done_by) for step in list_steps(tx, PERIOD, "p1")]
    assert (version.version, version.content_hash, hash_month(version.content)) == (1, seen, seen)
    assert acts == [(MonthAct.confirm, "p1"), (MonthAct.confirm_as_head, "head"), (MonthAct.close, "hr1")]
    assert hall.close()[0].closed == ()


def test_what_was_seen_is_what_is_confirmed(hall: CityHall) -> None:
    hall.day("p1", 10)
    seen = hall.hash_of("p1")
    hall.tap("p1", 11, "08:20", "in")
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        confirm_own_month(tx, "p1", PERIOD, HAGI, by="p1", seen_hash=seen)
    assert whys(refused) == [MonthWhy.changed]
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        confirm_own_month(tx, "p1", PERIOD, HAGI, by="p2", seen_hash=seen)
    assert whys(refused) == [MonthWhy.not_yours, MonthWhy.changed]
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        confirm_own_month(tx, "nobody", PERIOD, HAGI, by="nobody", seen_hash=seen)
    assert whys(refused) == [MonthWhy.unknown]


def test_a_month_that_goes_on_is_not_confirmed(hall: CityHall) -> None:
    hall.now = datetime(2025, 11, 30, 19, 50, tzinfo=UTC)
    with pytest.raises(RefusedMonthError, match="月がまだ終わっていません"):
        hall.confirm("p1")
    with pytest.raises(RefusedMonthError):
        hall.close()


def test_the_rule_confirms_what_is_settled_and_nothing_else(hall: CityHall) -> None:
    hall.on_duty_only([10], "p1", "p2")
    hall.day("p1", 10)
    hall.day("p2", 10, left="17:45")
    with hall.store.transaction(hall.later()) as tx:
        assert confirm_settled_months(tx, ["p1", "p2"], PERIOD, HAGI) == ("p1",)
        assert confirm_settled_months(tx, ["p1", "p2"], PERIOD, HAGI) == ()
    assert (hall.standing("p1").state, hall.standing("p2").state) == (MonthState.self_confirmed, MonthState.open)


def test_a_head_confirms_the_others_and_only_what_is_settled(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.day("p2", 10, left="17:45")
    hall.confirm("p1")
    hall.confirm("p2")
    hall.confirm("head")
    refused = hall.confirm_as_head("p1", "p2", "head")
    assert {who: [fault.why for fault in faults] for who, faults in refused.items()} == {
        "p2": [MonthWhy.blocked],
        "head": [MonthWhy.not_yours, MonthWhy.own_month],
    }
    assert [fault.why for fault in hall.confirm_as_head("p2", by="p1")["p2"]] == [MonthWhy.not_yours, MonthWhy.blocked]
    assert hall.confirm_as_head("head", by="hr1") == {}  # nobody else is here: the word goes up to HR


def test_a_head_confirms_for_somebody_who_cannot_with_a_reason(hall: CityHall) -> None:
    assert [fault.why for fault in hall.confirm_as_head("p1")["p1"]] == [MonthWhy.no_reason]
    assert hall.confirm_as_head("p1", reason="病気休暇中") == {}
    assert hall.close()[0].closed == ("p1",)


def test_an_accepted_explanation_settles_and_an_open_request_blocks(hall: CityHall) -> None:
    hall.day("p1", 11, left="17:45")
    assert hall.blockers("p1")[0] == "divergence"
    with hall.store.reading(hall.now) as tx:
        subject = next(check_people(tx, ["p1"], PERIOD, HAGI)).check.blockers[0].subject
    assert subject == "2025-11-11/unordered_stay/1035-1065"
    put_application(hall, "a1", subject, "submitted")
    assert hall.blockers("p1")[:2] == ["divergence", "open_request"]
    put_application(hall, "a2", subject, "approved")
    assert hall.blockers("p1")[0] == "open_request"


def put_application(hall: CityHall, name: str, subject: str, state: str) -> None:
    values = {
        "id": name, "kind": "divergence", "person_id": "p1", "applicant_id": "p1", "department_id": "general",
        "route": "head", "subject": subject, "content": b"{}", "content_hash": "", "from_on": date(2025, 11, 11),
        "until_on": date(2025, 11, 11), "state": state, "step": 0, "deeds": 1, "filed_at": hall.now,
        "changed_at": hall.now,
    }  # fmt: skip
    with hall.store.transaction(hall.later()) as tx:
        tx.connection.execute(application.insert().values(**values))


def test_missing_punches_and_doubtful_taps_block(hall: CityHall) -> None:
    hall.tap("p1", 12, "08:25", "in")
    with hall.store.transaction(hall.later()) as tx:
        insert_doubtful_taps(tx, [DoubtfulFact(BOX, 1, 1, "p1", instant(date(2025, 11, 12), 505))])
    hall.tap("p1", 12, "17:15", "out")
    assert hall.blockers("p1")[:2] == ["missing_punch", "doubtful_tap"]


def test_readers_that_have_not_told_everything_hold_those_who_used_them(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.hear(instant(date(2025, 12, 1), 299))
    assert hall.blockers("p1") == ["reader", "unconfirmed", "head_unconfirmed"]
    assert hall.blockers("p2") == ["unconfirmed", "head_unconfirmed"]
    hall.confirm("p1")
    assert hall.confirm_as_head("p1") == {}
    assert [each.subject for each in hall.close()[0].left[3].blockers] == [BOX]
    with pytest.raises(RefusedMonthError) as refused:
        hall.close(without=frozenset({BOX}))
    assert whys(refused) == [MonthWhy.no_reason]
    assert hall.close(without=frozenset({BOX}), reason="故障のため")[0].closed == ("p1",)
    with hall.store.reading(hall.now) as tx:
        assert list_steps(tx, PERIOD, "p1")[-1].reason == f"{BOX}: 故障のため"
    hall.hear(instant(date(2025, 12, 1), 300))
    assert hall.blockers("p2") == ["unconfirmed", "head_unconfirmed"]


def test_only_hr_closes(hall: CityHall) -> None:
    with pytest.raises(RefusedMonthError) as refused:
        hall.close(by="head")
    assert whys(refused) == [MonthWhy.not_yours]


def test_sent_back_with_a_reason(hall: CityHall) -> None:
    hall.confirm("p1")
    with pytest.raises(RefusedMonthError) as refused, hall.store.transaction(hall.later()) as tx:
        send_month_back(tx, "p1", PERIOD, by="head", reason=" ", organisation=ORGANISATION)
    assert whys(refused) == [MonthWhy.no_reason]
    with hall.store.transaction(hall.later()) as tx:
        send_month_back(tx, "p1", PERIOD, by="head", reason="休暇を確認", organisation=ORGANISATION)
    assert (hall.standing("p1").state, hall.standing("p1").seen_hash) == (MonthState.open, "")


def test_reopening_takes_two_and_keeps_the_version(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.close_all("p1", "hr1")

    def act(name: MonthAct, by: str, reason: str = "", person_id: str = "p1") -> MonthState:
        with hall.store.transaction(hall.later()) as tx:
            standing = reopen_month(tx, person_id, PERIOD, name, by=by, organisation=ORGANISATION, reason=reason)
        return standing.state

    for by, reason, why in (("hr1", "", MonthWhy.no_reason), ("head", "誤り", MonthWhy.not_yours)):
        with pytest.raises(RefusedMonthError) as refused:
            act(MonthAct.propose_reopening, by, reason)
        assert whys(refused) == [why]
    assert act(MonthAct.propose_reopening, "hr1", "誤り") is MonthState.reopening
    with pytest.raises(RefusedMonthError) as refused:
        act(MonthAct.agree_reopening, "hr1")
    assert whys(refused) == [MonthWhy.same_person]
    assert act(MonthAct.decline_reopening, "hr2", "調整で足りる") is MonthState.closed
    act(MonthAct.propose_reopening, "hr1", "誤り")
    assert act(MonthAct.agree_reopening, "hr2") is MonthState.open
    act(MonthAct.propose_reopening, "hr2", "誤り", "hr1")
    with pytest.raises(RefusedMonthError) as refused:
        act(MonthAct.agree_reopening, "hr1", person_id="hr1")
    assert whys(refused) == [MonthWhy.own_month]
    hall.day("p1", 12)
    hall.close_all("p1")
    with hall.store.reading(hall.now) as tx:
        versions = list_versions(tx, PERIOD, ["p1"])
    assert [each.version for each in versions] == [1, 2]
    assert [read_month(each.content, each.version).days["worked"] for each in versions] == [1, 2]
