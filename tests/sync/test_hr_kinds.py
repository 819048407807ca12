"""Posts, leave and cards in files: each error by line and column, the differences, and the same file again nothing."""

import contextlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.rights import PostKind
from store.cards import insert_card
from store.hr_files import HrFileState
from store.hr_leave import LeaveLot, list_hr_leave
from store.people import Person, list_cards, upsert_persons
from store.posts import insert_post, list_posts
from store.tx import Store
from sync.hr import cards_csv, posts_csv
from sync.hr.cards_csv import read_cards
from sync.hr.csv_text import CsvError, Line, read_lines
from sync.hr.leave_csv import COLUMNS, read_leave
from sync.hr.posts_csv import read_posts
from tests.sync.desks import DECEMBER, KEY
from tests.sync.hr_room import bring, files, go_round, hr_desk, put_staff
from tests.sync.test_hr_files import FIVE

POSTS = (
    "職員番号,所属コード,区分,役職,開始日,終了日\n"
    "s1,zeimu,兼務,主査,2025-12-03,\n"
    "s2,zeimu,職務代理,,2025-12-03,2026-03-31\n"
)
LEAVE = (
    "職員番号,休暇種別,基準日,有効期限,日数,時間,1日の分数\n"
    "s1,年次,2025-12-01,2026-12-31,12,3:00,\n"
    "s2,annual,2025-12-01,,1.5,,240\n"
)
CARDS = "職員番号,カード種別,カード番号,カード券面\ns1,FeliCa,0123456789ABCDEF,No.1\ns2,FeliCa,0123456789ABCDE0,No.2\n"
DAY = 465


STAFF = {each: Person(each, "", "", "somu", "part_time" if each == "s2" else "full_time") for each in FIVE}
WORDS = {"年次": "annual", "annual": "annual"}


def faults(read: Callable[[list[Line]], object], text: str) -> str:
    with pytest.raises(CsvError) as refused:
        read(read_lines(text.encode()))
    return str(refused.value)


def test_posts_begin_change_and_end_and_the_desks_stay(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path, percent_max=100)
    with store.transaction(DECEMBER) as tx:
        insert_post(tx, "s3", "zeimu", PostKind.acting, from_on=None, until_on=None, by="desk")
    bring(at, "posts", POSTS.encode())
    go_round(at)
    changed = POSTS.replace("主査", "主幹").split("s2", maxsplit=1)[0]
    bring(at, "posts", changed.encode("cp932"))
    [_, file] = files(at)
    assert [tuple(each)[1:] for each in file.summary.differences] == [("title", "主査", "主幹")]
    assert file.summary.left_keys == ("s2/zeimu/acting/2025-12-03",)
    go_round(at)
    with store.reading(DECEMBER) as tx:
        one, two, three = ([post for post in list_posts(tx, who) if post.kind != "regular"] for who in FIVE[:3])
    assert [(post.title, post.until_on) for post in one] == [("主幹", None)]
    assert [post.until_on for post in two] == [date(2025, 12, 2)]
    assert [post.until_on for post in three] == [None]
    bring(at, "posts", changed.encode() + b"\n")
    assert files(at)[-1].summary.unchanged == 1
    assert files(at)[-1].summary.percent == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("s1", "s9", "2行目 / line 2, 職員番号"),
        ("s1,zeimu", "s1,kikaku", "2行目 / line 2, 所属コード"),
        ("兼務", "出向", "2行目 / line 2, 区分"),
        ("兼務", "", "2行目 / line 2, 区分"),
        ("2026-03-31", "2025-12-02", "3行目 / line 3, 終了日"),
        ("2026-03-31", "2026-02-31", "3行目 / line 3, 終了日"),
        ("s2,zeimu,職務代理,,2025-12-03,2026-03-31", "s1,zeimu,兼務,主幹,2025-12-03,", "3行目 / line 3, 職員番号"),
    ],
)
def test_a_wrong_post_is_named(old: str, new: str, told: str) -> None:
    departments = {"somu", "zeimu"}
    found = faults(lambda lines: read_posts(lines, posts_csv.COLUMNS, STAFF, departments), POSTS.replace(old, new, 1))
    assert told in found


def test_leave_is_minutes_and_a_correction_is_one_more_grant(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path, percent_max=100)
    bring(at, "leave", LEAVE.encode())
    go_round(at)
    lot = LeaveLot("s1", "annual", date(2025, 12, 1), date(2026, 12, 31))
    with store.reading(DECEMBER) as tx:
        assert list_hr_leave(tx) == {
            lot: 12 * DAY + 180,
            LeaveLot("s2", "annual", date(2025, 12, 1), None): 360,
        }
    bring(at, "leave", LEAVE.replace("12,3:00", "11,5:45").split("s2", maxsplit=1)[0].encode())
    [_, file] = files(at)
    assert [tuple(each)[1:] for each in file.summary.differences] == [("minutes", "5760", "5460")]
    go_round(at)
    with store.reading(DECEMBER) as tx:
        standing = list_hr_leave(tx)
    assert (standing[lot], len(standing)) == (5460, 2), "who is not named keeps what they have"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("年次", "ねんじ", "2行目 / line 2, 休暇種別"),
        ("年次", "病気休暇", "2行目 / line 2, 休暇種別"),
        ("2025-12-01,2026-12-31", ",2026-12-31", "2行目 / line 2, 基準日"),
        ("2026-12-31", "2025-11-30", "2行目 / line 2, 有効期限"),
        ("12,3:00", ",", "2行目 / line 2, 日数"),
        ("12,3:00", "12.3,", "2行目 / line 2, 日数"),
        ("12,3:00", "0.5,", "2行目 / line 2, 日数"),
        ("12,3:00", "12,3:75", "2行目 / line 2, 時間"),
        ("12,3:00", "999,", "2行目 / line 2, 日数"),
        ("1.5,,240", "1.5,,", "3行目 / line 3, 1日の分数"),
        ("s2,annual,2025-12-01,,1.5", "s1,annual,2025-12-01,2026-12-31,1.5", "3行目 / line 3, 職員番号"),
    ],
)
def test_a_wrong_line_of_leave_is_named(old: str, new: str, told: str) -> None:
    text = LEAVE.replace(old, new, 1)
    assert told in faults(lambda lines: read_leave(lines, COLUMNS, STAFF, WORDS, DAY), text)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 59), st.integers(0, 999))
def test_days_hours_and_minutes_add_up(days: int, hours: int, minutes: int, more: int) -> None:
    text = f"職員番号,休暇種別,基準日,日数,時間,分\ns1,annual,2025-12-01,{days},{hours}:{minutes:02},{more}\n"
    lots = read_leave(
        read_lines(text.encode()),
        COLUMNS,
        {"s1": Person("s1", "", "", "somu")},
        {"年次": "annual", "annual": "annual"},
        DAY,
    )
    assert list(lots.values()) == [days * DAY + hours * 60 + minutes + more]


def test_cards_are_told_by_their_labels_alone(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path, percent_max=100)
    bring(at, "cards", CARDS.encode())
    go_round(at)
    with store.transaction(DECEMBER) as tx:
        assert insert_card(tx, "a" * 32, "s1", "desk")
    replaced = CARDS.replace("ABCDEF,No.1", "ABCDE9,No.3").split("s2", maxsplit=1)[0]
    bring(at, "cards", replaced.encode())
    [_, file] = files(at)
    assert (file.summary.added_keys, file.summary.left_keys) == (("s1/No.3",), ("s1/No.1",))
    assert "0123456789" not in str(file.summary)
    go_round(at)
    with store.reading(DECEMBER) as tx:
        held = sorted((card.person_id, card.label, card.status) for card in list_cards(tx))
    assert held == [
        ("s1", "No.1", "revoked"), ("s1", "No.3", "active"), ("s1", "desk", "active"), ("s2", "No.2", "active"),
    ]  # fmt: skip
    bring(at, "cards", replaced.replace("No.3", "No.4").encode())
    assert [tuple(each)[1:] for each in files(at)[-1].summary.differences] == [("label", "No.3", "No.4")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("s1", "s9", "2行目 / line 2, 職員番号"),
        ("No.1", "", "2行目 / line 2, カード券面"),
        ("0123456789ABCDEF", "", "2行目 / line 2, カード番号"),
        ("0123456789ABCDEF", "0123456789ABCDE0", "3行目 / line 3, カード番号"),
        ("FeliCa", "", "2行目 / line 2, カード種別"),
    ],
)
def test_a_wrong_card_is_named_without_its_number(old: str, new: str, told: str) -> None:
    text = CARDS.replace(old, new, 1)
    found = faults(lambda lines: read_cards(lines, cards_csv.COLUMNS, KEY, STAFF), text)
    assert told in found
    assert "0123456789" not in found


def test_a_card_of_somebody_who_is_no_staff_is_not_taken(store: Store, tmp_path: Path) -> None:
    put_staff(store, *FIVE)
    at = hr_desk(store, tmp_path, percent_max=100)
    bring(at, "cards", CARDS.encode())
    go_round(at)
    with store.transaction(DECEMBER) as tx:
        upsert_persons(tx, [Person("s2", "委託", "", "somu", kind="contractor", sponsor_id="s1")])
    taken = CARDS.split("s2", maxsplit=1)[0] + "s3,FeliCa,0123456789ABCDE0,No.2\n"
    bring(at, "cards", taken.encode())
    file = files(at)[-1]
    assert file.state is HrFileState.refused
    assert file.summary.faults[0].startswith("3行目 / line 3, カード番号")


@given(st.binary(max_size=120))
def test_no_bytes_do_more_than_be_refused(noise: bytes) -> None:
    with contextlib.suppress(CsvError):
        read_leave(read_lines(LEAVE.encode() + noise), COLUMNS, STAFF, WORDS, DAY)
