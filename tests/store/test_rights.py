"""Grants, denials, posts and groups on both databases, and what a policy is made from."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.access.policy import DatedLevel
from domain.access.rights import GrantSource, PostKind, Rights, Subject, SubjectKind
from domain.civil import instant
from store.denials import Denial, end_denial, insert_denial, list_denials, load_denial
from store.groups import Group, end_member, insert_group, insert_member, list_groups, list_members, list_persons_groups
from store.hr_grants import list_level_grants, save_level_grants
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.policy_inputs import load_changes_since, load_inputs_revision
from store.posts import end_post, insert_post, list_acting_departments, list_posts, save_regular_posts
from store.rights import (
    REACHED_MAX,
    Grant,
    end_grant,
    insert_grant,
    limit_grants,
    list_grants,
    list_grants_of_source,
    list_reached,
    load_grant,
    load_policy_inputs,
)
from store.tx import Store, Tx

NOW = instant(date(2026, 11, 24), 720)
TODAY = date(2026, 11, 24)
PERSON = Subject(SubjectKind.person, "p1")


@pytest.fixture
def hall(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        upsert_departments(
            tx, [Department("bu", "部"), Department("ka", "課", parent_id="bu"), Department("other", "他")]
        )
        upsert_persons(tx, [Person(f"p{n}", f"p{n}", f"p{n}", "ka") for n in (1, 2)])
        upsert_persons(tx, [Person("p3", "p3", "p3", "other", kind="contractor", sponsor_id="p1")])
        upsert_cards(tx, [Card(f"{n}" * 32, f"p{n}", f"No.{n}") for n in (1, 2, 3)])
    return store


def grant(id_: str, subject: Subject = PERSON, level: str = "staff", **more: object) -> Grant:
    return Grant(id_, subject.kind.value, subject.id, level, "desk", "異動", "desk", **more)  # type: ignore[arg-type]


def rights(tx: Tx, who: str = "p1") -> Rights:
    whole, alone = load_policy_inputs(tx), load_policy_inputs(tx, [who])
    assert alone.rights.get(who) == whole.rights.get(who)  # type: ignore[call-overload]
    assert alone.cards == tuple(card for card in whole.cards if card.person_id == who)
    return whole.rights.get(who, Rights())  # type: ignore[call-overload]


def test_a_grant_is_given_once_and_ended_once(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        assert insert_grant(tx, grant("g1"))
        assert not insert_grant(tx, grant("g1", level="other"))
        assert rights(tx) == Rights(("staff",))
        assert end_grant(tx, "g1", by="hr", reason="退職")
        assert not end_grant(tx, "g1", by="hr", reason="退職")
        assert rights(tx) == Rights()
        assert list_grants(tx, [PERSON]) == []
        [ended] = list_grants(tx, [PERSON], ended=True)
        assert ended == load_grant(tx, "g1")
        assert (ended.given_by, ended.given_at, ended.ended_by, ended.ended_at, ended.end_reason) == (
            "desk", NOW, "hr", NOW, "退職",
        )  # fmt: skip


def test_a_visits_grants_are_found_by_the_visit(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        given = Grant(
            "v1", "person", "p3", "visitor", "visit", "訪問", "desk", NOW, NOW + timedelta(hours=2), "visit-7"
        )
        insert_grant(tx, given)
        assert [each.id for each in list_grants_of_source(tx, GrantSource.visit, "visit-7")] == ["v1"]
        assert rights(tx, "p3") == Rights((), (DatedLevel("visitor", None, NOW + timedelta(hours=2)),))  # type: ignore[arg-type]


def test_departments_reach_down_groups_reach_members_and_denials_are_dated(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        insert_grant(tx, grant("g1", Subject(SubjectKind.department, "bu")))
        assert insert_group(tx, Group("relief", "応援班"), by="hr")
        insert_member(tx, "relief", "p3", from_on=TODAY, until_on=TODAY, by="hr")
        insert_grant(tx, grant("g2", Subject(SubjectKind.group, "relief"), "shelter"))
        tomorrow = TODAY + timedelta(days=1)
        insert_denial(tx, Denial("d1", "person", "p2", "vault", "調査", "hr", tomorrow, tomorrow))
        assert (rights(tx, "p1"), rights(tx, "p2")) == (Rights(("staff",)), Rights(("staff",)))
        ends_at = instant(tomorrow, 0)
        assert rights(tx, "p3") == Rights((), (DatedLevel("shelter", None, ends_at),))  # type: ignore[arg-type]
    with hall.transaction(ends_at) as tx:
        assert (rights(tx, "p2"), rights(tx, "p3")) == (Rights(("staff",), (), ("vault",)), Rights())
        assert [each.id for each in list_denials(tx, [Subject(SubjectKind.person, "p2")])] == ["d1"]
        assert end_denial(tx, "d1", by="hr", reason="終了")
        assert not end_denial(tx, "d1", by="hr", reason="終了")
        ended = load_denial(tx, "d1")
        assert ended is not None
        assert ended.end_reason == "終了"
        assert rights(tx, "p2") == Rights(("staff",))
        [member] = list_members(tx, "relief")
        assert [member] == list_persons_groups(tx, "p3")
        assert end_member(tx, member.id, TODAY - timedelta(days=1), by="hr", reason="")
        assert list_groups(tx) == [Group("relief", "応援班")]


def test_an_acting_head_is_head_for_that_time_and_belongs_there(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        insert_grant(tx, grant("g1", Subject(SubjectKind.department, "other"), "vault"))
        insert_post(tx, "p1", "other", PostKind.acting, title="課長代理", from_on=TODAY, until_on=TODAY, by="hr")
        assert list_acting_departments(tx, "p1", TODAY) == ["other"]
        assert list_acting_departments(tx, "p1", TODAY + timedelta(days=1)) == []
        [_, acting] = list_posts(tx, "p1")
        assert (acting.kind, acting.title, acting.source, acting.given_by) == ("acting", "課長代理", "desk", "hr")
        assert [dated.level for dated in rights(tx).dated] == ["vault"]
        assert end_post(tx, acting.id, TODAY - timedelta(days=1), by="hr", reason="")
        assert rights(tx) == Rights()


def test_hrs_department_is_the_regular_post_and_a_move_ordered_ahead_stands(hall: Store) -> None:
    ahead = TODAY + timedelta(days=7)

    def posts(tx: Tx) -> list[tuple[str, date | None, date | None]]:
        found = [(each.department_id, each.from_on, each.until_on) for each in list_posts(tx, "p1")]
        return [each for each in found if each[1] is None or each[2] is None or each[1] <= each[2]]

    with hall.transaction(NOW) as tx:
        assert posts(tx) == [("ka", None, None)]
        save_regular_posts(tx, {"p1": "other"}, from_on=ahead, by="hr")
        upsert_persons(tx, [Person("p1", "新しい名", "p1", "ka")])
        eve = ahead - timedelta(days=1)
        assert posts(tx) == [("ka", None, eve), ("other", ahead, None)]
        upsert_persons(tx, [Person("p1", "p1", "p1", "bu")])
        assert posts(tx) == [("ka", None, TODAY - timedelta(days=1)), ("other", ahead, None), ("bu", TODAY, eve)]
        upsert_persons(tx, [Person("p1", "p1", "p1", "ka")])  # the same day again
        assert posts(tx)[1:] == [("other", ahead, None), ("ka", TODAY, eve)]


def test_grants_end_with_the_move_and_no_earlier(hall: Store) -> None:
    until_at = NOW + timedelta(days=3)
    with hall.transaction(NOW) as tx:
        insert_grant(tx, grant("g1"))
        insert_grant(tx, grant("g2", level="soon", valid_until=NOW + timedelta(days=1)))
        insert_grant(tx, grant("g3", level="late", valid_from=NOW + timedelta(days=9)))
        limit_grants(tx, ["g1", "g2", "g3"], until_at, by="hr", reason="異動")
        assert [(dated.level, dated.valid_until) for dated in rights(tx).dated] == [
            ("soon", NOW + timedelta(days=1)),
            ("staff", until_at),
        ]


def test_hrs_levels_are_set_whole_and_leave_the_desks_alone(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        insert_grant(tx, grant("g1", level="desk"))
        save_level_grants(tx, {"p1": {"staff", "it"}})
        save_level_grants(tx, {"p1": {"staff"}})
        save_level_grants(tx, {"p1": {"staff", "it"}})
        assert list_level_grants(tx) == {"p1": {"staff", "it"}}
        assert rights(tx) == Rights(("desk", "it", "staff"))


def test_who_may_differ_is_told_where_it_is_known(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        stood = load_inputs_revision(tx)
        insert_grant(tx, grant("g1"))
        save_level_grants(tx, {"p2": ()})  # nothing changes
        assert load_changes_since(tx, stood).persons == {"p1"}
        insert_grant(tx, grant("g2", Subject(SubjectKind.department, "ka")))
        assert load_changes_since(tx, stood).persons == {"p1", "p2"}, "whoever is in the department"


def test_a_department_reaches_everybody_below_and_too_many_are_anybody(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        upsert_persons(tx, [Person("p4", "p4", "p4", "other")])
        insert_post(tx, "p3", "ka", PostKind.concurrent, from_on=TODAY + timedelta(days=9), until_on=None, by="hr")
        insert_post(tx, "p4", "ka", PostKind.concurrent, from_on=None, until_on=TODAY - timedelta(days=1), by="hr")
        above = [Subject(SubjectKind.department, "bu")]
        assert list_reached(tx, above) == {"p1", "p2", "p3"}, "also who comes later, not who went"
        upsert_persons(tx, [Person(f"q{n}", "q", "q", "ka") for n in range(REACHED_MAX - 3)])
        assert len(list_reached(tx, above) or ()) == REACHED_MAX
        upsert_persons(tx, [Person("one-more", "q", "q", "ka")])
        assert list_reached(tx, above) is None
        assert list_reached(tx, [Subject(SubjectKind.department, "other")]) == {"p3", "p4"}


def test_days_are_civil(hall: Store) -> None:
    late = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # half past midnight of the 25th in Japan
    with hall.transaction(late) as tx:
        upsert_persons(tx, [Person("p1", "p1", "p1", "other")])
        assert [each.from_on for each in list_posts(tx, "p1")] == [None, date(2026, 11, 25)]
