"""A day's forms without a browser: what is likeliest comes first and filled in, and every fault stands at its field."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from domain.attendance.closing import MonthStanding, MonthState
from domain.attendance.requests import LeaveRequest, OvertimeRequest, PunchRequest
from domain.civil import instant, parse_clock
from domain.workflow.states import Act
from gateway.operations.identity.roles import Role
from gateway.requests.content import read_request
from store.applications import load_application
from store.closings import save_standings
from store.orders import OvertimeOrder, insert_order
from tests.pages.asking import decide, grant_leave
from tests.pages.city import City
from tests.pages.conftest import csrf_of, told

SignIn = Callable[[Role], TestClient]
FIRST, SECOND = "00000000000000aa", "00000000000000bb"
DIVERGENT, MISSING, SETTLED, COMING, REST = "2025-11-11", "2025-11-14", "2025-11-18", "2025-11-25", "2025-11-29"

GONE = f"{DIVERGENT}/unordered_stay/1-2"


def apply(client: TestClient, day: str = DIVERGENT, name: str = FIRST, **fields: object) -> int:
    """Apply for overtime of a day, or for what the fields say."""
    form: dict[str, object] = {
        "id": name, "form": "overtime", "day": day, "starts_minute": "17:15", "ends_minute": "17:45", "reason": "窓口",
    }  # fmt: skip
    return client.post("/attendance/applications", data={"csrf": csrf_of(client)} | form | fields).status_code


def asked(city: City, name: str = FIRST) -> object:
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, name)
        return None if filed is None else read_request(filed)


def value_of(page: str, field: str) -> str:
    """Read what stands in a field of a page."""
    return page.split(f'name="{field}" value="')[1].partition('"')[0]


@pytest.mark.parametrize(
    ("day", "chosen"),
    [
        (DIVERGENT, "overtime"),
        (MISSING, "punch"),
        (COMING, "overtime"),
        ("2025-11-20", "overtime"),
        ("2025-11-05", "leave"),  # no record, and work was due
        (REST, "overtime"),
    ],
)
def test_the_likeliest_form_comes_first(sign_in_as: SignIn, day: str, chosen: str) -> None:
    assert value_of(sign_in_as(Role.employee).get(f"/attendance/days/{day}").text, "form") == chosen


def test_a_day_that_needs_nothing_shows_no_form_and_offers_all(sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.employee).get(f"/attendance/days/{SETTLED}").text
    assert "この日に必要な申請はありません" in page
    assert f"/attendance/days/{SETTLED}?kind=overtime" in page
    assert "kind=divergence" not in page  # there is none
    assert "kind=swap" not in page  # it must be fixed beforehand


def test_overtime_afterwards_is_filled_in_from_the_taps(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{DIVERGENT}").text
    assert (value_of(page, "starts_minute"), value_of(page, "ends_minute")) == ("17:15", "17:45")
    assert value_of(page, "reason") == ""
    assert "上限まで" in page
    assert apply(client, starts_minute="１７１５", ends_minute="17:45") == 303
    request = asked(city)
    assert isinstance(request, OvertimeRequest)
    assert request.afterwards
    assert (request.starts_minute, request.ends_minute, request.reason) == (1035, 1065, "窓口")


def test_the_last_reason_and_hours_are_remembered(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    apply(client, COMING, ends_minute="19:30", reason="予算の編成")
    page = client.get("/attendance/days/2025-11-26").text
    assert (value_of(page, "ends_minute"), value_of(page, "reason")) == ("19:30", "予算の編成")


def test_what_was_asked_for_already_is_told_and_not_proposed_again(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    apply(client)
    page = client.get(f"/attendance/days/{DIVERGENT}").text
    assert f"/attendance/applications/{FIRST}" in page
    assert "先に出した申請があります" in page
    again = client.get(f"/attendance/days/{DIVERGENT}?kind=overtime").text
    assert "このままでは申請できません" in again
    assert "処理中の申請と重なります" in again
    assert apply(client, name=SECOND) == 422


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": " "}, "理由を入力してください"),
        ({"starts_minute": "夕方"}, "時刻を読めません"),
        ({"ends_minute": "17:00"}, "終わりは始まりより後"),
        ({"starts_minute": "16:00"}, "正規の勤務時間の内です"),
        ({"breaks": "のちほど"}, "休憩を読めません"),
        ({"breaks": "20:00-21:00"}, "休憩は時間の内にしてください"),
        ({"reason": "あ" * 201}, "長すぎます"),
        ({"form": "leave", "kind": "annual", "part": "", "from_on": DIVERGENT}, "一つ選んでください"),
        ({"form": "leave", "kind": "nothing", "part": "day", "from_on": DIVERGENT}, "その種別はありません"),
        ({"form": "leave", "kind": "annual", "part": "day", "from_on": "2025-02-31"}, "日を選んでください"),
        ({"form": "leave", "kind": "annual", "part": "am", "from_on": REST}, "午前と午後に分けられません"),
        ({"form": "leave", "kind": "annual", "part": "day", "from_on": COMING, "until_on": DIVERGENT}, "終わりは"),
        ({"form": "punch", "direction": ""}, "一つ選んでください"),
        ({"form": "punch", "direction": "out", "minute": "50:00"}, "期間の外です"),
        ({"form": "divergence", "subject": "x", "explanation": "private"}, "一つ選んでください"),
        ({"form": "divergence", "subject": GONE, "explanation": "private"}, "今はありません"),
        ({"form": "swap", "worked_on": "", "off_on": COMING}, "日を選んでください"),
        ({"form": "swap", "worked_on": "2025-11-26", "off_on": "2025-11-27"}, "週休日ではありません"),
        ({"form": "compensatory", "worked_on": "2025-11-24", "off_on": REST}, "勤務のない日です"),
        ({"form": "elsewhere", "kind": "moon"}, "一つ選んでください"),
        ({"form": "hours_off", "period": "2025-10"}, "代休時間の対象はありません"),
        ({"form": "hours_off", "period": "いつか"}, "期間の外です"),
    ],
)  # fmt: skip
def test_what_was_entered_stays_and_every_fault_stands_at_its_field(
    sign_in_as: SignIn, city: City, fields: dict[str, object], said: str
) -> None:
    client = sign_in_as(Role.employee)
    form: dict[str, object] = {
        "id": FIRST, "form": "overtime", "day": DIVERGENT, "starts_minute": "17:15", "ends_minute": "17:45",
        "minute": "17:45", "direction": "out", "reason": "窓口",
    }  # fmt: skip
    page = told(client, "/attendance/applications", **(form | fields))
    assert said in page
    assert page.count(said) == 2  # in the list on top and beside the field
    assert asked(city) is None
    assert f'name="id" value="{FIRST}"' in page


def test_english_pages_tell_faults_in_english(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    client.post("/language", data={"csrf": csrf_of(client), "language": "en", "then": "/"})
    page = told(
        client, "/attendance/applications",
        id=FIRST, form="overtime", day=DIVERGENT, starts_minute="16:00", ends_minute="17:45", reason="",
    )  # fmt: skip
    assert "Inside regular hours" in page
    assert "Expected a reason" in page


def test_a_form_that_no_page_of_ours_draws_is_refused(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    assert apply(client, name="../etc") == 400
    assert apply(client, form="wish") == 400
    assert apply(client, reason="あ" * 1001) == 400
    assert apply(client, day="1990-01-01") == 404


@pytest.mark.parametrize("day", ["2025-02-31", "2025-11", "1990-01-01", "2031-01-01", "20251111", "x"])
def test_a_day_that_is_none_or_far_off_is_no_page(sign_in_as: SignIn, day: str) -> None:
    assert sign_in_as(Role.employee).get(f"/attendance/days/{day}").status_code == 404


def test_a_day_is_picked(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    assert client.get("/attendance/days?on=2025-11-25&kind=leave").headers["location"] == (
        "/attendance/days/2025-11-25?kind=leave"
    )
    assert client.get("/attendance/days").headers["location"] == "/attendance/days/2025-11-20"


def test_leave_is_asked_for_by_the_day_the_half_and_the_hour(sign_in_as: SignIn, city: City) -> None:
    grant_leave(city)
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{COMING}").text
    assert "残り 12日" in page
    leave = {"form": "leave", "kind": "annual", "from_on": COMING, "until_on": COMING, "reason": ""}
    assert apply(client, COMING, part="pm", **leave) == 303
    request = asked(city)
    assert isinstance(request, LeaveRequest)
    assert (request.starts_minute, request.ends_minute) == (13 * 60, 17 * 60 + 15)
    assert apply(client, COMING, SECOND, part="hours", starts_minute="8:30", ends_minute="10:30", **leave) == 303
    whole = leave | {"from_on": "2025-11-26", "until_on": "2025-11-28"}
    assert apply(client, COMING, "00000000000000cc", part="day", **whole) == 303
    decide(city, "00000000000000cc", Act.approve)
    assert "残り 9日" in client.get(f"/attendance/days/{COMING}").text
    every = client.get(f"/attendance/days/{COMING}?kind=leave").text
    assert "年次休暇（残り 9日）" in every
    assert "病気休暇" in every
    assert "夏季休暇" not in every  # not in November


def test_more_leave_than_is_left_is_told_before_and_after_it_is_sent(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{COMING}?kind=leave").text
    assert "年次休暇（残り なし）" in page
    assert "残りが足りません" in page
    leave = {"form": "leave", "kind": "annual", "part": "day", "from_on": COMING, "until_on": COMING}
    assert apply(client, COMING, **leave) == 422


def test_a_missing_punch_brings_what_an_interior_door_saw(sign_in_as: SignIn, city: City) -> None:
    on = date(2025, 11, 14)
    city.tap("server_in", "s0002", instant(on, parse_clock("17:40")))
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{MISSING}").text
    assert value_of(page, "minute") == "17:40"
    assert "退勤は 17:40 ごろのようです" in page
    assert apply(client, MISSING, form="punch", direction="out", minute="17:45", reason="カード忘れ") == 303
    request = asked(city)
    assert isinstance(request, PunchRequest)
    assert request.minute == 17 * 60 + 45
    assert "先に出した申請があります" in client.get(f"/attendance/days/{MISSING}").text
    decide(city, FIRST, Act.approve)
    assert "乖離なし" not in client.get(f"/attendance/days/{MISSING}").text  # 30 minutes beyond the end now


def test_a_divergence_is_explained(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{DIVERGENT}?kind=divergence").text
    subject = value_of(page, "subject")
    assert "命令のない在庁 30分（17:15–17:45）" in page
    answer = {"form": "divergence", "subject": subject, "reason": ""}
    assert apply(client, explanation="work", **answer) == 422  # what somebody looks into is said in words
    assert apply(client, explanation="waiting", **answer) == 303
    assert "先に出した申請があります" in client.get(f"/attendance/days/{DIVERGENT}").text


def test_days_are_swapped_and_made_good(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    assert value_of(client.get(f"/attendance/days/{COMING}?kind=compensatory").text, "form") == "compensatory"
    swap = {"form": "swap", "worked_on": REST, "off_on": "2025-12-02", "reason": "祭り"}
    assert apply(client, REST, **swap) == 303
    holiday = {"form": "compensatory", "worked_on": "2025-11-24", "off_on": "2025-12-03"}
    assert apply(client, "2025-11-24", SECOND, **holiday) == 303


def test_hours_elsewhere(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{COMING}?kind=elsewhere").text
    assert (value_of(page, "starts_minute"), value_of(page, "ends_minute")) == ("08:30", "17:15")
    home = {"form": "elsewhere", "kind": "home", "starts_minute": "8:30", "ends_minute": "17:15", "reason": "在宅の日"}
    assert apply(client, COMING, **home) == 303
    assert apply(client, COMING, SECOND, **home) == 422


def test_what_is_written_is_held_against_everything_before_it_is_sent(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    form = {"csrf": csrf_of(client), "id": FIRST, "form": "overtime", "day": COMING, "starts_minute": "17:15"}
    said = client.post("/attendance/ahead", data=form | {"ends_minute": "20:15"}).text
    assert "この月の超過勤務は 9.00 になります" in said
    assert "理由" not in said  # it is still being written
    assert "このままでは" not in said
    early = client.post("/attendance/ahead", data=form | {"starts_minute": "16:00", "ends_minute": "18:00"})
    assert "正規の勤務時間の内です" in early.text
    assert client.post("/attendance/ahead", data=form | {"ends_minute": "夕方"}).text.strip() == ""
    assert client.post("/attendance/ahead", data=form | {"person": "s0005"}).status_code == 404
    assert asked(city) is None


def test_a_closed_month_says_so_and_takes_nothing(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        save_standings(tx, [MonthStanding("s0002", "2025-11", state=MonthState.closed)])
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{DIVERGENT}").text
    assert "締めた月の日です" in page
    assert "申請する" not in page
    assert apply(client) == 422


def test_head_and_hr_apply_for_others_and_nobody_else_does(sign_in_as: SignIn, city: City) -> None:
    path = f"/attendance/people/s0002/days/{DIVERGENT}"
    head, hr, employee = sign_in_as(Role.head), sign_in_as(Role.hr), sign_in_as(Role.employee)
    assert "石井 健太" in head.get(path).text
    assert head.get(f"/attendance/people/s0005/days/{DIVERGENT}").status_code == 404  # another department's
    assert hr.get(f"/attendance/people/s0005/days/{DIVERGENT}").status_code == 200
    assert employee.get(path).status_code == 403
    assert apply(employee, person="s0003") == 404
    assert apply(head, person="s0005") == 404
    assert apply(head, person="s0002") == 303
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, FIRST)
    assert filed is not None
    assert (filed.application.person_id, filed.application.applicant_id) == ("s0002", "s0001")


def test_somebody_of_no_person_has_no_days(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.operator)
    assert desk.get(f"/attendance/days/{DIVERGENT}").status_code == 404
    assert "/attendance/applications" not in desk.get("/doors").text


def test_hours_off_are_offered_for_a_month_beyond_sixty_hours(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        for number in range(20):
            on = date(2025, 10, 1) + timedelta(days=number)
            starts, ends = instant(on, parse_clock("17:15")), instant(on, parse_clock("22:00"))
            insert_order(tx, OvertimeOrder(f"o{number}", "s0002", starts, ends, "災害", "s0001", starts))
    for number in range(20):
        on = date(2025, 10, 1) + timedelta(days=number)
        city.tap("staff_in", "s0002", instant(on, parse_clock("08:20")))
        city.tap("staff_out", "s0002", instant(on, parse_clock("22:05")))
    client = sign_in_as(Role.employee)
    page = client.get(f"/attendance/days/{COMING}?kind=hours_off").text
    assert value_of(page, "form") == "hours_off"
    assert "令和7年（2025年）10月分" in page
    taken = {"starts_minute": value_of(page, "starts_minute"), "ends_minute": value_of(page, "ends_minute")}
    assert apply(client, COMING, form="hours_off", period="2025-10", **taken) == 303
