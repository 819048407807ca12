"""Who may decide: heads, those who stand in, absences, and never nobody."""

from hypothesis import given
from hypothesis import strategies as st

from domain.workflow.route import Decider, Organisation, StepRole, Unit, list_deciders

NOBODY: frozenset[str] = frozenset()
PEOPLE = st.sampled_from(["ann", "ben", "cho", "dai"])


def test_an_absent_head_is_joined_by_the_one_above() -> None:
    units = {"tax": Unit("tax", "finance", "head"), "finance": Unit("finance", None, "above")}
    here = Organisation(units)
    assert list_deciders(StepRole.head, "tax", here, NOBODY) == (Decider("head"),)
    away = Organisation(units, away=frozenset({"head"}))
    assert list_deciders(StepRole.head, "tax", away, NOBODY) == (Decider("head"), Decider("above"))


def test_a_named_stand_in_is_enough_while_the_head_is_away() -> None:
    units = {
        "tax": Unit("tax", "finance", "head", delegates=frozenset({"deputy"})),
        "finance": Unit("finance", None, "a"),
    }
    found = list_deciders(StepRole.head, "tax", Organisation(units, away=frozenset({"head"})), NOBODY)
    assert found == (Decider("head"), Decider("deputy", acting_for="head"))


def test_whom_a_head_named_does_not_grant_that_head_s_own_wishes() -> None:
    units = {
        "tax": Unit("tax", "finance", "head", frozenset({"acting"}), frozenset({"deputy"})),
        "finance": Unit("finance", None, "above"),
    }
    here = Organisation(units)
    assert list_deciders(StepRole.head, "tax", here, frozenset({"head"})) == (Decider("above"),)
    assert [each.person_id for each in list_deciders(StepRole.head, "tax", here, frozenset({"clerk"}))] == [
        "head", "acting", "deputy",
    ]  # fmt: skip


def test_a_department_without_a_head_asks_above_and_the_top_asks_hr() -> None:
    units = {"tax": Unit("tax", "finance"), "finance": Unit("finance")}
    assert list_deciders(StepRole.head, "tax", Organisation(units, frozenset({"hr"})), NOBODY) == (Decider("hr"),)


def test_above_begins_one_department_higher() -> None:
    units = {"tax": Unit("tax", "finance", "head"), "finance": Unit("finance", None, "above")}
    assert list_deciders(StepRole.above, "tax", Organisation(units), NOBODY) == (Decider("above"),)


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    ids = ["a", "b", "c"]
    units = {
        each: Unit(
            each,
            draw(st.sampled_from([None, *ids])),  # circles too: a file may be wrong, and nobody may hang on it
            draw(st.none() | PEOPLE),
            draw(st.frozensets(PEOPLE)),
            draw(st.frozensets(PEOPLE)),
        )
        for each in ids
    }
    return Organisation(
        units, draw(st.frozensets(st.sampled_from(["hr-1", "hr-2"]), min_size=1)), draw(st.frozensets(PEOPLE))
    )


@given(organisations(), st.sampled_from(StepRole), st.frozensets(PEOPLE))
def test_somebody_can_always_decide_and_never_about_himself(
    organisation: Organisation, role: StepRole, barred: frozenset[str]
) -> None:
    found = list_deciders(role, "a", organisation, barred)
    assert found
    assert barred.isdisjoint(each.person_id for each in found)
    assert {each.person_id for each in found} - organisation.away
    assert len({each.person_id for each in found}) == len(found)
