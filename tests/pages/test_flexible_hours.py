"""フレックスタイム on its pages (L20): the shift kind, the grid, what a period comes to, and who holds a month open."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from store.shifts import list_shift_kinds
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.divergent import look
from tests.pages.flexible import adopt_flexible_hours, leave_on_friday, plan_week
from tests.pages.month_end import end_month

SignIn = Callable[[Role], TestClient]
KINDS = "/attendance/rosters/kinds"


@pytest.fixture(autouse=True)
def flexible(city: City, tmp_path: Path) -> None:
    adopt_flexible_hours(city, tmp_path)


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def settlements(text: str) -> list[str]:
    table = text.split('<section class="settlements"')[1].split("</section>", maxsplit=1)[0]
    return [plain(row.split("</tr>")[0]) for row in table.split("<tr>")[2:]]


def test_hr_keeps_a_kind_of_flexible_hours(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.hr)
    form = {"code": "フ", "name": "フレックス", "hours": "09:30-18:15 break 12:00-13:00", "flexible": "true"}
    assert "勤務できるのは 07:00–22:00、必ず要るのは 10:00–15:00（コアタイム）です" in desk.get(KINDS).text
    assert send(desk, KINDS, **form) == 303
    with city.store.reading(city.clock()) as tx:
        assert list_shift_kinds(tx)["フ"].shift.flexible
    text = desk.get(f"{KINDS}?code=フ").text
    assert 'name="flexible" value="true" checked' in text
    assert 'value="09:30-18:15 break 12:00-13:00"' in text
    assert "フレックス 09:30-18:15 break 12:00-13:00" in plain(text)


def test_what_is_wrong_with_them_stands_beside_the_hours(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    form = {"code": "フ", "name": "フレックス", "hours": "10:30-22:30 break 14:00-15:00", "flexible": "true"}
    text = told(desk, KINDS, **form)
    beside = text.split('id="hours-fault-1"')[1].split("</div>")[0]
    assert "フレキシブルタイム 07:00–22:00 の中で割り振ってください" in beside
    assert "コアタイム 10:00–15:00 を含むように割り振ってください" in beside
    assert 'name="flexible" value="true" checked' in text


def test_the_grid_says_which_days_are_flexible_and_what_does_not_even_out(sign_in_as: SignIn, city: City) -> None:
    plan_week(city)
    head = sign_in_as(Role.head)
    text = head.get("/attendance/rosters").text
    assert "11月12日（水） フレックス日勤 フレックス 08:30–17:15" in text
    assert "ros-flexible" in text
    assert send(head, "/attendance/rosters", department="somu", period="2025-11", cell=["s0002.12"],
                hours="flex 09:00-15:00 break 12:00-13:00") == 303  # fmt: skip
    hints = head.get("/attendance/rosters").text.split('id="hints-s0002"')[1].split("</ul>")[0]
    assert "清算期間 11/9–11/15 の割振りは週平均の時間と -2:45 違います" in hints


def test_a_month_tells_each_period_and_what_is_due_at_its_time(sign_in_as: SignIn, city: City) -> None:
    plan_week(city, 17, 18, 19, 20, 21)
    worker = sign_in_as(Role.employee)
    text = worker.get("/months/2025-11").text
    unknown, running = settlements(text)
    assert unknown == "11月9日（日）–11月15日（土） 38.45 31.52 — 打刻がそろうと清算します 3.15"
    assert running == "11月16日（日）–11月22日（土） 38.45 23.31 あと 15.14 途中 2.45"
    assert "必ず要るのはコアタイム（10:00–15:00）だけです" in text
    assert "フレックス日勤 08:30–17:15" in plain(text.split('<tr id="day-12"')[1].split("</tr>")[0])
    leave_on_friday(city, "18:00")
    text = worker.get("/months/2025-11").text
    assert settlements(text)[0] == "11月9日（日）–11月15日（土） 38.45 40.25 1.40 超過 清算済み 3.15"
    day = plain(text.split('<tr id="day-15"')[1].split("</tr>")[0])
    assert "100分 清算期間の超過" in day


def test_stays_in_the_band_are_no_divergence(sign_in_as: SignIn, city: City) -> None:
    worker = sign_in_as(Role.employee)
    assert "命令のない在庁" in worker.get("/months/2025-11").text.split('<tr id="day-11"')[1].split("</tr>")[0]
    plan_week(city)
    assert "命令のない在庁" not in worker.get("/months/2025-11").text.split('<tr id="day-11"')[1].split("</tr>")[0]


def test_the_sheet_names_whose_period_is_short(sign_in_as: SignIn, city: City) -> None:
    plan_week(city)
    leave_on_friday(city, "15:00")
    end_month(city)
    desk = sign_in_as(Role.hr)
    words = plain(desk.get("/attendance/closing").text)
    assert "清算期間の時間に足りない 1人" in words
    assert "石井 健太" in words.split("清算期間の時間に足りない")[1]
    one = desk.get("/attendance/closing/2025-11/people/s0002").text
    assert "清算期間の時間に足りない 11月9日（日）–11月15日（土） 1.20" in plain(one)
    assert "person=s0002&on=2025-11-15" in one


def test_where_it_is_not_adopted_no_form_speaks_of_it(sign_in_as: SignIn, city: City) -> None:
    rules = city.context.rules
    city.context.rules = replace(rules, profiles=replace(rules.profile_of("2025-11"), flex_adopted=False))
    desk = sign_in_as(Role.hr)
    assert "flexible" not in desk.get(KINDS).text
    form = {"code": "フ", "name": "フレックス", "hours": "flex 09:30-18:15 break 12:00-13:00"}
    assert "フレックスタイムは採用されていません" in told(desk, KINDS, **form)


def test_a_shortage_is_explained_like_any_divergence(sign_in_as: SignIn, city: City) -> None:
    plan_week(city)
    leave_on_friday(city, "15:00")
    worker = sign_in_as(Role.employee)
    page = worker.get("/attendance/days/2025-11-15?kind=divergence").text
    assert "フレックスタイムの清算期間の時間に足りません 80分" in page
    assert 'name="subject" value="2025-11-15/flex_shortage/-80"' in page
    answer = {"form": "divergence", "day": "2025-11-15", "explanation": "private", "reason": "通院"}
    stale = {"id": "answer-1", "subject": "2025-11-15/flex_shortage/-79"}
    assert "今はありません" in told(worker, "/attendance/applications", **answer, **stale)
    true = {"id": "answer-2", "subject": "2025-11-15/flex_shortage/-80"}
    assert send(worker, "/attendance/applications", **answer, **true) == 303
    look(city)
    queue = sign_in_as(Role.hr).get("/attendance/divergences?period=2025-11&turn=all&person=s0002&on=2025-11-15")
    assert "フレックスタイムの清算期間の時間に足りません" in queue.text
    assert "通院" in queue.text


def test_the_rules_page_says_what_was_chosen(sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.employee).get("/attendance/profile").text
    rows = {
        name: plain(text.split(f'id="field-flex_{name}"')[1].split("</tr>")[0]) for name in ("adopted", "period_weeks")
    }
    assert "フレックスタイムを採用しているか はい 既定 いいえ" in rows["adopted"]
    assert "1週 既定 4週" in rows["period_weeks"]
    assert "△ 市が定める 違う 暦の月" in rows["period_weeks"]
