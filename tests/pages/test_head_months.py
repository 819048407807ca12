"""部下の月: what is settled is confirmed at once, what is not is named, and a month goes back with a sentence."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.attendance.closing import MonthState
from gateway.operations.identity.roles import Role
from store.closings import load_standings
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.month_end import PERIOD, end_month, enter_as, hash_of, settle
from tests.pages.test_closing import plain

SignIn = Callable[[Role], TestClient]
HOME = "/attendance/department"
MONTH = f"{HOME}/{PERIOD}"


@pytest.fixture
def ended(city: City) -> City:
    end_month(city)
    return city


def state_of(city: City, person_id: str) -> MonthState:
    with city.store.reading(city.clock()) as tx:
        return load_standings(tx, PERIOD, [person_id])[person_id].state


def ticked(text: str) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+:[0-9a-f]{64})" checked', text)


def test_settled_months_are_confirmed_at_once_and_others_named_with_why(ended: City, sign_in_as: SignIn) -> None:
    settle(ended)
    desk = sign_in_as(Role.head)
    page = desk.get(HOME).text
    assert ticked(page) == [f"s0003:{hash_of(ended, 's0003')}"]
    words = plain(page)
    assert "上田 翔 在庁 7.59 超過 0.00" in words
    assert "片付いていない月 1人 石井 健太" in words
    assert "打刻が足りない 11月14日（金）" in words
    assert "青木" not in words  # his own month is confirmed by somebody else
    assert send(desk, MONTH, seen=ticked(page)) == 303
    assert state_of(ended, "s0003") is MonthState.head_confirmed
    assert "確認した月 1人 上田 翔" in plain(desk.get(HOME).text)


def test_a_month_that_changed_since_it_was_shown_stays(ended: City, sign_in_as: SignIn) -> None:
    settle(ended)
    desk = sign_in_as(Role.head)
    refused = plain(told(desk, MONTH, seen=[f"s0003:{'0' * 64}"]))
    assert "上田 翔さんの月は確認できませんでした" in refused
    assert "集計が変わりました" in refused
    assert state_of(ended, "s0003") is MonthState.self_confirmed


def test_whom_one_does_not_lead_one_does_not_confirm(ended: City, sign_in_as: SignIn) -> None:
    settle(ended)
    desk = sign_in_as(Role.head)
    refused = plain(told(desk, MONTH, seen=[f"s0005:{hash_of(ended, 's0005')}"]))
    assert "権限のある方が行ってください" in refused
    assert "髙橋" not in refused
    assert "対象がありません" in plain(told(desk, MONTH, seen=[f"nobody:{'0' * 64}"]))
    assert "対象がありません" in plain(told(desk, f"{MONTH}/people/nobody", act="send_back", reason="x"))


def test_nothing_ticked_is_told(ended: City, sign_in_as: SignIn) -> None:
    assert "だれの印もありません" in told(sign_in_as(Role.head), MONTH)


def test_a_month_without_its_persons_word_takes_a_reason(ended: City, sign_in_as: SignIn) -> None:
    desk, one = sign_in_as(Role.head), f"{MONTH}/people/s0003"
    page = plain(desk.get(HOME).text)
    assert "本人の確認がない月 1人" in page
    assert "上田 翔 在庁 7.59 超過 0.00 本人に代わって確認する" in page
    seen = hash_of(ended, "s0003")
    refused = told(desk, one, act="confirm", seen=seen, reason=" ")
    assert "理由を入力してください" in refused
    assert 'aria-invalid="true"' in refused
    assert send(desk, one, act="confirm", seen=seen, reason="病気休暇中のため") == 303
    assert state_of(ended, "s0003") is MonthState.head_confirmed
    assert "未処理の事項があります" in told(
        desk, f"{MONTH}/people/s0002", act="confirm", seen=hash_of(ended, "s0002"), reason="x"
    )


def test_a_month_is_sent_back_with_a_sentence(ended: City, sign_in_as: SignIn) -> None:
    settle(ended)
    desk, one = sign_in_as(Role.head), f"{MONTH}/people/s0003"
    send(desk, MONTH, seen=ticked(desk.get(HOME).text))
    assert "理由を入力してください" in told(desk, one, act="send_back", reason="")
    assert send(desk, one, act="send_back", reason="18日を見直してください") == 303
    assert state_of(ended, "s0003") is MonthState.open
    assert settle(ended) == 0  # the rule does not take the word of the person
    assert "今の状態ではできません" in told(desk, one, act="send_back", reason="もう一度")


def test_the_heads_own_month_goes_to_those_above(ended: City, pages: FastAPI) -> None:
    settle(ended)
    words = plain(enter_as(ended, pages, "takahashi").get(HOME).text)
    assert "江口 花子" in words
    assert "青木 太郎" in words  # nobody stands above him, so that HR does
    assert "石井" not in words


def test_a_month_that_goes_on_is_told(ended: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.head)
    assert "この月はまだ終わっていません" in desk.get(f"{HOME}?period=2025-12").text
    assert "月がまだ終わっていません" in told(desk, f"{HOME}/2025-12", seen=[f"s0003:{'0' * 64}"])
    assert desk.get(f"{HOME}?period=2025-13").status_code == 404


def test_who_leads_nobody_sees_nobody(ended: City, sign_in_as: SignIn) -> None:
    settle(ended)
    page = sign_in_as(Role.employee).get(HOME).text
    assert "この月に確認する職員はいません" in page
    refused = plain(told(sign_in_as(Role.employee), MONTH, seen=[f"s0003:{hash_of(ended, 's0003')}"]))
    assert "権限のある方が行ってください" in refused
    assert "上田" not in refused
