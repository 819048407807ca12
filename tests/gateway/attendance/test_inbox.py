"""What waits for whom: heads, stand-ins, who is away, HR, and the pages of a long list."""

from datetime import timedelta

import pytest

from domain.workflow.application import Refusal, RefusedActError
from domain.workflow.route import StepRole
from domain.workflow.states import Act
from gateway.operations.attendance.name_stand_in import StandInFault, StandInFaultError, end_stand_in, name_stand_in
from gateway.requests.inbox import count_inbox, list_inbox, load_entry
from store.deciders import is_decider
from store.tx import Store
from tests.gateway.attendance.town import (
    CLERK,
    HEAD,
    HR,
    MAYOR,
    NOW,
    OTHER,
    SECOND_HR,
    WEDNESDAY,
    act,
    ask,
    overtime,
    put_town,
)


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def inbox(store: Store, who: str) -> list[tuple[str, str | None]]:
    with store.reading(NOW) as tx:
        found = list_inbox(tx, who)
        assert count_inbox(tx, who) == found.total
    return [(each.filed.application.id, each.acting_for) for each in found.entries]


def test_a_clerks_request_waits_for_the_head_and_a_heads_own_for_the_one_above(town: Store) -> None:
    ask(town, overtime())
    ask(town, overtime(), name="b1", who=HEAD)
    assert (inbox(town, HEAD), inbox(town, MAYOR), inbox(town, CLERK)) == ([("a1", None)], [("b1", None)], [])


def test_a_stand_in_decides_for_the_head_and_the_record_says_so(town: Store) -> None:
    asked = ask(town, overtime())
    with town.transaction(NOW) as tx:
        named = name_stand_in(tx, HEAD, OTHER, WEDNESDAY, WEDNESDAY, by="head")
    assert inbox(town, OTHER) == [("a1", HEAD)]
    assert act(town, asked, Act.approve, OTHER).deeds[-1].acting_for == HEAD
    waiting = ask(town, overtime("20:00", "21:00"), name="a2")
    with town.transaction(NOW) as tx:
        end_stand_in(tx, named, HEAD, by="head")
    assert inbox(town, OTHER) == []
    with pytest.raises(RefusedActError) as error:
        act(town, waiting, Act.approve, OTHER)
    assert error.value.refusal is Refusal.not_a_decider
    with pytest.raises(StandInFaultError), town.transaction(NOW) as tx:
        end_stand_in(tx, named, HEAD, by="head")


@pytest.mark.parametrize(
    ("head", "delegate", "days", "field", "fault"),
    [
        (CLERK, OTHER, (0, 0), "head_id", StandInFault.not_a_head),
        (HEAD, HEAD, (0, 0), "delegate_id", StandInFault.same_person),
        (HEAD, "nobody", (0, 0), "delegate_id", StandInFault.no_person),
        (HEAD, OTHER, (1, 0), "until_on", StandInFault.bad_days),
        (HEAD, OTHER, (-9, -1), "until_on", StandInFault.bad_days),
        (HEAD, OTHER, (0, 366), "until_on", StandInFault.too_long),
    ],
)
def test_an_impossible_stand_in_is_refused(
    town: Store, head: str, delegate: str, days: tuple[int, int], field: str, fault: StandInFault
) -> None:
    from_on, until_on = (WEDNESDAY + timedelta(days=each) for each in days)
    with pytest.raises(StandInFaultError) as error, town.transaction(NOW) as tx:
        name_stand_in(tx, head, delegate, from_on, until_on, by="head")
    assert (error.value.field, error.value.fault) == (field, fault)


def test_hr_sees_what_the_head_has_passed_on_page_by_page(town: Store) -> None:
    tomorrow = NOW + timedelta(days=1)
    for number in range(5):
        hours = f"{18 + number}:00", f"{19 + number}:00"
        asked = ask(
            town, overtime(*hours, afterwards=True), name=f"a{number}", now=tomorrow + timedelta(minutes=number)
        )
        act(town, asked, Act.approve, HEAD, now=tomorrow)
    with town.reading(tomorrow) as tx:
        whole = list_inbox(tx, SECOND_HR)
        pages = [list_inbox(tx, SECOND_HR, offset=offset, limit=2).entries for offset in (0, 2, 4)]
        none = list_inbox(tx, SECOND_HR, role=StepRole.head)
    assert [each.filed.application.id for each in whole.entries] == [f"a{number}" for number in range(5)]
    assert tuple(entry for page in pages for entry in page) == whole.entries
    assert (whole.counts, none.entries, inbox(town, HR)) == ({StepRole.hr: 5}, (), inbox(town, SECOND_HR))


def test_the_list_is_what_each_application_says_of_itself(town: Store) -> None:
    later = NOW + timedelta(days=1)
    people = (CLERK, OTHER, HEAD, MAYOR, HR, SECOND_HR)
    for number, who in enumerate((*people, *people)):
        hours = (f"{18 + number // 6 * 2}:00", f"{19 + number // 6 * 2}:00")
        ask(
            town,
            overtime(*hours, afterwards=True),
            name=f"a{number:02}",
            who=who,
            by=HR if number == 7 else who,
            now=later + timedelta(minutes=number),
        )
    with town.transaction(later) as tx:
        name_stand_in(tx, HEAD, OTHER, later.date(), later.date(), by="head")
    with town.reading(later) as tx:
        for who in people:
            waiting = [f"a{number:02}" for number in range(12) if load_entry(tx, who, f"a{number:02}")]
            assert [each.filed.application.id for each in list_inbox(tx, who).entries] == waiting
            assert count_inbox(tx, who) == len(waiting)
            assert is_decider(tx, who, later.date()) is (who != CLERK)
            for role in StepRole:
                pages = [list_inbox(tx, who, role=role, offset=offset, limit=2) for offset in (0, 2, 4, 6, 8, 10)]
                split = [entry for page in pages for entry in page.entries]
                assert all(entry.role is role for entry in split)
                assert len(split) == pages[0].counts.get(role, 0)
    with town.reading(NOW) as tx:
        assert not is_decider(tx, OTHER, NOW.date())
