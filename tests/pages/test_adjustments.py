"""Adjustments of closed months on their page: what changed and why, proposed by one and agreed to by another."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from contract.adjustment_content import hash_adjustment, write_adjustment
from domain.attendance.adjustment import AdjustmentState, Cause, Decision, Difference
from domain.attendance.leave_kinds import LeaveKind
from gateway.operations.identity.roles import Role
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.hr.adjustment_view import ItemNaming, view_adjustment
from gateway.pages.words import Language
from store.month_adjustments import MonthAdjustment, list_adjustments
from store.rosters import delete_planned_shifts
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.month_end import OVER, PERIOD, come_late, confirm_own, end_month, enter_as, make_ready, work
from tests.pages.test_closing import form, plain

SignIn = Callable[[Role], TestClient]
HOME = "/attendance/adjustments"


@pytest.fixture
def changed(city: City, sign_in_as: SignIn) -> City:
    """What is ready was closed; then taps of the 18th of Ueda arrived."""
    end_month(city)
    with city.store.transaction(city.clock()) as tx:
        delete_planned_shifts(tx, "s0003", [date(2025, 11, 18)])
    confirm_own(city, "s0003")  # nothing is known of the 18th, so the rule gives no word
    make_ready(city)
    desk = sign_in_as(Role.hr)
    send(desk, f"/attendance/closing/{PERIOD}", **form(desk.get("/attendance/closing").text))
    work(city)
    come_late(city)
    return city


def the_one(city: City) -> MonthAdjustment:
    with city.store.reading(city.clock()) as tx:
        (found,) = list_adjustments(tx, PERIOD)
    return found


def test_what_changed_is_told_with_its_cause_and_its_taps(changed: City, sign_in_as: SignIn) -> None:
    page = plain(sign_in_as(Role.hr).get(HOME).text)
    assert "上田 翔 総務課" in page
    assert "遅れて届いた打刻" in page
    assert "出勤した日（勤務日） +1 日" in page
    assert "11月18日（火） 正規の勤務 0.00 7.45 +7.45" in page
    assert "11月18日（火） 08:20:00 職員通用口・入" in page
    assert "締めたあとの調整 1件" in plain(sign_in_as(Role.hr).get("/attendance/closing").text)


def test_one_proposes_and_another_agrees(changed: City, sign_in_as: SignIn, pages: FastAPI) -> None:
    one = the_one(changed)
    desk, path = sign_in_as(Role.hr), f"{HOME}/{one.id}"
    refused = told(desk, path, act="propose", seen=one.content_hash, reason=" ")
    assert "理由を入力してください" in refused
    assert 'aria-invalid="true"' in refused
    assert send(desk, path, act="propose", seen=one.content_hash, reason="機器が復旧した") == 303
    assert "提案した人は承認できません" in desk.get(HOME).text
    assert "提案した方とは別の方が承認してください" in told(desk, path, act="agree", seen=one.content_hash)
    other = enter_as(changed, pages, "takahashi")
    assert "江口 花子さんが提案：機器が復旧した" in other.get(HOME).text
    assert "集計が変わりました" in told(other, path, act="agree", seen="0" * 64)
    assert send(other, path, act="agree", seen=one.content_hash) == 303
    assert "髙橋 美咲さんが承認" in other.get(f"{HOME}?period={PERIOD}").text
    assert the_one(changed).decision.state is AdjustmentState.agreed


def test_it_is_dismissed_with_a_reason(changed: City, sign_in_as: SignIn) -> None:
    one = the_one(changed)
    desk, path = sign_in_as(Role.hr), f"{HOME}/{one.id}"
    assert "理由を入力してください" in told(desk, path, act="dismiss", seen=one.content_hash)
    assert send(desk, path, act="dismiss", seen=one.content_hash, reason="本人ではない") == 303
    page = desk.get(f"{HOME}?period={PERIOD}").text
    assert "見送り：本人ではない" in page
    assert "今の状態ではできません" in told(desk, path, act="propose", seen=one.content_hash, reason="x")


def test_the_auditor_reads_and_decides_nothing(changed: City, sign_in_as: SignIn) -> None:
    desk, one = sign_in_as(Role.auditor), the_one(changed)
    assert "<form" not in desk.get(HOME).text.split("<main")[1]
    assert send(desk, f"{HOME}/{one.id}", act="propose", seen=one.content_hash, reason="x") == 403


def test_what_is_not_there_is_told(changed: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    assert send(desk, f"{HOME}/none", act="agree", seen="0" * 64) == 404
    assert desk.get(f"{HOME}?period=2025-13").status_code == 404
    assert "この月に調整はありません" in desk.get(f"{HOME}?period=2025-10").text
    assert "ほかの月の待ち" in desk.get(f"{HOME}?period=2025-10").text


def _card(amounts: dict[str, int], language: Language, content: bytes = b"", kinds: dict[str, LeaveKind] | None = None):
    content = content or write_adjustment(
        Difference(amounts, ()), person_id="p", period=PERIOD, version=1, agreed_ids=[]
    )
    one = MonthAdjustment(
        "id", "p", PERIOD, 1, frozenset({Cause.hr}), content, hash_adjustment(content), OVER, Decision("p")
    )
    return view_adjustment(one, {}, "", (), ItemNaming(Phrases(language), kinds or {}))


def test_every_item_is_named_and_written_in_its_unit(city: City) -> None:
    amounts = {
        "after_60h.weekday_day": 30, "class.weekday_day": -75, "count.divergences": -1, "days.worked": 1,
        "hours.125": 2, "leave_days.annual": -1, "leave_minutes.annual": 465, "rate.150": 60, "rate.holiday_regular": 5,
        "minutes.worked": 60, "new.thing": 1,
    }  # fmt: skip
    card = _card(amounts, Language.ja, kinds=dict(city.context.rules.leave_kinds))
    said = [(line.name, line.difference) for line in card.month]
    assert said == [
        ("60時間超：超過勤務（平日）", "+0.30"),
        ("超過勤務（平日）", "-1.15"),
        ("乖離", "-1 回"),
        ("出勤した日", "+1 日"),
        ("給与の時間数：割増 125%", "+2"),
        ("休暇の日：年次休暇", "-1 日"),
        ("休暇の時間：年次休暇", "+7.45"),
        ("在庁", "+1.00"),
        ("new.thing", "+1 回"),
        ("割増 150%", "+1.00"),
        ("休日勤務", "+0.05"),
    ]


def test_what_cannot_be_read_is_said() -> None:
    card = _card({}, Language.en, b"none")
    assert not card.is_readable
    assert card.days == ()
    assert re.fullmatch(r"p", card.name)
