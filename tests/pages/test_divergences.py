"""HR's queue without a browser: what stands in it, who sees and settles it, and what is refused with which words."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from domain.attendance.requests import Explanation
from domain.civil import instant, parse_clock
from domain.workflow.states import State
from gateway.operations.identity.roles import Role
from store.applications import load_application
from store.messages import list_messages
from store.orders import OvertimeOrder, insert_order
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.divergent import LONG, STAY, approve, diverge, explain, look

SignIn = Callable[[Role], TestClient]
QUEUE = "/attendance/divergences"
OCTOBER = {"period": "2025-10"}


@pytest.fixture
def divergent(city: City) -> City:
    """The city hall with its divergent days looked through."""
    diverge(city)
    return city


def hidden(page: str, form: str) -> dict[str, object]:
    """Give what a form of the page would send by itself."""
    block = page.split(f'id="{form}">')[1].split("</form>", maxsplit=1)[0]
    found = [(name, unescape(value)) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', block)]
    return {**dict(found), "answers": [value for name, value in found if name == "answers"]}


def ready(city: City, person_id: str = "s0003", stay: tuple[str, str, str] = LONG) -> str:
    """A day that waits for HR."""
    application_id = explain(city, person_id, stay)
    approve(city, application_id, "s0001")
    return application_id


def state(city: City, application_id: str) -> tuple[State, int]:
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, application_id)
    assert filed is not None
    return filed.application.state, len(filed.application.deeds)


def test_days_that_diverge_stand_in_it_the_heaviest_first_and_no_others(divergent: City, sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.hr).get(QUEUE).text
    days = re.findall(r'person=(s\d+)&amp;on=([\d-]+)" ?(?:aria-current="true")?>', page)
    listed = list(dict.fromkeys(days))
    assert listed[:2] == [("s0003", "2025-11-18"), ("s0002", "2025-11-11")]
    assert ("s0002", "2025-11-14") in listed
    assert not {"2025-11-12", "2025-11-10", "2025-11-20"} & {on for _, on in listed}
    assert "75分" in page
    assert "命令のない在庁" in page


def test_the_day_shows_stamps_orders_doors_and_computers_with_rule_and_source(
    divergent: City, sign_in_as: SignIn
) -> None:
    page = sign_in_as(Role.hr).get(QUEUE, params={"person": "s0003", "on": "2025-11-18"}).text
    for said in (
        "職員",
        "室内の扉",
        "パソコン ログオフ",
        "PC-0312",
        "18:24",
        "17:50",
        "15分をこえると",
        "R14",
        "east-1/1/",
    ):
        assert said in page, said
    assert page.count('class="ev-mark"') == 6
    assert "まだ理由が出ていません" in page
    assert 'id="ask"' in page
    assert 'id="accept"' not in page


def test_an_accepted_day_leaves_the_queue_and_the_next_one_opens(divergent: City, sign_in_as: SignIn) -> None:
    first, second = ready(divergent), ready(divergent, "s0002", STAY)
    desk = sign_in_as(Role.hr)
    page = desk.get(QUEUE).text
    assert "人事の認定待ち" in page
    assert "同僚と帰りの電車を待った" in page
    assert "青木 太郎" in page  # the head's word
    answer = desk.post(f"{QUEUE}/verdict", data=hidden(page, "accept"))
    assert answer.status_code == 303
    asked = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert asked == {"period": "2025-11", "turn": "hr", "person": "s0002", "on": "2025-11-11"}
    assert state(divergent, first) == (State.approved, 3)
    page = desk.get(answer.headers["location"]).text
    answer = desk.post(f"{QUEUE}/verdict", data=hidden(page, "accept"))
    assert state(divergent, second)[0] is State.approved
    page = desk.get(answer.headers["location"]).text
    assert "この番の日はありません" in page


def test_what_is_sent_back_says_why_and_the_person_is_told(divergent: City, sign_in_as: SignIn) -> None:
    application_id = ready(divergent)
    desk = sign_in_as(Role.hr)
    form = hidden(desk.get(QUEUE).text, "return")
    refused = desk.post(f"{QUEUE}/verdict", data={**form, "reason": "  "})
    assert refused.status_code == 422
    assert "差戻しの理由がありません" in refused.text
    assert state(divergent, application_id) == (State.submitted, 2)
    assert desk.post(f"{QUEUE}/verdict", data={**form, "reason": "何分まで待ったかを書いてください"}).status_code == 303
    assert state(divergent, application_id)[0] is State.returned
    with divergent.store.reading(divergent.clock()) as tx:
        assert list_messages(tx, "s0003")[0].message.kind == "application_returned"
    assert "差戻し中" in desk.get(QUEUE, params={"turn": "returned"}).text


def test_of_two_who_judge_the_second_is_told_and_what_was_typed_stays(divergent: City, sign_in_as: SignIn) -> None:
    ready(divergent)
    desk = sign_in_as(Role.hr)
    page = desk.get(QUEUE).text
    accept, back = hidden(page, "accept"), hidden(page, "return")
    assert desk.post(f"{QUEUE}/verdict", data=accept).status_code == 303
    late = desk.post(f"{QUEUE}/verdict", data={**back, "reason": "書き直してください"})
    assert late.status_code == 422
    assert "ほかの人が先に処理しました" in late.text
    assert "すべて認定されています" in late.text


def test_a_head_sees_the_own_departments_and_gives_the_own_word(divergent: City, sign_in_as: SignIn) -> None:
    application_id = explain(divergent, "s0003", LONG)
    desk = sign_in_as(Role.head)
    page = desk.get(QUEUE, params={"person": "s0003", "on": "2025-11-18"}).text
    assert desk.post(f"{QUEUE}/verdict", data=hidden(page, "accept")).status_code == 303
    assert state(divergent, application_id) == (State.submitted, 2)  # now HR's
    divergent.tap("main_out", "s0005")
    assert desk.get(QUEUE, params={"person": "s0005", "on": "2025-11-18"}).status_code == 404
    assert desk.get(QUEUE, params={"person": "nobody", "on": "2025-11-18"}).status_code == 404


def test_a_head_who_tries_hrs_step_is_refused_in_words(divergent: City, sign_in_as: SignIn) -> None:
    application_id = ready(divergent)
    page = sign_in_as(Role.hr).get(QUEUE).text
    desk = sign_in_as(Role.head)
    form = {**hidden(page, "accept"), "csrf": csrf_of(desk)}
    answer = desk.post(f"{QUEUE}/verdict", data=form)
    assert answer.status_code == 422
    assert "この申請の決裁者ではありません" in answer.text
    assert state(divergent, application_id)[0] is State.submitted


def test_the_auditor_reads_and_changes_nothing(divergent: City, sign_in_as: SignIn) -> None:
    ready(divergent)
    page = sign_in_as(Role.auditor).get(QUEUE, params={"person": "s0003", "on": "2025-11-18"}).text
    assert "同僚と帰りの電車を待った" in page
    assert 'id="accept"' not in page
    assert 'id="ask"' not in page


def test_a_person_is_asked_in_a_sentence_once(divergent: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    page = desk.get(QUEUE, params={"person": "s0002", "on": "2025-11-11", "turn": "all"}).text
    form = {**hidden(page, "ask"), "note": "17時15分から何をしていましたか"}
    for wrong in ("", "あ" * 61):
        refused = desk.post(f"{QUEUE}/question", data={**form, "note": wrong})
        assert refused.status_code == 422
        assert "たずねる文がありません" in refused.text
    answers = [desk.post(f"{QUEUE}/question", data=form).status_code for _ in range(2)]
    assert answers == [303, 303]
    with divergent.store.reading(divergent.clock()) as tx:
        told = [each.message for each in list_messages(tx, "s0002") if each.message.kind == "divergence_asked"]
    assert [(each.link, dict(each.filling)) for each in told] == [
        ("/attendance/days/2025-11-11", {"on": "2025-11-11", "note": "17時15分から何をしていましたか"})
    ]
    page = desk.get(QUEUE, params={"person": "s0002", "on": "2025-11-11"}).text
    assert "17時15分から何をしていましたか" in page
    assert "（未読）" in page


def test_hr_asks_nobody_about_the_own_day(divergent: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    form = {
        "csrf": csrf_of(desk), "person": "s0004", "on": "2025-11-18", "question": "0" * 16, "note": "何を",
    }  # fmt: skip
    answer = desk.post(f"{QUEUE}/question", data=form)
    assert answer.status_code == 422
    assert "この方にはたずねられません" in answer.text


def test_a_day_is_counted_afresh_whatever_the_list_knows(divergent: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    assert "on=2025-11-18" in desk.get(QUEUE).text
    starts_at, ends_at = (instant(date(2025, 11, 18), parse_clock(clock)) for clock in LONG[1:])
    order = OvertimeOrder("late", "s0003", starts_at, ends_at, "窓口の応対", "s0001", divergent.clock())
    with divergent.store.transaction(divergent.clock()) as tx:
        insert_order(tx, order)
    page = desk.get(QUEUE, params={"person": "s0003", "on": "2025-11-18"}).text
    assert "数え直したところ、この日に乖離はありません" in page
    assert "5人のうち4人の月を見終えています" in desk.get(QUEUE).text
    look(divergent)
    assert "on=2025-11-18" not in desk.get(QUEUE).text


def test_found_work_keeps_its_word(divergent: City, sign_in_as: SignIn) -> None:
    application_id = explain(divergent, "s0003", LONG, explanation=Explanation.work, reason="窓口の応対が延びた")
    page = sign_in_as(Role.hr).get(QUEUE, params={"person": "s0003", "on": "2025-11-18"}).text
    assert "業務" in page
    assert "窓口の応対が延びた" in page
    assert state(divergent, application_id)[0] is State.submitted


def test_a_missing_punch_says_what_doors_inside_suggest(divergent: City, sign_in_as: SignIn) -> None:
    divergent.tap("server_in", "s0002", instant(date(2025, 11, 14), parse_clock("17:20")))
    page = sign_in_as(Role.hr).get(QUEUE, params={"person": "s0002", "on": "2025-11-14"}).text
    assert "退勤の打刻がありません" in page
    assert "室内の扉の記録から、17:20ごろ" in page  # the candidate


def test_a_month_without_any_says_so(divergent: City, sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.hr).get(QUEUE, params=OCTOBER).text
    assert "締めに進めます" in page


def test_while_months_are_still_looked_through_it_says_how_far(city: City, sign_in_as: SignIn) -> None:
    assert "5人のうち0人の月を見終えています" in sign_in_as(Role.hr).get(QUEUE).text


@pytest.mark.parametrize(
    "asked",
    [{"period": "2025-13"}, {"turn": "mine"}, {"offset": "-1"}, {"on": "2025-02-31x"}, {"person": "x" * 65}],
)
def test_an_address_that_means_nothing_is_refused(city: City, sign_in_as: SignIn, asked: dict[str, str]) -> None:
    assert sign_in_as(Role.hr).get(QUEUE, params=asked).status_code in {400, 404, 422}
