"""The month as somebody uses it: why a figure is what it is, what lies ahead, how far it is, one click at its end."""

import re
from datetime import date

import pytest

from domain.attendance.adjustment import Cause
from domain.civil import instant, parse_clock
from gateway.operations.attendance.find_adjustments import find_adjustments
from gateway.operations.identity.roles import Role
from store.changed_days import mark_changed_days
from store.closings import load_standings
from tests.pages.asking import HEAD
from tests.pages.booked import ISHII, end_month, hash_of, plan_ahead, work_late
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send
from tests.rest_days import plan_duty_only


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _part(text: str, begins: str, ends: str) -> str:
    return _plain(text.split(begins)[1].split(ends, maxsplit=1)[0])


def _standing(text: str) -> str:
    return _part(text, 'id="standing"', "</section>")


def test_every_sum_says_which_minutes_make_it_up(sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/months/2025-11").text
    why = _part(text, '<div class="why" id="figure-overtime"', "</table>")
    assert "11月13日（木） 17:15–20:30 3.15 超過勤務（平日） 125% 給与条例：超過勤務手当" in why
    assert "11月17日（月） 17:15–20:00 2.45" in why
    assert why.endswith("合計 6.00")
    divergence = _part(text, '<div class="why" id="figure-divergence"', "</table>")
    assert "11月11日（火） 17:15–17:45 30 命令のない在庁" in divergence
    assert divergence.endswith("合計 30")
    assert 'href="/attendance/profile#rule-L4"' in text


def test_night_and_what_is_beyond_sixty_hours_stand_apart(city: City, sign_in_as) -> None:
    work_late(city, ISHII, range(4, 29), "23:00")
    city.clock.at = instant(date(2025, 11, 29), 600)
    with city.store.transaction(city.clock()) as tx:
        tx.connection.exec_driver_sql("UPDATE session SET seen_at = '2025-11-29T00:50:00.000000+00:00'")
    text = sign_in_as(Role.employee).get("/months/2025-11").text
    listed = _part(text, '<dl class="figure-list"', "</dl>")
    assert "超過勤務（平日・深夜） 150%" in listed
    assert "うち深夜（22時から5時）" in listed
    assert "うち月60時間を超えた分" in listed
    assert "この月の超過勤務が45時間を超えました" in _plain(text)
    assert "勤務のあいだの休息が11.00" in _plain(text)


def test_the_months_ahead_show_what_is_planned_and_asked_for(city: City, sign_in_as) -> None:
    plan_ahead(city)
    client = sign_in_as(Role.employee)
    text = client.get("/months/2025-11").text
    rows = {day: _part(text, f'<tr id="day-{day}"', "</tr>") for day in (25, 26, 27)}
    assert "休暇 年次休暇 午前" in rows[25]
    assert "在宅勤務 08:30–17:15" in rows[26]
    assert "申請中：時間外勤務 17:15–20:00" in rows[27]
    assert 'href="/attendance/days/2025-11-27"' in text
    assert "年次休暇" in _part(text, '<dl class="figure-list"', "</dl>")
    assert client.get("/months/2026-02").status_code == 200


def test_another_s_month_leads_to_no_form(city: City, sign_in_as) -> None:
    for role in (Role.head, Role.hr, Role.auditor):
        text = sign_in_as(role).get("/people/s0002/months/2025-10").text
        assert "/attendance/days/" not in text
        assert "この内容で確認する" not in text
        assert "この月の状態" in _plain(text)


def test_a_month_that_goes_on_cannot_be_confirmed(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    assert "月が終わると確認できます" in _standing(client.get("/").text)
    answer = client.post("/months/2025-11/confirm", data={"csrf": csrf_of(client), "seen": "0" * 64})
    assert answer.status_code == 422
    assert "月がまだ終わっていません" in answer.text


def test_a_month_with_nothing_unsettled_needs_no_click(city: City, sign_in_as) -> None:
    with city.store.transaction(city.clock()) as tx:
        plan_duty_only(tx, [31], [ISHII], month=10)
    city.tap("staff_in", ISHII, instant(date(2025, 10, 31), parse_clock("08:25")))
    city.tap("staff_out", ISHII, instant(date(2025, 10, 31), parse_clock("17:20")))
    assert "確認は要りません" in _standing(sign_in_as(Role.employee).get("/months/2025-10").text)


def test_a_month_with_days_of_which_nothing_is_known_takes_one_click(city: City, sign_in_as) -> None:
    with city.store.transaction(city.clock()) as tx:
        plan_duty_only(tx, [1, 31], [ISHII], month=10)
    client = sign_in_as(Role.employee)
    standing = _standing(client.get("/months/2025-10").text)
    assert "記録のない勤務日が2日あります" in standing
    assert "10月1日（水） 10月31日（金）" in standing
    assert "この内容で確認する" in standing


def test_a_month_with_something_unsettled_takes_one_click(city: City, sign_in_as) -> None:
    work_late(city, ISHII, range(1, 2), "20:30", month=10)
    city.tap("staff_in", ISHII, instant(date(2025, 10, 2), parse_clock("08:25")))
    client = sign_in_as(Role.employee)
    text = client.get("/months/2025-10").text
    assert "まだ済んでいないことが1件あります 10月2日（木） 打刻もれの訂正か説明がありません" in _standing(text)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', text)
    assert seen is not None
    assert send(client, "/months/2025-10/confirm", seen=seen[1]) == 303
    standing = _standing(client.get("/months/2025-10").text)
    assert "✓ 本人確認 石井 健太" in standing
    assert "この内容で確認する" not in standing


def test_what_changed_since_it_was_shown_is_not_confirmed(city: City, sign_in_as) -> None:
    city.tap("staff_in", ISHII, instant(date(2025, 10, 2), parse_clock("08:25")))
    client = sign_in_as(Role.employee)
    answer = client.post("/months/2025-10/confirm", data={"csrf": csrf_of(client), "seen": "0" * 64})
    assert answer.status_code == 422
    assert "集計が変わりました" in answer.text
    with city.store.reading(city.clock()) as tx:
        standing = load_standings(tx, "2025-10", [ISHII]).get(ISHII)
    assert standing is None or standing.state == "open"


@pytest.mark.parametrize("period", ["2025-13", "x"])
def test_no_month_is_not_confirmed(period: str, sign_in_as) -> None:
    assert send(sign_in_as(Role.employee), f"/months/{period}/confirm", seen="0" * 64) == 404


def test_the_auditor_confirms_nothing(sign_in_as) -> None:
    assert send(sign_in_as(Role.auditor), "/months/2025-10/confirm", seen="0" * 64) == 403


def test_a_closed_month_names_its_version_who_and_what_came_after(city: City, sign_in_as) -> None:
    work_late(city, ISHII, range(1, 3), "20:30", month=10)
    end_month(city)
    short = hash_of(city)[:8]
    client = sign_in_as(Role.employee)
    standing = _standing(client.get("/months/2025-10").text)
    assert "✓ 本人確認 石井 健太 16:30" in standing
    assert "✓ 所属長確認 青木 太郎 16:30" in standing
    assert "✓ 締め 江口 花子 16:30" in standing
    assert f"第1版・照合番号 {short}" in standing
    for point, clock in (("staff_in", "08:20"), ("staff_out", "17:20")):
        city.tap(point, ISHII, instant(date(2025, 10, 3), parse_clock(clock)))
    with city.store.transaction(city.clock()) as tx:
        mark_changed_days(tx, ISHII, [date(2025, 10, 3)], Cause.late_tap)
        find_adjustments(tx, city.context.rules.profiles)
    standing = _standing(client.get("/months/2025-10").text)
    assert hash_of(city)[:8] != short
    assert f"第1版・照合番号 {short}" in standing
    assert "第1版からの差： 遅れて届いた打刻 見つかった" in standing


def test_a_confirmation_that_no_longer_holds_says_so(city: City, sign_in_as) -> None:
    city.tap("staff_in", ISHII, instant(date(2025, 10, 2), parse_clock("08:25")))
    client = sign_in_as(Role.employee)
    assert send(client, "/months/2025-10/confirm", seen=hash_of(city)) == 303
    city.tap("staff_out", ISHII, instant(date(2025, 10, 2), parse_clock("17:15")))
    assert "もう一度確かめる必要があります" in _standing(client.get("/months/2025-10").text)
    with city.store.transaction(city.clock()) as tx:
        mark_changed_days(tx, ISHII, [date(2025, 10, 2)], Cause.late_tap)
        find_adjustments(tx, city.context.rules.profiles)
    assert "確認は取り消されました" in _standing(client.get("/months/2025-10").text)


def test_caps_tell_the_month_the_year_and_when_they_would_be_full(city: City, sign_in_as) -> None:
    work_late(city, ISHII, range(1, 20), "21:30", month=10)
    client = sign_in_as(Role.employee)
    for path in ("/months/2025-10/caps", "/months/2025-10/caps/part"):
        text = _plain(client.get(path).text)
        assert "この月の超過勤務（原則の上限） 超過" in text
        assert "10月15日（水） 19:45 に上限に達しました。" in text  # ten evenings of 4:15 and 2:30 more
        assert "年度の超過勤務（原則の上限） 余裕あり" in text
        assert "労働基準法の数え方" in text
    assert "／上限 360.00" in _plain(sign_in_as(Role.head).get("/people/s0002/months/2025-11/caps").text)


def test_caps_of_somebody_one_does_not_head_are_not_there(sign_in_as) -> None:
    assert sign_in_as(Role.head).get("/people/s0004/months/2025-11/caps").status_code == 404
    assert sign_in_as(Role.employee).get(f"/people/{HEAD}/months/2025-11/caps").status_code == 403


def test_the_order_names_who_gave_it_and_uncounted_minutes_say_why(sign_in_as) -> None:
    why = _part(sign_in_as(Role.employee).get("/months/2025-11").text, 'id="why-13"', '<div class="why"')
    assert "議会資料の作成 命令 青木 太郎" in why
    assert "08:20–08:30 命令のない在庁 0.10 服務規程：所属長の命令" in why
    assert "12:00–13:00 休憩 1.00 労基法34条：休憩" in why


def test_english(sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    client.cookies.set("sekisho_language", "en", domain="127.0.0.1")
    text = _plain(client.get("/months/2025-10").text)
    assert "23 working days without any record" in text
    assert "Caps and outlook" in text
