"""An application from its form to its effect and its end, on both databases."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from domain.attendance.divergence import DivergenceKind
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction
from domain.attendance.request_fault import Why
from domain.attendance.requests import (
    DivergenceAnswer,
    ElsewhereRequest,
    Explanation,
    PunchRequest,
    Request,
    SwapRequest,
)
from domain.civil import parse_clock
from domain.workflow.application import Refusal, RefusedActError, Wish
from domain.workflow.route import StepRole
from domain.workflow.states import Act, State
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from gateway.operations.attendance.decide_applications import decide_applications
from gateway.requests.refusals import (
    ApplicationConflictError,
    BrokenContentError,
    RequestFaultsError,
    UnknownApplicationError,
)
from store.application_tables import application
from store.applications import list_applications, load_submitted
from store.closing_tables import changed_day, person_month
from store.inbox import count_applications
from store.orders import list_orders
from store.outbox import list_unsent
from store.staffing import save_left_on
from store.tx import Store
from tests.gateway.attendance.town import (
    CLERK,
    HEAD,
    HR,
    MAYOR,
    NOW,
    OTHER,
    RULES,
    SATURDAY,
    WEDNESDAY,
    act,
    ask,
    at,
    list_in_force,
    overtime,
    put_town,
)


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def in_force(store: Store) -> dict[str, int]:
    with store.reading(NOW) as tx:
        return list_in_force(tx)


def faults(store: Store, request: Request, **more: object) -> set[tuple[str, Why]]:
    with pytest.raises(RequestFaultsError) as error:
        ask(store, request, **more)  # type: ignore[arg-type]
    return {(fault.field, fault.why) for fault in error.value.faults}


def test_overtime_is_asked_for_ordered_and_ended(town: Store) -> None:
    asked = ask(town, overtime(breaks=((parse_clock("19:00"), parse_clock("19:15")),)))
    assert (asked.state, asked.route, in_force(town)) == (State.submitted, (StepRole.head,), {})
    approved = act(town, asked, Act.approve, HEAD, reason="")
    assert (approved.state, in_force(town)) == (State.approved, {"a1": 1})
    with town.reading(NOW) as tx:
        (order,) = list_orders(tx, [CLERK], since=at("00:00"), until=at("24:00"))
        changed = tx.connection.execute(
            select(changed_day.c.person_id, changed_day.c.day_on, changed_day.c.cause)
        ).all()
    assert (order.starts_at, order.ends_at, order.ordered_by, order.application_id) == (
        at("17:15"), at("20:00"), HEAD, "a1",
    )  # fmt: skip
    assert order.breaks == ((parse_clock("19:00"), parse_clock("19:15")),)
    assert [tuple(row)[:3] for row in changed] == [(CLERK, WEDNESDAY, "approved")]
    wanted = act(town, approved, Act.cancel, CLERK, reason="中止")
    assert (wanted.state, in_force(town)) == (State.cancelling, {"a1": 1})
    assert (act(town, wanted, Act.approve, HEAD).state, in_force(town)) == (State.cancelled, {})
    with town.reading(NOW) as tx:
        assert list_orders(tx, [CLERK], since=at("00:00"), until=at("24:00")) == []


def test_sent_twice_is_one_and_another_persons_id_is_refused(town: Store) -> None:
    first = ask(town, overtime())
    assert ask(town, overtime()) == first
    approved = act(town, first, Act.approve, HEAD)
    assert ask(town, overtime()) == approved
    with pytest.raises(ApplicationConflictError):
        ask(town, overtime(), who=OTHER)
    with pytest.raises(RefusedActError) as error:
        ask(town, overtime("18:00", "19:00", on=WEDNESDAY + timedelta(days=1)))
    assert error.value.refusal is Refusal.moved_on


def test_afterwards_goes_on_to_hr(town: Store) -> None:
    tomorrow = NOW + timedelta(days=1)
    asked = ask(town, overtime(afterwards=True), now=tomorrow)
    once = act(town, asked, Act.approve, HEAD, now=tomorrow)
    assert (once.state, in_force(town)) == (State.submitted, {})
    assert (act(town, once, Act.approve, HR, now=tomorrow).state, in_force(town)) == (State.approved, {"a1": 1})


def test_an_approval_a_day_later_is_still_beforehand(town: Store) -> None:
    asked = ask(town, overtime())
    assert act(town, asked, Act.approve, HEAD, now=NOW + timedelta(days=1)).state is State.approved


def test_a_returned_request_is_changed_and_sent_again(town: Store) -> None:
    asked = ask(town, overtime())
    returned = act(town, asked, Act.send_back, HEAD, reason="終了が遅い")
    later = NOW + timedelta(days=1)
    changed = overtime(ends="19:00", afterwards=True)
    again = ask(town, changed, now=later, seen=len(returned.deeds))
    assert (again.kind, again.route, again.step) == ("overtime_after", (StepRole.head, StepRole.hr), 0)
    with town.reading(NOW) as tx:
        first, second = (load_submitted(tx, "a1", each) for each in (asked.content_hash, again.content_hash))
    assert json.loads(first or b"")["ends_minute"] == parse_clock("20:00")
    assert json.loads(second or b"")["ends_minute"] == parse_clock("19:00")
    with pytest.raises(RefusedActError) as error, town.transaction(later) as tx:
        decide_application(tx, "a1", Wish(Act.approve, HEAD, asked.content_hash, len(again.deeds)), RULES)
    assert error.value.refusal is Refusal.content_changed


def test_an_approval_holds_for_the_bytes_that_were_submitted(town: Store) -> None:
    asked = ask(town, overtime())
    with town.transaction(NOW) as tx:
        forged = b'{"afterwards":false}'
        tx.connection.execute(update(application).where(application.c.id == "a1").values(content=forged))
    with pytest.raises(BrokenContentError):
        act(town, asked, Act.approve, HEAD)
    assert in_force(town) == {}


def test_every_fault_is_named_at_once(town: Store) -> None:
    wrong = replace(overtime("16:00", "20:00", breaks=((0, 10),)), reason=" ")
    assert faults(town, wrong) == {
        ("reason", Why.no_reason), ("breaks", Why.break_outside), ("starts_minute", Why.inside_regular_hours),
    }  # fmt: skip
    assert faults(town, overtime("20:00", "17:15")) == {("ends_minute", Why.ends_before_start)}
    assert faults(town, overtime("06:00", "08:00")) == {("starts_minute", Why.begun)}
    assert faults(town, overtime(afterwards=True)) == {("ends_minute", Why.not_yet)}
    assert faults(town, overtime(on=date(2031, 1, 6))) == {("on", Why.outside_window)}


def test_nothing_is_asked_twice_at_the_same_time(town: Store) -> None:
    waiting = ask(town, overtime())
    assert faults(town, overtime("19:00", "21:00"), name="a2") == {("on", Why.overlaps_request)}
    act(town, waiting, Act.approve, HEAD)
    assert faults(town, overtime("19:00", "21:00"), name="a2") == {("starts_minute", Why.overlaps_order)}


def test_a_closed_month_takes_no_request_and_no_effect(town: Store) -> None:
    asked = ask(town, overtime())
    with town.transaction(NOW) as tx:
        tx.connection.execute(update(person_month).where(person_month.c.period == "2025-11").values(state="closed"))
    assert faults(town, overtime(on=WEDNESDAY + timedelta(days=1)), name="a2") == {("on", Why.month_closed)}
    with pytest.raises(RequestFaultsError):
        act(town, asked, Act.approve, HEAD)
    assert in_force(town) == {}
    assert act(town, asked, Act.send_back, HEAD, reason="締め済").state is State.returned


def test_a_cancellation_reaches_into_a_closed_month_and_marks_the_day(town: Store) -> None:
    approved = act(town, ask(town, overtime()), Act.approve, HEAD)
    with town.transaction(NOW) as tx:
        tx.connection.execute(update(person_month).where(person_month.c.period == "2025-11").values(state="closed"))
        tx.connection.execute(delete(changed_day))
    assert act(town, approved, Act.revoke, HEAD, reason="中止").state is State.cancelled
    with town.reading(NOW) as tx:
        changed = tx.connection.execute(select(changed_day)).all()
    assert [tuple(row)[:3] for row in changed] == [(CLERK, WEDNESDAY, "cancelled")]
    assert in_force(town) == {}


def test_who_leaves_asks_for_nothing_afterwards(town: Store) -> None:
    with town.transaction(NOW) as tx:
        save_left_on(tx, CLERK, WEDNESDAY)
    assert faults(town, overtime(on=WEDNESDAY + timedelta(days=1))) == {("on", Why.not_employed)}


def test_a_head_asks_for_his_clerk_and_another_decides(town: Store) -> None:
    asked = ask(town, overtime(), by=HEAD)
    with pytest.raises(RefusedActError) as error:
        act(town, asked, Act.approve, HEAD)
    assert error.value.refusal is Refusal.own_matter
    assert act(town, asked, Act.approve, MAYOR).state is State.approved
    with pytest.raises(RefusedActError) as other:
        ask(town, overtime(), name="a2", by=OTHER)
    assert other.value.refusal is Refusal.not_the_applicant


def test_a_forgotten_card_and_hours_elsewhere_take_effect(town: Store) -> None:
    punch = PunchRequest(WEDNESDAY, parse_clock("08:25"), Direction.clock_in, "カード忘れ")
    trip = ElsewhereRequest(WEDNESDAY, ElsewhereKind.trip, parse_clock("13:00"), parse_clock("17:15"), "県庁")
    for number, request in enumerate((punch, trip)):
        act(town, ask(town, request, name=f"a{number}"), Act.approve, HEAD)
    assert in_force(town) == {"a0": 1, "a1": 1}
    assert faults(town, replace(punch, minute=parse_clock("10:30")), name="b") == {("minute", Why.not_yet)}
    assert faults(town, replace(punch, direction=Direction.none), name="b") == {("direction", Why.unknown_kind)}


def test_a_swap_takes_effect_once(town: Store) -> None:
    swap = SwapRequest(SATURDAY, SATURDAY + timedelta(days=3), "選挙")
    act(town, ask(town, swap), Act.approve, HEAD)
    assert in_force(town) == {"a1": 1}
    assert ("worked_on", Why.overlaps_swap) in faults(
        town, replace(swap, off_on=SATURDAY + timedelta(days=4)), name="a2"
    )


def test_an_explanation_needs_its_divergence(town: Store) -> None:
    answer = DivergenceAnswer(WEDNESDAY, DivergenceKind.unordered_stay, 1035, 1065, Explanation.work, "")
    assert faults(town, answer) == {("kind", Why.no_such_divergence), ("reason", Why.no_reason)}


def test_many_are_decided_each_for_itself(town: Store) -> None:
    first = ask(town, overtime())
    second = ask(town, overtime(), name="a2", who=OTHER)
    wishes = [(one.id, Wish(Act.approve, HEAD, one.content_hash, seen)) for one, seen in ((first, 1), (second, 0))]
    answers = decide_applications(town, lambda: NOW, [*wishes, ("none", wishes[0][1])], RULES)
    assert [(each.state, each.refusal, each.is_unknown) for each in answers] == [
        (State.approved, None, False), (None, Refusal.moved_on, False), (None, None, True),
    ]  # fmt: skip
    assert in_force(town) == {"a1": 1}


def test_each_deed_is_told_with_who_is_waited_for(town: Store) -> None:
    act(town, ask(town, overtime()), Act.approve, HEAD)
    with town.reading(NOW) as tx:
        told = [json.loads(each.notice.payload) for each in list_unsent(tx, limit=10)]
        assert count_applications(tx, CLERK, WEDNESDAY, WEDNESDAY) == {"approved": 1}
        assert [each.application.id for each in list_applications(tx, CLERK, WEDNESDAY, WEDNESDAY)] == ["a1"]
    assert [(each["state"], each["number"], each["by"], each["waiting_for"]) for each in told] == [
        ("submitted", 1, CLERK, [HEAD]), ("approved", 2, HEAD, []),
    ]  # fmt: skip


def test_what_nobody_knows_is_said(town: Store) -> None:
    with pytest.raises(UnknownApplicationError), town.transaction(NOW) as tx:
        decide_application(tx, "none", Wish(Act.approve, HEAD, "", 1), RULES)
    with pytest.raises(RequestFaultsError), town.transaction(NOW) as tx:
        apply_request(tx, Asked("a1", "nobody", "nobody", overtime()), RULES)
    with pytest.raises(RequestFaultsError), town.transaction(NOW) as tx:
        apply_request(tx, Asked("x" * 65, CLERK, CLERK, overtime()), RULES)
