"""締め on its pages: the check sheet, the closing as it goes on, one person's month, reopening by two."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.attendance.closing import MonthAct
from gateway.operations.identity.roles import Role
from store.closings import list_steps, list_versions
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.month_end import PERIOD, SETTLED, end_month, enter_as, make_ready, work

SignIn = Callable[[Role], TestClient]
HOME = "/attendance/closing"
RUN = f"{HOME}/{PERIOD}"


@pytest.fixture
def ended(city: City) -> City:
    end_month(city)
    return city


def form(text: str, **changes: object) -> dict[str, object]:
    """Give the form that closes, as a page drew it."""
    found = re.search(r'name="request" value="([0-9a-f]{16})"', text)
    assert found is not None
    return {"request": found.group(1), **changes}


def plain(text: str) -> str:
    """Give the words of a page's main part."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.split("<main")[1]).split())


def test_the_sheet_names_whoever_holds_the_month_open(ended: City, sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.hr).get(HOME)
    words = plain(page.text)
    assert page.status_code == 200
    assert "5人のうち0人の月を締めました" in words
    assert "乖離が残っている 2人" in words
    assert "打刻が足りない 1人" in words
    assert "○ 決裁を待つ申請がある なし" in words
    assert "所属長の確認がない 5人" in words
    assert "person=s0002&on=2025-11-14" in page.text
    assert "確定する</button>" not in page.text


def test_what_is_ready_is_closed_and_the_page_follows(ended: City, sign_in_as: SignIn) -> None:
    make_ready(ended)
    desk = sign_in_as(Role.hr)
    page = desk.get(HOME).text
    assert "3人の月を確定できます" in page
    answer = form(page)
    assert send(desk, RUN, **answer) == 303
    waiting = desk.get(RUN).text
    assert "まもなく始まります" in waiting
    assert f'hx-get="{RUN}/part"' in waiting
    assert "いま締めています" in desk.get(HOME).text
    assert work(ended) == 1
    done = desk.get(f"{RUN}/part").text
    assert "3人の月を締めました" in done
    assert "2人の月は、片付いていない事項があるため開いたままです" in done
    assert "hx-get" not in done
    assert "5人のうち3人の月を締めました" in plain(desk.get(HOME).text)
    with ended.store.reading(ended.clock()) as tx:
        assert {each.person_id for each in list_versions(tx, PERIOD)} == set(SETTLED)


def test_a_form_sent_twice_closes_once_and_another_waits(ended: City, sign_in_as: SignIn) -> None:
    make_ready(ended)
    desk = sign_in_as(Role.hr)
    answer = form(desk.get(HOME).text)
    assert send(desk, RUN, **answer) == 303
    assert send(desk, RUN, **answer) == 303
    assert "今の状態ではできません" in told(desk, RUN, request="0" * 16)
    assert work(ended) == 1


def test_a_department_alone_is_closed(ended: City, sign_in_as: SignIn) -> None:
    make_ready(ended)
    desk = sign_in_as(Role.hr)
    page = desk.get(f"{HOME}?department=joho").text
    assert "2人の月を確定できます" in page
    assert "所属長確認済" in page
    assert send(desk, RUN, **form(page, department="joho")) == 303
    work(ended)
    assert "2人の月を締めました" in desk.get(RUN).text
    assert "対象がありません" in told(desk, RUN, request="1" * 16, department="nowhere")


def test_a_late_reader_holds_its_users_and_is_left_out_only_with_a_reason(city: City, sign_in_as: SignIn) -> None:
    end_month(city, heard=False)
    make_ready(city)
    desk = sign_in_as(Role.hr)
    page = desk.get(HOME).text
    assert "読取機の打刻が届ききっていない" in plain(page)
    assert "石井 健太" in plain(page)
    refused = told(desk, RUN, **form(page, without=["east-1"], reason=" "))
    assert "理由を入力してください" in refused
    assert 'value="east-1" checked' in refused
    assert 'aria-invalid="true" aria-describedby="fault"' in refused
    assert send(desk, RUN, **form(page, without=["east-1"], reason="機器の故障で届かない")) == 303
    work(city)
    assert "機器の故障で届かない" in plain(desk.get(RUN).text)


def test_a_month_that_goes_on_or_is_none_is_told(ended: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    page = desk.get(f"{HOME}?period=2025-12").text
    assert "この月はまだ終わっていません" in page
    assert 'name="request"' not in page
    assert "月がまだ終わっていません" in told(desk, f"{HOME}/2025-12", request="0" * 16)
    for wrong in ("2025-13", "2026-01", "last"):
        assert desk.get(f"{HOME}?period={wrong}").status_code == 404
        assert send(desk, f"{HOME}/{wrong}", request="0" * 16) == 404
    assert desk.get(RUN).headers["location"] == f"{HOME}?period={PERIOD}"


def test_the_auditor_reads_and_closes_nothing(ended: City, sign_in_as: SignIn) -> None:
    make_ready(ended)
    desk = sign_in_as(Role.auditor)
    page = desk.get(HOME).text
    assert "3人の月を確定できます" in page
    assert "<form method" not in page.split("<main")[1]
    assert send(desk, RUN, request="0" * 16) == 403
    assert "<form" not in desk.get(f"{RUN}/people/s0003").text.split("<main")[1]


def test_one_person_is_closed_alone(ended: City, sign_in_as: SignIn) -> None:
    make_ready(ended)
    desk = sign_in_as(Role.hr)
    one = f"{RUN}/people/s0003"
    assert "この人の月を確定する" in desk.get(one).text
    assert send(desk, one, act="close") == 303
    page = plain(desk.get(one).text)
    assert "締め 江口 花子" in page
    assert "第1版" in page
    assert "未処理の事項があります" in told(desk, f"{RUN}/people/s0002", act="close")
    assert desk.get(f"{RUN}/people/nobody").status_code == 404
    assert send(desk, f"{RUN}/people/nobody", act="propose_reopening", reason="x") == 404


def test_a_month_is_sent_back_with_a_sentence(ended: City, sign_in_as: SignIn) -> None:
    make_ready(ended)
    desk, one = sign_in_as(Role.hr), f"{RUN}/people/s0003"
    refused = told(desk, one, act="send_back", reason=" ")
    assert "理由を入力してください" in refused
    assert send(desk, one, act="send_back", reason="20日の退勤を確かめてください") == 303
    page = plain(desk.get(one).text)
    assert "差戻し 江口 花子 20日の退勤を確かめてください" in page
    assert "未確認" in page


def test_reopening_takes_two_of_hr(ended: City, sign_in_as: SignIn, pages: FastAPI) -> None:
    make_ready(ended)
    desk, one = sign_in_as(Role.hr), f"{RUN}/people/s0003"
    send(desk, one, act="close")
    assert "理由を入力してください" in told(desk, one, act="propose_reopening", reason="")
    assert send(desk, one, act="propose_reopening", reason="命令がもれていた") == 303
    assert "提案した人は承認できません" in desk.get(one).text
    assert "提案した方とは別の方が承認してください" in told(desk, one, act="agree_reopening")
    other = enter_as(ended, pages, "takahashi")
    assert "江口 花子さんが再開を提案しています" in other.get(one).text
    assert send(other, one, act="agree_reopening") == 303
    assert "今の状態ではできません" in told(other, one, act="agree_reopening")
    with ended.store.reading(ended.clock()) as tx:
        acts = [each.act for each in list_steps(tx, PERIOD, "s0003")]
    assert acts[-3:] == [MonthAct.close, MonthAct.propose_reopening, MonthAct.agree_reopening]


def test_reopening_is_declined_with_a_reason(ended: City, sign_in_as: SignIn, pages: FastAPI) -> None:
    make_ready(ended)
    desk, one = sign_in_as(Role.hr), f"{RUN}/people/s0003"
    send(desk, one, act="close")
    send(desk, one, act="propose_reopening", reason="命令がもれていた")
    other = enter_as(ended, pages, "takahashi")
    assert send(other, one, act="decline_reopening", reason="調整で足りる") == 303
    assert "再開の不承認 髙橋 美咲 調整で足りる" in plain(other.get(one).text)


def test_a_month_in_which_nobody_was_here_is_empty_and_not_closed(ended: City, sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.hr).get(f"{HOME}?department=nowhere").text
    assert 'name="request"' not in page


def test_of_very_many_people_the_sheet_says_what_was_found_last(
    ended: City, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(ended)
    desk = sign_in_as(Role.hr)
    counted = plain(desk.get(HOME).text)
    monkeypatch.setattr("gateway.pages.hr.closing.COUNTED_MAX", 1)
    words = plain(desk.get(HOME).text)
    assert "全5人のうち5人の月を見終えています" in words
    assert words.split("確定するときに一人ずつ数え直します。")[1] == counted.split("チェックシート", 1)[1]
