"""Rights against a plain reading of the rules: at any instant a person holds what reaches them then, and no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.access.rights import (
    NO_RIGHTS,
    Entitlement,
    Membership,
    Rights,
    Subject,
    SubjectKind,
    derive_rights,
    list_below,
)
from domain.ids import LevelId, PersonId

START = datetime(2026, 11, 20, tzinfo=UTC)
PEOPLE = [PersonId(name) for name in ("p", "q", "r")]
LEVELS = [LevelId(name) for name in ("l0", "l1", "l2")]
PARENTS = {"ka": "bu", "kakari": "ka", "round": "circle", "circle": "round"}
DEPARTMENTS = ["bu", "ka", "kakari", "round", "circle"]

persons = st.sampled_from(PEOPLE).map(lambda who: Subject(SubjectKind.person, who))
places = st.sampled_from(DEPARTMENTS).map(lambda name: Subject(SubjectKind.department, name)) | st.sampled_from(
    ["g0", "g1"]
).map(lambda name: Subject(SubjectKind.group, name))
instants = st.none() | st.integers(0, 6).map(lambda day: START + timedelta(days=day))
entitlements = st.lists(
    st.builds(Entitlement, persons | places, st.sampled_from(LEVELS), instants, instants), max_size=6
)
memberships = st.lists(st.builds(Membership, st.sampled_from(PEOPLE), places, instants, instants), max_size=6)


def holds(span: Entitlement | Membership, at: datetime) -> bool:
    return (span.valid_from is None or span.valid_from <= at) and (span.valid_until is None or at < span.valid_until)


def reaches(person: PersonId, subject: Subject, members: list[Membership], at: datetime) -> bool:
    if subject.kind is SubjectKind.person:
        return subject.id == person
    inside = {subject.id}
    if subject.kind is SubjectKind.department:
        inside = {name for name in DEPARTMENTS if subject.id in above(name)}
    return any(
        each.person == person and each.subject.kind is subject.kind and each.subject.id in inside and holds(each, at)
        for each in members
    )


def above(name: str) -> list[str]:
    chain = [name]
    while (upper := PARENTS.get(chain[-1])) is not None and upper not in chain:
        chain.append(upper)
    return chain


@given(entitlements, entitlements, memberships, st.integers(0, 6), st.integers(0, 6))
def test_what_is_held_now_and_later_is_what_reaches_the_person_then(
    grants: list[Entitlement], denials: list[Entitlement], members: list[Membership], today: int, later: int
) -> None:
    now, then = START + timedelta(days=today), START + timedelta(days=today + later)
    rights = derive_rights(grants, denials, members, PARENTS, now)
    for person in PEOPLE:
        mine = rights.get(person, NO_RIGHTS)
        held = {*mine.levels, *(dated.level for dated in mine.dated if dated.holds(then))}
        assert held == {g.level for g in grants if holds(g, then) and reaches(person, g.subject, members, then)}
        assert set(mine.denied) == {
            d.level for d in denials if holds(d, now) and reaches(person, d.subject, members, now)
        }


@given(entitlements, entitlements, memberships, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_says_nothing_and_what_is_over_leaves_no_trace(
    grants: list[Entitlement], denials: list[Entitlement], members: list[Membership], chance: object
) -> None:
    now = START + timedelta(days=3)
    rights = derive_rights(grants, denials, members, PARENTS, now)
    for rows in (grants, denials, members):
        chance.shuffle(rows)  # type: ignore[attr-defined]
    assert derive_rights(grants, denials, members, PARENTS, now) == rights
    assert NO_RIGHTS not in rights.values()
    for mine in rights.values():
        assert all(dated.valid_until is None or dated.valid_until > now for dated in mine.dated)
        assert all(dated.valid_from is None or dated.valid_from > now for dated in mine.dated)
        assert not {dated.level for dated in mine.dated} & set(mine.levels)


def test_a_departments_level_reaches_down_and_ends_with_the_post() -> None:
    until_at = START + timedelta(days=2)
    grant = Entitlement(Subject(SubjectKind.department, "bu"), LevelId("l0"))
    post = Membership(PersonId("p"), Subject(SubjectKind.department, "kakari"), None, until_at)
    rights = derive_rights([grant], [], [post], PARENTS, START)
    assert [(dated.level, dated.valid_until) for dated in rights[PersonId("p")].dated] == [("l0", until_at)]
    assert derive_rights([grant], [], [post], PARENTS, until_at) == {}
    whole = Membership(PersonId("p"), Subject(SubjectKind.department, "ka"))
    assert derive_rights([grant], [], [post, whole], PARENTS, START) == {PersonId("p"): Rights((LevelId("l0"),))}


def test_what_lies_below_a_department() -> None:
    assert list_below("bu", PARENTS) == {"bu", "ka", "kakari"}
    assert list_below("kakari", PARENTS) == {"kakari"}
    assert list_below("round", PARENTS) == {"round", "circle"}
