"""Reports and reviews over rights and the log, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.access.rights import PostKind, Subject, SubjectKind
from gateway.operations.access.save_view import VIEWS_MAX, ViewFault, save_view
from gateway.operations.access.sign_review import ReviewFault, open_review, sign_review
from gateway.operations.identity.roles import Role
from store.access_reports import list_entries, list_held_open, list_unused_cards, list_unused_grants
from store.denials import list_denials
from store.hr_grants import save_level_grants
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.policy_inputs import load_inputs_revision
from store.posts import insert_post
from store.read_log import insert_reading, list_readings
from store.records import Record, insert_records
from store.reviews import list_review_lines, list_reviews, load_last_entries, load_review, save_marks, save_rest_kept
from store.rights import Grant, insert_grant, load_grant, load_policy_inputs
from store.saved_views import delete_view, list_views
from store.tx import Store, Tx

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
REVIEW = "0123456789abcdef"


def tap(seq: int, person: str | None, point: str, minutes: int, *, word: str = "granted", card: str = "c") -> Record:
    return Record(
        "box", 1, seq, "tap.observed", NOW - timedelta(minutes=minutes), NOW, live=True, hash=b"", body=b"{}",
        access_point_id=point, subject=point, person_id=person, granted=word == "granted", reason=word,
        credential=card * 32,
    )  # fmt: skip


def door(seq: int, word: str, minutes: int, name: str = "main") -> Record:
    at = NOW - timedelta(minutes=minutes)
    return Record("box", 1, seq, "door.moved", at, NOW, live=True, hash=b"", body=b"{}", subject=name, reason=word)


@pytest.fixture
def people(store: Store) -> Store:
    with store.transaction(NOW - timedelta(days=200)) as tx:
        upsert_departments(tx, [Department("x", "総務課"), Department("y", "情報課")])
        upsert_persons(
            tx,
            [
                Person("p1", "青木", "アオキ", "x"),
                Person("p2", "石井", "イシイ", "x"),
                Person("p3", "上田", "ウエダ", "y"),
                Person("p4", "江口", "エグチ", "y", left_on=date(2026, 11, 1)),
            ],
        )
        upsert_cards(tx, [Card("a" * 32, "p1", "No.1"), Card("b" * 32, "p2", "No.2")])
    return store


def test_who_entered_left_and_was_refused(people: Store) -> None:
    with people.transaction(NOW) as tx:
        insert_records(
            tx,
            [
                tap(1, "p1", "in", 60),
                tap(2, "p1", "out", 30),
                tap(3, "p1", "in", 20),
                tap(4, "p3", "in", 50, word="expired"),
                tap(5, None, "in", 40, word="unknown_credential"),
                tap(6, "p2", "elsewhere", 40),
                tap(7, "p2", "in", 6000),
            ],
        )
        lines = list_entries(tx, into=["in"], out_of=["out"], since=NOW - timedelta(hours=2), until=NOW, limit=10)
    assert [tuple(line)[:6] for line in lines] == [
        ("p1", "青木", "総務課", 2, 1, 0),
        ("p3", "上田", "情報課", 0, 0, 1),
        ("", "", "", 0, 0, 1),
    ]
    assert (lines[0].first_at, lines[0].last_at) == (NOW - timedelta(minutes=60), NOW - timedelta(minutes=20))
    assert lines[1].first_at is None


def test_doors_held_open_with_their_beginning_and_end(people: Store) -> None:
    with people.transaction(NOW) as tx:
        insert_records(
            tx,
            [
                door(1, "opened", 100),
                door(2, "held_open", 99),
                door(3, "closed", 90),
                door(4, "opened", 10),
                door(5, "held_open", 9),
                door(6, "closed", 5, "west"),
            ],
        )
        found = list_held_open(tx, since=NOW - timedelta(days=1), until=NOW, limit=10)
    assert [
        (held.door_id, held.opened_at and (NOW - held.opened_at).seconds // 60, held.closed_at is None)
        for held in found
    ] == [("main", 10, True), ("main", 100, False)]


def test_cards_and_rights_that_nobody_uses(people: Store) -> None:
    with people.transaction(NOW - timedelta(days=100)) as tx:
        for number, who in enumerate(("p1", "p2", "p4")):
            insert_grant(tx, Grant(f"g{number}", "person", who, "it", "desk", "仕事", "desk"))
    with people.transaction(NOW) as tx:
        insert_records(tx, [tap(1, "p1", "server_in", 60, card="a"), tap(2, "p2", "main", 60 * 24 * 95, card="b")])
        since = NOW - timedelta(days=90)
        cards = list_unused_cards(tx, since=since, limit=10)
        grants = list_unused_grants(tx, "it", ["server_in"], since=since, limit=10)
        fresh = list_unused_grants(tx, "it", ["server_in"], since=NOW - timedelta(days=150), limit=10)
    assert [(card.person_id, card.label, card.last_at) for card in cards] == [
        ("p2", "No.2", NOW - timedelta(minutes=60 * 24 * 95))
    ]
    assert [grant.person_id for grant in grants] == ["p2"]
    assert fresh == []


def open_one(tx: Tx) -> ReviewFault | None:
    return open_review(
        tx, REVIEW, area_id="server_room", levels=["it"], reviewer_id="p1", due_at=NOW + timedelta(days=7), by="desk"
    )


@pytest.fixture
def granted(people: Store) -> Store:
    """Level it: p1 by the desk, p2 by HR and the desk, p3 by the department, p4 has left."""
    with people.transaction(NOW - timedelta(days=1)) as tx:
        for number, who in enumerate(("p1", "p2", "p4")):
            insert_grant(tx, Grant(f"g{number}", "person", who, "it", "desk", "仕事", "desk"))
        insert_grant(tx, Grant("dep", "department", "y", "it", "desk", "課の仕事", "desk"))
        insert_grant(tx, Grant("old", "person", "p3", "it", "desk", "", "desk", valid_until=NOW - timedelta(hours=1)))
        insert_grant(tx, Grant("other", "person", "p3", "staff", "desk", "", "desk"))
        save_level_grants(tx, {"p2": ["it"]})
    return people


def test_a_review_lists_whom_a_level_reaches_and_by_whose_word(granted: Store) -> None:
    with granted.transaction(NOW) as tx:
        assert open_one(tx) is None
        assert open_one(tx) is None  # sent twice
        lines = list_review_lines(tx, REVIEW)
        [review] = list_reviews(tx, limit=5)
        assert list_reviews(tx, reviewer_id="p2", limit=5) == []
    assert [(line.person_id, line.shared, line.keep) for line in lines] == [
        ("p1", False, None),
        ("p2", True, None),
        ("p3", True, None),
    ]
    assert lines[0].grants == ("g0",)
    assert "g1" in lines[1].grants
    assert lines[2].grants == ()
    assert (review.reviewer, review.lines, review.marked) == ("青木", 3, 0)


def test_a_signature_ends_what_was_marked_and_nothing_before(granted: Store) -> None:
    with granted.transaction(NOW) as tx:
        open_one(tx)
        save_marks(tx, REVIEW, {("p1", "it"): False, ("p2", "it"): False, ("nobody", "it"): False}, by="aoki")
        assert sign_review(tx, REVIEW, by="aoki", name="青木 太郎") is ReviewFault.not_all_marked
        save_rest_kept(tx, REVIEW, by="aoki")
        assert sign_review(tx, REVIEW, by="aoki", name="  ") is ReviewFault.no_name
        stood = load_inputs_revision(tx)
        assert load_policy_inputs(tx).rights["p1"].levels == ("it",)
    with granted.transaction(NOW) as tx:
        assert sign_review(tx, REVIEW, by="aoki", name="青木 太郎") is None
    with granted.transaction(NOW) as tx:
        assert sign_review(tx, REVIEW, by="aoki", name="青木 太郎") is ReviewFault.signed
        rights = load_policy_inputs(tx).rights
        ended, kept = load_grant(tx, "g0"), load_grant(tx, "dep")
        [denial] = list_denials(tx, [Subject(SubjectKind.person, "p2")])
        review = load_review(tx, REVIEW)
        assert load_inputs_revision(tx) > stood
    assert "p1" not in rights
    assert rights["p2"].denied == ("it",)
    assert "it" in rights["p3"].levels
    assert ended is not None
    assert (ended.ended_by, ended.end_reason) == ("aoki", f"棚卸し {REVIEW}")
    assert kept is not None
    assert kept.ended_at is None
    assert denial.reason == f"棚卸し {REVIEW}"
    assert review is not None
    assert (review.signed_name, review.removed, review.signed_at) == ("青木 太郎", 2, NOW)


def test_who_is_denied_already_is_not_reviewed_again(granted: Store) -> None:
    with granted.transaction(NOW) as tx:
        open_one(tx)
        save_marks(tx, REVIEW, {("p3", "it"): False}, by="aoki")
        save_rest_kept(tx, REVIEW, by="aoki")
        sign_review(tx, REVIEW, by="aoki", name="青木")
        next_one = "f" * 16
        open_review(tx, next_one, area_id="a", levels=["it"], reviewer_id="p1", due_at=NOW + timedelta(1), by="desk")
        assert [line.person_id for line in list_review_lines(tx, next_one)] == ["p1", "p2"]
        assert [line.person_id for line in list_review_lines(tx, next_one, after=("p1", "it"), limit=1)] == ["p2"]
        assert (
            open_review(tx, "e" * 16, area_id="a", levels=["it"], reviewer_id="p1", due_at=NOW, by="desk")
            is ReviewFault.bad_due
        )
        with pytest.raises(LookupError):
            sign_review(tx, "d" * 16, by="aoki", name="青木")


def test_a_concurrent_post_brings_a_department_s_level(granted: Store) -> None:
    with granted.transaction(NOW) as tx:
        insert_post(tx, "p1", "y", PostKind.concurrent, from_on=None, until_on=None, by="desk")
        insert_grant(tx, Grant("dep2", "department", "y", "lab", "desk", "", "desk"))
        open_review(tx, REVIEW, area_id="a", levels=["lab"], reviewer_id="p1", due_at=NOW + timedelta(1), by="desk")
        assert [line.person_id for line in list_review_lines(tx, REVIEW)] == ["p1", "p3"]


def test_the_last_entry_of_each(people: Store) -> None:
    with people.transaction(NOW) as tx:
        insert_records(tx, [tap(1, "p1", "in", 60), tap(2, "p1", "in", 30), tap(3, "p2", "in", 5, word="expired")])
        assert load_last_entries(tx, ["p1", "p2"], ["in"]) == {"p1": NOW - timedelta(minutes=30)}


def test_views_are_own_replaced_shared_and_forgotten(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert save_view(tx, owner="desk", name=" 夜の 拒否 ", query="x", shared_with=[]) is None
        assert save_view(tx, owner="desk", name="夜の 拒否", query="result=granted", shared_with=[Role.auditor]) is None
        assert save_view(tx, owner="kansa", name="A", query="", shared_with=[]) is None
        assert save_view(tx, owner="desk", name=" ", query="", shared_with=[]) is ViewFault.no_name
        assert save_view(tx, owner="desk", name="x" * 41, query="", shared_with=[]) is ViewFault.long_name
        assert [(view.name, view.query) for view in list_views(tx, "desk", ["operator"])] == [
            ("夜の 拒否", "result=granted")
        ]
        assert [view.name for view in list_views(tx, "kansa", ["auditor"])] == ["A", "夜の 拒否"]
        [view] = list_views(tx, "desk", [])
        assert not delete_view(tx, view.id, "kansa")
        assert delete_view(tx, view.id, "desk")
        for number in range(VIEWS_MAX):
            save_view(tx, owner="desk", name=str(number), query="", shared_with=[])
        assert save_view(tx, owner="desk", name="one more", query="", shared_with=[]) is ViewFault.too_many
        assert save_view(tx, owner="desk", name="7", query="word=x", shared_with=[]) is None


def test_looks_are_listed_by_person_and_by_who_looked(people: Store) -> None:
    with people.transaction(NOW) as tx:
        insert_reading(tx, "desk", "events", person_id="p1", query="who=p1")
        insert_reading(tx, "kansa", "events", person_id=None, query="")
        insert_reading(tx, "kansa", "event", person_id="p1", query="box/1/1")
        newest, *rest = list_readings(tx, limit=5)
        assert (newest.reading.what, newest.name, len(rest)) == ("event", "青木", 2)
        assert len(list_readings(tx, person_id="p1", limit=5)) == 2
        assert [line.reading.what for line in list_readings(tx, login="kansa", before_id=newest.id, limit=5)] == [
            "events"
        ]
