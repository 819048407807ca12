"""Who belonged to a department in a month, on both databases: people who left or moved stay where they were."""

from datetime import UTC, date, datetime

from sqlalchemy import delete

from domain.access.rights import PostKind
from store.department_months import list_belonging
from store.people import Department, Person, upsert_departments, upsert_persons
from store.posts import insert_post, save_regular_posts
from store.rights_tables import post
from store.tx import Store

NOW = datetime(2026, 4, 10, 3, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))


def found_city(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("general", "総務課"), Department("tax", "税務課")])
        upsert_persons(
            tx,
            [
                Person("stays", "萩 一", "ハギ イチ", "general"),
                Person("left", "萩 二", "ハギ ニ", "general", left_on=date(2026, 3, 20)),
                Person("moved", "萩 三", "ハギ サン", "general"),
                Person("came", "萩 四", "ハギ シ", "general", joined_on=date(2026, 4, 1)),
                Person("back", "萩 五", "ハギ ゴ", "general"),
            ],
        )


def move(store: Store, who: str, where: str, on: date) -> None:
    with store.transaction(NOW) as tx:
        save_regular_posts(tx, {who: where}, from_on=on)


def belonging(store: Store, department_id: str, days: tuple[date, date]) -> dict[str, list[tuple[int, int]]]:
    with store.reading(NOW) as tx:
        found = list_belonging(tx, department_id, days)
    return {each.line.person_id: [(first.day, last.day) for first, last in each.stays] for each in found}


def test_people_who_left_stay_in_the_months_in_which_they_were_there(store: Store) -> None:
    found_city(store)
    march, april = belonging(store, "general", MARCH), belonging(store, "general", APRIL)
    assert march["left"] == [(1, 20)]
    assert "left" not in april
    assert ("came" in march, april["came"]) == (False, [(1, 30)])
    assert list(march) == ["stays", "back", "moved", "left"]  # by kana


def test_posts_say_where_somebody_was(store: Store) -> None:
    found_city(store)
    move(store, "moved", "tax", date(2026, 3, 16))
    with store.transaction(NOW) as tx:  # a post beside the regular one is no place of its own
        insert_post(tx, "stays", "tax", PostKind.concurrent, from_on=MARCH[0], until_on=None, by="hr")
    assert belonging(store, "general", MARCH)["moved"] == [(1, 15)]
    assert belonging(store, "tax", MARCH) == {"moved": [(16, 31)]}
    assert "moved" not in belonging(store, "general", APRIL)
    assert belonging(store, "tax", APRIL) == {"moved": [(1, 30)]}


def test_who_came_back_within_the_month_has_two_stays(store: Store) -> None:
    found_city(store)
    move(store, "back", "tax", date(2026, 3, 11))
    move(store, "back", "general", date(2026, 3, 21))
    assert belonging(store, "general", MARCH)["back"] == [(1, 10), (21, 31)]
    assert belonging(store, "tax", MARCH) == {"back": [(11, 20)]}
    with store.reading(NOW) as tx:
        (back,) = [each for each in list_belonging(tx, "general", MARCH) if each.line.person_id == "back"]
    assert [back.holds_on(date(2026, 3, day)) for day in (10, 11, 20, 21)] == [True, False, False, True]


def test_without_any_post_the_department_that_stands_with_the_person_holds(store: Store) -> None:
    found_city(store)
    with store.transaction(NOW) as tx:
        tx.connection.execute(delete(post).where(post.c.person_id == "stays"))
    assert belonging(store, "general", MARCH)["stays"] == [(1, 31)]
