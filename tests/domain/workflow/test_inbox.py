"""The inbox of a person holds exactly what asking each application would tell."""

from hypothesis import given
from hypothesis import strategies as st

from domain.workflow.application import Application, list_waited_for
from domain.workflow.inbox import Waiting, derive_reach, list_mine, waiting_role
from domain.workflow.route import Organisation, StepRole, Unit
from domain.workflow.states import State

PEOPLE = st.sampled_from("abcdefg")
GROUPS = st.frozensets(PEOPLE, max_size=2)
NAMES = ("u0", "u1", "u2", "u3")
UNITS = st.tuples(*(
    st.builds(
        Unit,
        id=st.just(name),
        parent_id=st.sampled_from([None, *NAMES]),
        head_id=st.none() | PEOPLE,
        acting=GROUPS,
        delegates=GROUPS,
    )
    for name in NAMES
))  # fmt: skip
CITIES = st.builds(
    lambda units, hr, away: Organisation({unit.id: unit for unit in units}, hr, away), UNITS, GROUPS, GROUPS
)
APPLICATIONS = st.lists(
    st.builds(
        Application,
        id=st.uuids().map(str),
        kind=st.just("overtime"),
        person_id=PEOPLE,
        applicant_id=PEOPLE,
        department_id=st.sampled_from(NAMES),
        route=st.lists(st.sampled_from(StepRole), min_size=1, max_size=3).map(tuple),
        content_hash=st.just(""),
        state=st.sampled_from([State.submitted, State.cancelling]),
        step=st.integers(0, 3),
    ),
    max_size=8,
)


@given(CITIES, APPLICATIONS, PEOPLE)
def test_an_inbox_is_what_each_application_says(city: Organisation, waiting: list[Application], who: str) -> None:
    wanted = {
        each.id: decider.acting_for
        for each in waiting
        for decider in list_waited_for(each, city)
        if decider.person_id == who
    }
    reach = derive_reach(who, city)
    rows = [
        Waiting(each.id, each.department_id, role, each.own)
        for each in waiting
        for role in [waiting_role(each.route, each.step)]
        if each.department_id in reach.departments[role] or each.own & reach.named
    ]
    assert {mine.waiting.id: mine.decider.acting_for for mine in list_mine(who, rows, city)} == wanted
