"""休暇 without a browser: balances to the minute, the list and its file, the leave book; who sees whose."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from fastapi.testclient import TestClient

from domain.attendance.leave_balance import Lot, Taking
from domain.attendance.leave_minutes import LeaveAmount
from domain.attendance.leave_report import LeaveRow
from gateway.operations.identity.roles import Role
from gateway.pages.attendance.leave_table import SortBy, derive_table
from gateway.pages.attendance.leave_view import LeaveRecord, LeaveView, derive_leave
from gateway.pages.hr.leave_book import read_minutes
from store.directory import DirectoryLine
from store.leaves import list_grants, list_terms
from store.people import load_person, upsert_persons
from tests.gateway.attendance.test_leave_book import LEAVE
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.rostered import put_leave, put_roster
from tests.profiles import HAGI, LSA

SignIn = Callable[[Role], TestClient]
DAY = 465
TODAY = date(2025, 11, 20)
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
BOOK = "/attendance/leave/people/s0002"


def view(*takings: Taking, lots: tuple[Lot, ...] = (), profile=HAGI) -> LeaveView:
    record = LeaveRecord("p1", DAY, None, {"annual": lots}, takings, {})
    return derive_leave(record, LEAVE.kinds, profile, today=TODAY, year=2025)


def test_what_is_approved_ahead_is_away_from_what_is_left_and_carried_minutes_go_first() -> None:
    lots = (Lot("1", 20 * DAY, *YEAR), Lot("2", 2 * DAY + 180, *YEAR, is_carried=True))
    taken = (Taking("a", "annual", date(2025, 5, 7), DAY), Taking("b", "annual", date(2025, 11, 27), 210, 510, 720))
    found = view(*taken, lots=lots)
    balance = found.granted[0]
    assert (balance.left, balance.taken, balance.coming) == (22 * DAY + 180 - DAY - 210, DAY, 210)
    assert [(lot.minutes, lot.is_carried) for lot in balance.lots] == [(DAY - 30, True), (20 * DAY, False)]
    assert balance.soonest is not None
    assert balance.soonest.until_on == date(2025, 12, 31)
    assert [part.look for part in balance.picture] == ["taken", "coming", "carried", "fresh"]
    assert sum(part.width for part in balance.picture) == 1000
    assert [(each.taking.id, each.is_ahead) for each in found.days] == [("b", True), ("a", False)]


def test_nothing_granted_has_no_picture_and_overdrawn_minutes_are_told() -> None:
    assert view().granted[0].picture == ()
    assert view(Taking("a", "annual", TODAY, DAY)).granted[0].overdrawn == DAY


def test_r10_five_days_are_due_where_the_profile_says_so_and_hours_do_not_count() -> None:
    lots = (Lot("1", 20 * DAY, *YEAR),)
    taken = (
        Taking("a", "annual", date(2025, 5, 7), DAY),
        Taking("b", "annual", date(2025, 5, 8), 210, 8 * 60 + 30, 12 * 60),
        Taking("c", "annual", date(2025, 5, 9), 60, 9 * 60, 10 * 60),
    )
    assert view(*taken, lots=lots).duty_left is None
    assert view(*taken, lots=lots, profile=LSA).duty_left == 5 * DAY - DAY - 210


def test_one_s_own_leave_says_figures_lapse_and_what_waits(sign_in_as: SignIn, city: City) -> None:
    put_leave(city)
    text = sign_in_as(Role.employee).get("/attendance/leave").text
    assert "16日7時間15分" in text
    assert "最も早く失効: 12月31日（水） まで 16日7時間15分" in text
    assert "決裁を待っている休暇（2件）" in text
    assert 'href="/attendance/applications/leave-3"' in text
    assert "3時間30分" in text
    assert "08:30–12:00" in text
    assert "夏季休暇" in text
    assert "この年の休暇はありません" in sign_in_as(Role.employee).get("/attendance/leave?year=2024").text


def test_an_account_of_no_person_is_led_to_the_list_or_has_no_such_page(sign_in_as: SignIn) -> None:
    answer = sign_in_as(Role.auditor).get("/attendance/leave")
    assert (answer.status_code, answer.headers["location"]) == (303, "/attendance/leave/department")
    assert sign_in_as(Role.operator).get("/attendance/leave").status_code == 404
    assert "/attendance/leave" not in sign_in_as(Role.operator).get("/password").text


def test_the_department_s_list_is_summed_and_its_month_says_who_is_away(sign_in_as: SignIn, city: City) -> None:
    put_leave(city)
    text = sign_in_as(Role.head).get("/attendance/leave/department").text
    row = text.split("/attendance/leave/people/s0002")[1].split("</tr>", maxsplit=1)[0]
    for said in ("20日", "2日3時間", "4日", "18日3時間", "20.0%"):
        assert said in row
    assert "江口" not in text
    away = text.split('id="away"')[1]
    assert "年次休暇 08:30–12:00" in away
    assert "申請中の休暇" in away
    december = sign_in_as(Role.head).get("/attendance/leave/department?month=2025-12").text.split('id="away"')[1]
    assert december.count("（申請中の休暇）") == 3


@pytest.mark.parametrize(
    ("by", "order"),
    [
        (SortBy.name, ["a", "b", "c"]),
        (SortBy.taken, ["b", "c", "a"]),
        (SortBy.left, ["a", "c", "b"]),
        (SortBy.share, ["c", "b", "a"]),
        (SortBy.granted, ["c", "a", "b"]),
    ],
)
def test_the_list_is_sorted_by_minutes_of_each_person_s_own_day(by: SortBy, order: list[str]) -> None:
    none = LeaveAmount(0, 0)
    rows = [
        LeaveRow("a", LeaveAmount(20, 0), none, LeaveAmount(10, 0), LeaveAmount(1, 0), 500, 0),
        LeaveRow("b", LeaveAmount(20, 60), none, LeaveAmount(2, 0), LeaveAmount(20, 0), 100, 0),
        LeaveRow("c", none, none, LeaveAmount(4, 0), LeaveAmount(3, 0), None, 0),
    ]
    days = {"a": DAY, "b": DAY, "c": 240}
    people = {each: DirectoryLine(each, each, each, "somu", "総務課", is_head=False) for each in days}
    table = derive_table(people, rows, days, sort=by, descending=False)
    assert [each.person.person_id for each in table.rows] == order
    assert table.average_tenths == 53
    turned = derive_table(people, rows, days, sort=by, descending=True)
    assert [each.person.person_id for each in turned.rows] == order[::-1]


def test_the_file_has_the_same_rows_for_the_same_people(sign_in_as: SignIn, city: City) -> None:
    put_leave(city)
    lines = sign_in_as(Role.head).get("/attendance/leave/department/file").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "職員番号,職員,所属,付与,時間,繰越,時間,取得,時間,残り,時間,取得率"
    assert "s0002,石井 健太,総務課,20,0:00,2,3:00,4,0:00,18,3:00,20.0" in lines
    assert len(lines) == 4
    every = sign_in_as(Role.hr).get("/attendance/leave/department/file?department=-&encoding=cp932")
    assert len(every.content.decode("cp932").splitlines()) == 6


def test_who_may_see_whose_leave(sign_in_as: SignIn, city: City) -> None:
    put_leave(city)
    head, hr, auditor = sign_in_as(Role.head), sign_in_as(Role.hr), sign_in_as(Role.auditor)
    for path in ("/attendance/leave/department", "/attendance/leave/department/file"):
        for query in ("?department=joho", "?department=-", "?kind=sick", "?kind=none"):
            assert head.get(path + query).status_code == 404, query
        assert head.get(path + "?year=9").status_code == 400
    assert "髙橋" in hr.get("/attendance/leave/department?department=-").text
    assert auditor.get("/attendance/leave/department?department=joho").status_code == 200
    assert head.get("/attendance/leave/people/s0005").status_code == 404
    assert head.get("/attendance/leave/people/nobody").status_code == 404
    for client in (head, auditor):
        page = client.get(BOOK)
        assert page.status_code == 200
        assert "/corrections" not in page.text
        assert send(client, f"{BOOK}/corrections", kind="annual") == 403
    assert hr.get("/attendance/leave/people/s0005").status_code == 200


def test_hr_corrects_a_balance_once_with_a_reason(sign_in_as: SignIn, city: City) -> None:
    put_leave(city)
    hr = sign_in_as(Role.hr)
    form = {
        "csrf": csrf_of(hr), "id": "0" * 15 + "1", "kind": "annual", "sign": "more", "days": "1", "hours": "3:45",
        "from_on": "2025-11-20", "until_on": "2025-12-31", "reason": "前の市での繰越",
    }  # fmt: skip
    assert [hr.post(f"{BOOK}/corrections", data=form).status_code for _ in range(2)] == [303, 303]
    text = hr.get(BOOK).text
    assert "18日3時間15分" in text  # 16日7:15 + 1日3:45
    assert "前の市での繰越" in text
    assert text.count("訂正</td>") + text.count("訂正 <span") == 1
    with city.store.reading(city.clock()) as tx:
        assert list_grants(tx, "s0002", since=YEAR[0])[0].lot.minutes == DAY + 225


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"days": "三"}, "correction-minutes", "日数・時間を読めません"),
        ({"days": "0", "hours": ""}, "correction-minutes", "日数・時間を読めません"),
        ({"kind": "sick"}, "correction-kind", "残日数がありません"),
        ({"from_on": "2025-02-31"}, "correction-from_on", "日を読めません"),
        ({"until_on": "2025-01-01"}, "correction-until_on", "最初の日より前"),
        ({"reason": " "}, "correction-reason", "理由がありません"),
        ({"sign": "less", "days": "30"}, "correction-minutes", "残りより多く"),
    ],
)
def test_a_wrong_correction_is_told_at_its_field_and_changes_nothing(
    sign_in_as: SignIn, city: City, form: dict[str, str], field: str, said: str
) -> None:
    put_leave(city)
    right = {"id": "1" * 16, "kind": "annual", "days": "2", "from_on": "2025-11-20", "until_on": "2025-12-31",
             "reason": "付与もれ"}  # fmt: skip
    text = told(sign_in_as(Role.hr), f"{BOOK}/corrections", **(right | form))
    assert said in text.split(f'id="{field}-fault"')[1].split("</p>", maxsplit=1)[0]
    with city.store.reading(city.clock()) as tx:
        assert len(list_grants(tx, "s0002", since=YEAR[0])) == 2


def test_hr_says_what_grants_to_come_follow(sign_in_as: SignIn, city: City) -> None:
    hr = sign_in_as(Role.hr)
    form = {"scheme": "part_time", "serves_from_on": "2025-04-01", "week_days": "3", "day": "6:00",
            "terms_from_on": "2025-12-01"}  # fmt: skip
    assert send(hr, f"{BOOK}/terms", **form) == 303
    with city.store.reading(city.clock()) as tx:
        terms = list_terms(tx, date(2025, 12, 1))["s0002"]
    assert (terms.scheme, terms.week_days, terms.day_minutes) == ("part_time", 3, 360)
    text = told(hr, f"{BOOK}/terms", **(form | {"week_days": "8", "day": "25:00", "scheme": "x"}))
    for field in ("week_days", "day_minutes", "scheme"):
        assert f'id="terms-{field}-fault"' in text


@pytest.mark.parametrize(
    ("days", "hours", "minutes"),
    [
        ("1", "3:45", DAY + 225),
        ("", "8", 480),
        ("2", "", 2 * DAY),
        ("-1", "", None),
        ("1", "x", None),
        ("401", "", None),
    ],
)
def test_days_and_hours_are_read(days: str, hours: str, minutes: int | None) -> None:
    assert read_minutes("more", days, hours, DAY) == minutes
    assert read_minutes("less", days, hours, DAY) == (None if minutes is None else -minutes)


def test_whoever_has_no_terms_is_named_beside_the_list(sign_in_as: SignIn, city: City) -> None:
    put_roster(city)
    with city.store.transaction(city.clock()) as tx:
        person = load_person(tx, "s0003")
        assert person is not None
        upsert_persons(tx, [replace(person, employment="part_time")])
    text = sign_in_as(Role.head).get("/attendance/leave/department").text
    assert "上田 翔" in text.split("一覧に載らない職員")[1].split("</p>", maxsplit=1)[0]


@pytest.mark.parametrize("part", ["day", "am", "pm", "hours"])
def test_the_buttons_of_one_s_own_leave_lead_to_the_day_with_that_part_chosen(sign_in_as: SignIn, part: str) -> None:
    client = sign_in_as(Role.employee)
    assert f'name="part" value="{part}"' in client.get("/attendance/leave").text
    answer = client.get(f"/attendance/days?kind=leave&on=2025-11-21&part={part}")
    assert answer.headers["location"] == f"/attendance/days/2025-11-21?kind=leave&part={part}"
    form = client.get(answer.headers["location"]).text.split('id="day-form"')[1]
    assert re.search(rf'value="{part}" id="part-[0-9]" checked', form)
