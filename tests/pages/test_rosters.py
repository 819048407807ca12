"""勤務割 without a browser: what the grid says, who plans whom, and that a refused plan changes nothing."""

from collections.abc import Callable
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from domain.attendance.roster_fault import RosterFault, RosterWhy
from gateway.operations.identity.roles import Role
from gateway.pages.rosters.acts import tell_by_field
from gateway.pages.rosters.pattern_members import offset_days
from gateway.pages.rosters.rosters import Ticked
from gateway.pages.words import Language
from store.rosters import list_planned_shifts
from store.shifts import list_patterns, list_shift_kinds
from store.tables import person
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.rostered import put_leave, put_roster

SignIn = Callable[[Role], TestClient]
NOVEMBER = (date(2025, 11, 1), date(2025, 11, 30))
SOMU = {"department": "somu", "period": "2025-11"}


@pytest.fixture(autouse=True)
def roster(city: City) -> None:
    put_roster(city)


def planned(city: City, person_id: str) -> dict[int, str | None]:
    with city.store.reading(city.clock()) as tx:
        days = list_planned_shifts(tx, [person_id], NOVEMBER).get(person_id, {})
        return {on.day: each.code for on, each in days.items()}


def cell(text: str, person_id: str, day: int) -> str:
    return text.split(f'id="c-{person_id}-{day}"')[1].split("</td>", maxsplit=1)[0]


def test_the_grid_says_in_words_what_its_colours_say(sign_in_as: SignIn, city: City) -> None:
    put_leave(city)
    text = sign_in_as(Role.head).get("/attendance/rosters").text
    assert "石井 健太 11月26日（水） 週休" in cell(text, "s0002", 26)
    assert "石井 健太 11月20日（木） 勤務 08:30–17:15" in cell(text, "s0002", 20)
    assert "年次休暇</span>" in cell(text, "s0002", 25)
    assert "年次休暇 08:30–12:00" in cell(text, "s0002", 27)
    assert "申請中の休暇" in cell(text, "s0002", 28)
    assert "夜勤 16:30–33:15" in cell(text, "s0003", 2)
    assert "休日" in cell(text, "s0001", 24)
    foot = text.split("<tfoot>")[1]
    assert foot.count("ros-count") == 30
    assert '<td class="ros-count">2</td>' in foot  # three people, one on leave


def test_rest_between_shifts_and_long_weeks_are_told_beside(sign_in_as: SignIn) -> None:
    head = sign_in_as(Role.head)
    assert send(head, "/attendance/rosters", **SOMU, cell=["s0002.21"], hours="13:00-21:45 break 17:00-18:00") == 303
    assert send(head, "/attendance/rosters", **SOMU, cell=["s0002.22"], hours="07:00-15:45 break 11:00-12:00") == 303
    text = head.get("/attendance/rosters").text
    hints = text.split('id="hints-s0002"')[1].split("</ul>")[0]
    assert "前の勤務の終わりから 9:15 しか空いていません（目安 11:00）" in hints
    assert "この日の週（月曜から）は 46:30 の勤務です（目安 40:00）" in hints


@pytest.mark.parametrize(
    ("ticked", "days"),
    [
        (Ticked(cells=frozenset({"a.3", "b.4", "b.31"})), {"a": [3], "b": [4]}),
        (Ticked(people=frozenset({"a"})), {"a": list(range(1, 31))}),
        (Ticked(days=frozenset({2})), {"a": [2], "b": [2]}),
        (Ticked(people=frozenset({"b"}), days=frozenset({2, 9})), {"b": [2, 9]}),
        (Ticked(cells=frozenset({"a.1"}), people=frozenset({"b"}), days=frozenset({2})), {"a": [1], "b": [2]}),
        (Ticked(cells=frozenset({"c.1"}), people=frozenset({"c"})), {}),
    ],
)
def test_names_dates_and_cells_are_ticked(ticked: Ticked, days: dict[str, list[int]]) -> None:
    found = ticked.list_days(["a", "b"], [date(2025, 11, day) for day in range(1, 31)])
    assert {who: [on.day for on in each] for who, each in found.items()} == days


def test_days_are_planned_and_taken_away_again(sign_in_as: SignIn, city: City) -> None:
    head = sign_in_as(Role.head)
    answer = head.post(
        "/attendance/rosters",
        data={"csrf": csrf_of(head), **SOMU, "person": ["s0001", "s0002"], "day": ["22", "23"], "shift": "休"},
    )
    assert answer.status_code == 303
    assert "4日に入れました" in head.get(answer.headers["location"]).text
    assert planned(city, "s0001") == {22: "休", 23: "休"}
    assert planned(city, "s0002") == {22: "休", 23: "休", 26: "休", 29: "日"}
    assert send(head, "/attendance/rosters", **SOMU, person=["s0002"], shift="-") == 303
    assert planned(city, "s0002") == {}


def test_a_plan_that_is_impossible_for_one_changes_nothing_for_anybody(sign_in_as: SignIn, city: City) -> None:
    head = sign_in_as(Role.head)
    before = planned(city, "s0001")
    wrong = {"cell": ["s0001.11", "s0003.7"], "hours": "08:30-17:15 break 12:00-13:00", "shift": "日"}
    text = told(head, "/attendance/rosters", **SOMU, **wrong)
    assert "何も変えていません" in text
    faults = text.split('class="ros-faults"')[1].split("</ul>")[0]
    assert "上田 翔" in faults
    assert "11月7日（金）" in faults
    assert "前の" not in faults
    assert "青木" not in faults
    assert planned(city, "s0001") == before
    assert 'value="s0003.7" checked' in text
    assert '<option value="日" selected>' in text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"shift": "日"}, "日が選ばれていません"),
        ({"cell": ["s0002.3"]}, "勤務が選ばれていません"),
        ({"cell": ["s0002.3"], "hours": "あさから"}, "「あさから」は読めません"),
        ({"cell": ["s0002.3"], "hours": "08:00-17:00"}, "休憩は 60 分必要ですが 0 分です"),
        ({"cell": ["s0004.3"], "shift": "日"}, "日が選ばれていません"),  # of another department
    ],
)
def test_what_is_missing_or_wrong_is_said(sign_in_as: SignIn, form: dict[str, object], said: str) -> None:
    assert said in told(sign_in_as(Role.head), "/attendance/rosters", **SOMU, **form)


def test_a_pattern_plans_people_one_behind_another(sign_in_as: SignIn, city: City) -> None:
    head = sign_in_as(Role.head)
    form = {"person": ["s0001", "s0002"], "pattern": "night", "from_on": "2025-11-21", "position": 2, "step": 1}
    assert send(head, "/attendance/rosters/members", **SOMU, **form) == 303
    text = head.get("/attendance/rosters").text
    assert "夜勤" in cell(text, "s0001", 21)
    assert "夜勤" in cell(text, "s0002", 22)
    assert "日勤" in cell(text, "s0002", 21)
    assert send(head, "/attendance/rosters/members/end", **SOMU, person=["s0002"], last_on="2025-11-23") == 303
    assert "勤務 08:30–17:15" in cell(head.get("/attendance/rosters").text, "s0002", 25)


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("", {"pattern": "night", "from_on": "2025-11-21"}, "職員が選ばれていません"),
        ("", {"person": ["s0002"], "pattern": "none", "from_on": "2025-11-21"}, "交替パターンがありません"),
        ("", {"person": ["s0002"], "pattern": "night"}, "開始日を読めません"),
        ("", {"person": ["s0002"], "pattern": "night", "from_on": "2023-01-01"}, "2024-11-19 から"),
        ("/end", {"person": ["s0003"]}, "最後の日を読めません"),
        ("/end", {"last_on": "2025-11-30"}, "職員が選ばれていません"),
        ("/end", {"person": ["s0003"], "last_on": "2023-01-01"}, "2024-11-19 から"),
    ],
)
def test_what_is_wrong_with_a_pattern_s_people_is_said(
    sign_in_as: SignIn, path: str, form: dict[str, object], said: str
) -> None:
    assert said in told(sign_in_as(Role.head), f"/attendance/rosters/members{path}", **SOMU, **form)


def test_a_head_plans_the_own_department_hr_any_and_the_auditor_reads(sign_in_as: SignIn, city: City) -> None:
    head, hr, auditor = sign_in_as(Role.head), sign_in_as(Role.hr), sign_in_as(Role.auditor)
    assert head.get("/attendance/rosters?department=joho").status_code == 404
    joho = {"department": "joho", "period": "2025-11", "cell": ["s0005.3"], "shift": "休"}
    for path in ("", "/members", "/members/end"):
        assert send(head, f"/attendance/rosters{path}", **joho) == 404
    assert send(hr, "/attendance/rosters", **joho) == 303
    assert planned(city, "s0005") == {3: "休"}
    page = auditor.get("/attendance/rosters?department=somu")
    assert page.status_code == 200
    assert '<form method="post" action="/attendance/rosters' not in page.text
    assert 'type="checkbox"' not in page.text.split("<main")[1]


def test_a_month_without_end_and_a_department_without_people_are_pages_too(sign_in_as: SignIn, city: City) -> None:
    hr = sign_in_as(Role.hr)
    assert hr.get("/attendance/rosters?department=somu&period=2031-02").status_code == 200
    assert hr.get("/attendance/rosters?department=somu&period=2025-13").status_code == 400


def test_hr_keeps_kinds_and_patterns_and_every_fault_stands_at_its_field(sign_in_as: SignIn, city: City) -> None:
    hr = sign_in_as(Role.hr)
    assert send(hr, "/attendance/rosters/kinds", code="早", name="早出", hours="07:00-15:45 break 11:00-12:00") == 303
    text = told(hr, "/attendance/rosters/kinds", code="遅 出", name="", hours="8時")
    for field, said in (("code", "空白"), ("name", "1 字から"), ("hours", "「8時」は読めません")):
        assert said in text.split(f'id="{field}-fault-1"')[1].split("</p>")[0]
    assert 'value="遅 出"' in text
    assert "08:30-17:15 break 12:00-13:00" in hr.get("/attendance/rosters/kinds?code=日").text.split('id="form"')[1]
    form = {"pattern": "week", "name": "平日", "codes": "日 日 早 日 日 休 休", "anchor_on": "2025-12-01"}
    assert send(hr, "/attendance/rosters/patterns", **form) == 303
    for changes, field, said in (
        ({"pattern": "Week 1"}, "id", "1 字から 63 字"),
        ({"codes": "日 無"}, "codes", "その勤務区分はありません"),
        ({"codes": "日"}, "codes", "続けての勤務"),
        ({"anchor_on": ""}, "anchor_on", "までにしてください"),
    ):
        text = told(hr, "/attendance/rosters/patterns", **(form | changes))
        assert said in text.split(f'id="{field}-fault-1"')[1].split("</p>")[0]
    with city.store.reading(city.clock()) as tx:
        assert "早" in list_shift_kinds(tx)
        assert list_patterns(tx)["week"].codes == ("日", "日", "早", "日", "日", "休", "休")
    page = sign_in_as(Role.head).get("/attendance/rosters/patterns").text
    assert "平日" in page
    assert 'action="/attendance/rosters/patterns"' not in page


def test_the_position_in_a_pattern_is_that_of_its_first_day() -> None:
    anchor = date(2025, 11, 1)
    assert offset_days(anchor, anchor, 1, 4) == 0
    assert offset_days(date(2025, 11, 3), anchor, 1, 4) == 2
    assert offset_days(date(2025, 10, 31), anchor, 4, 4) == 0


def test_faults_of_a_form_are_told_in_the_language_of_the_page() -> None:
    fault = RosterFault(date(2025, 11, 2), RosterWhy.short_break, (60, 45))
    assert tell_by_field([fault], Language.en) == {
        "codes": ["2025-11-02: needs a break of 60 minutes, has 45 (R7); add to the break"]
    }


def test_who_left_or_moved_stays_in_the_months_of_then_and_is_not_planned(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        tx.connection.execute(update(person).where(person.c.id == "s0002").values(left_on=date(2025, 11, 15)))
    head = sign_in_as(Role.head)
    text = head.get("/attendance/rosters").text
    assert "いまは所属外" in text
    assert "所属外の日" in cell(text, "s0002", 26)
    assert "勤務 08:30–17:15" in cell(text, "s0002", 13)
    assert 'value="s0002.13"' not in text
    assert send(head, "/attendance/rosters", **SOMU, cell=["s0002.13"], shift="休") == 422
    assert "s0002" not in head.get("/attendance/rosters?period=2025-12").text
    foot = text.split("<tfoot>")[1]
    assert '<td class="ros-count">3</td>' in foot  # until the 15th
    assert '<td class="ros-count">2</td>' in foot
