"""Whatever people do with applications in whatever order: in force is exactly what is approved, and nothing else."""

from contextlib import suppress
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete

from contract.request_content import hash_content
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction
from domain.attendance.requests import ElsewhereRequest, LeaveRequest, PunchRequest, Request, SwapRequest
from domain.workflow.application import RefusedActError, Wish
from domain.workflow.states import IN_EFFECT, Act, State
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from gateway.requests.refusals import ApplicationConflictError, RequestFaultsError, UnknownApplicationError
from store.application_tables import application, application_deed
from store.applications import Filed, list_filed
from store.closing_tables import changed_day
from store.effects import TABLES
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
    list_in_force,
    overtime,
    put_town,
)

THURSDAY = WEDNESDAY + timedelta(days=1)
REQUESTS: tuple[Request, ...] = (
    overtime(),
    overtime("18:00", "21:00"),
    overtime(on=THURSDAY),
    overtime("17:15", "19:00", on=WEDNESDAY - timedelta(days=1), afterwards=True),
    PunchRequest(WEDNESDAY, 505, Direction.clock_in, "カード忘れ"),
    ElsewhereRequest(THURSDAY, ElsewhereKind.trip, 780, 1035, "県庁"),
    SwapRequest(SATURDAY, date(2025, 11, 18), "選挙"),
    LeaveRequest("absence", date(2025, 11, 18), date(2025, 11, 18), "私事"),
)
NAMES = st.sampled_from(["a0", "a1", "a2", "a3"])
PEOPLE = st.sampled_from([CLERK, OTHER, HEAD, MAYOR, HR])
REFUSED = (RefusedActError, RequestFaultsError, ApplicationConflictError, UnknownApplicationError)


class Desk(RuleBasedStateMachine):
    """Clerks, heads and HR who do anything at any time, also with pages that are old or of other contents."""

    store: Store

    @initialize()
    def _clear(self) -> None:
        with self.store.transaction(NOW) as tx:
            for table in (*TABLES, changed_day, application_deed, application):
                tx.connection.execute(delete(table))

    def _filed(self) -> dict[str, Filed]:
        with self.store.reading(NOW) as tx:
            return {each.application.id: each for each in list_filed(tx, ["a0", "a1", "a2", "a3"])}

    @rule(name=NAMES, who=st.sampled_from([CLERK, OTHER]), by=st.none() | PEOPLE, request=st.sampled_from(REQUESTS))
    def apply(self, name: str, who: str, by: str | None, request: Request) -> None:
        filed = self._filed().get(name)
        seen = len(filed.application.deeds) if filed else 0
        with suppress(*REFUSED), self.store.transaction(NOW) as tx:
            apply_request(tx, Asked(name, who, by or who, request, seen), RULES)

    @rule(name=NAMES, what=st.sampled_from(Act), by=PEOPLE, age=st.sampled_from([0, 0, 0, 1]), same=st.booleans())
    def act(self, name: str, what: Act, by: str, age: int, same: bool) -> None:
        filed = self._filed().get(name)
        one = filed.application if filed else None
        content_hash = one.content_hash if one and (same or not age) else hash_content(b"{}")
        wish = Wish(what, by, content_hash, len(one.deeds) - age if one else 0, "理由")
        with suppress(*REFUSED), self.store.transaction(NOW) as tx:
            decide_application(tx, name, wish, RULES)

    @rule(name=NAMES)
    def pass_all_steps(self, name: str) -> None:
        for by in (HEAD, MAYOR, HR):
            self.act(name, Act.approve, by, 0, same=True)

    @rule(name=NAMES, by_head=st.booleans())
    def end(self, name: str, by_head: bool) -> None:
        self.pass_all_steps(name)
        for by in (HEAD, MAYOR, HR) if by_head else (CLERK, OTHER):
            self.act(name, Act.revoke if by_head else Act.cancel, by, 0, same=True)

    @invariant()
    def in_force_is_what_is_approved(self) -> None:
        approved = {name: 1 for name, each in self._filed().items() if each.application.state in IN_EFFECT}
        with self.store.reading(NOW) as tx:
            assert list_in_force(tx) == approved

    @invariant()
    def each_approval_is_of_these_bytes_and_of_another(self) -> None:
        for each in self._filed().values():
            one = each.application
            assert hash_content(each.matter.content) == one.content_hash
            if one.state is not State.approved:
                continue
            last = max(number for number, deed in enumerate(one.deeds) if deed.act is Act.submit)
            given = [deed for deed in one.deeds[last:] if deed.act is Act.approve]
            assert given
            assert {deed.content_hash for deed in given} == {one.content_hash}
            assert not {deed.by for deed in given} & one.own


def test_in_force_is_exactly_what_is_approved(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_town(tx)
    machine = type("DeskOfThisStore", (Desk,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
