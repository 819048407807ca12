"""A person's own applications: what is listed, what is remembered of them, and who may apply for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from contract.request_content import write_content
from domain.attendance.requests import RequestKind
from domain.civil import civil_minute
from domain.workflow.states import Act, State
from gateway.operations.attendance.apply_request import may_apply
from store.application_tables import application
from store.applications import count_of_person, list_of_person, load_application, load_last_content
from store.deciders import load_organisation
from store.people import load_person
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, HR, MAYOR, NOW, OTHER, WEDNESDAY, act, ask, overtime, put_town


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def test_a_list_holds_what_one_made_and_what_is_about_one_the_latest_act_first(town: Store) -> None:
    ask(town, overtime(), name="first")
    ask(town, overtime("20:00", "21:00"), name="second", by=HEAD, now=NOW + timedelta(minutes=1))
    ask(town, overtime(), name="another's", who=OTHER)
    with town.reading(NOW) as tx:
        first = load_application(tx, "first")
    assert first is not None
    act(town, first.application, Act.withdraw, CLERK, now=NOW + timedelta(minutes=2))
    with town.reading(NOW) as tx:

        def listed(who: str, states: list[State], **more: int) -> list[str]:
            return [each.application.id for each in list_of_person(tx, who, states, **more)]

        both = [State.submitted, State.withdrawn]
        assert listed(CLERK, both) == ["first", "second"]
        assert listed(CLERK, both, offset=1, limit=1) == ["second"]
        assert listed(CLERK, [State.submitted]) == ["second"]
        assert listed(HEAD, both) == ["second"]  # made for the clerk
        assert listed(MAYOR, both) == []
        assert (count_of_person(tx, CLERK, both), count_of_person(tx, OTHER, both)) == (2, 1)
        assert count_of_person(tx, CLERK, [State.approved]) == 0


def test_the_last_of_a_kind_that_one_asked_for_oneself_is_remembered(town: Store) -> None:
    kinds = [RequestKind.overtime, RequestKind.overtime_after]
    with town.reading(NOW) as tx:
        assert load_last_content(tx, CLERK, kinds) is None
    ask(town, overtime(), name="z-first")
    later = overtime("17:15", "19:30", WEDNESDAY + timedelta(days=1))
    ask(town, later, name="a-second", now=NOW + timedelta(minutes=1))
    ask(town, overtime("20:00", "21:00"), name="for-me", by=HEAD, now=NOW + timedelta(minutes=2))
    with town.reading(NOW) as tx:
        assert load_last_content(tx, CLERK, kinds) == (RequestKind.overtime, write_content(later))
        assert load_last_content(tx, CLERK, [RequestKind.leave]) is None
        assert load_last_content(tx, HEAD, kinds) is None


def test_oneself_hr_and_whoever_decides_may_apply(town: Store) -> None:
    with town.reading(NOW) as tx:
        organisation = load_organisation(tx, civil_minute(NOW)[0])
        clerk, head = load_person(tx, CLERK), load_person(tx, HEAD)
    assert clerk is not None
    assert head is not None
    assert [who for who in (CLERK, HEAD, HR, MAYOR, OTHER) if may_apply(who, clerk, organisation)] == [CLERK, HEAD, HR]
    assert [who for who in (CLERK, HEAD, MAYOR, OTHER) if may_apply(who, head, organisation)] == [HEAD, MAYOR]


def test_content_that_cannot_be_read_holds_up_nothing_else(town: Store) -> None:
    ask(town, overtime(), name="broken")
    with town.transaction(NOW) as tx:
        tx.connection.execute(update(application).where(application.c.id == "broken").values(content=b"{}"))
    assert ask(town, overtime(), name="whole").state is State.submitted
