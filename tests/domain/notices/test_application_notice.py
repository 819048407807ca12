"""An act gives messages: to whoever decides now, and of an outcome to whose matter it is; never to who did it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.notices.application_notice import ApplicationNotice, derive_messages

FILED = ApplicationNotice("a1", "leave", "submit", "submitted", 1, "p1", "p1", "p1", "2025-11-04", ("p9", "p8"))
PEOPLE = st.sampled_from(["p1", "p2", "p3", "p4"])
STATES = st.sampled_from(["draft", "submitted", "returned", "approved", "rejected", "withdrawn", "cancelled"])


def test_deciders_hear_that_something_waits() -> None:
    told = derive_messages(FILED)
    assert [(each.person_id, each.kind, each.subject) for each in told] == [
        ("p8", "application_waiting", "a1/1"),
        ("p9", "application_waiting", "a1/1"),
    ]
    assert told[0].filling == {"application_kind": "leave", "on": "2025-11-04"}


def test_the_applicant_and_the_person_hear_what_became_of_it() -> None:
    decided = replace(FILED, act="send_back", state="returned", number=2, applicant_id="p2", by="p9", waiting_for=())
    told = derive_messages(decided)
    assert [(each.person_id, each.kind) for each in told] == [
        ("p1", "application_returned"),
        ("p2", "application_returned"),
    ]


def test_an_end_that_was_not_agreed_to_is_no_second_approval() -> None:
    kept = replace(FILED, act="reject", state="approved", number=4, by="p9", waiting_for=())
    assert [each.kind for each in derive_messages(kept)] == ["application_kept"]


def test_a_further_act_is_told_again() -> None:
    assert {each.subject for each in derive_messages(replace(FILED, number=3))} == {"a1/3"}


@given(STATES, PEOPLE, PEOPLE, PEOPLE, st.lists(PEOPLE))
def test_nobody_hears_of_an_own_act_nor_twice_the_same(
    state: str, person: str, applicant: str, by: str, waiting: list[str]
) -> None:
    told = derive_messages(
        ApplicationNotice("a", "swap", "approve", state, 5, person, applicant, by, "2025-11-04", tuple(waiting))
    )
    assert by not in {each.person_id for each in told}
    assert len({(each.person_id, each.kind, each.subject) for each in told}) == len(told)
    assert {each.person_id for each in told} <= {person, applicant, *waiting}
