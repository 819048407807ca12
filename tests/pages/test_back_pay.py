"""Proposed back-pay without a browser: whose time was found to be work, what it is worth, and the way to pay it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient

from domain.attendance.requests import Explanation
from domain.workflow.states import State
from gateway.operations.identity.roles import Role
from store.applications import load_application
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.divergent import LONG, approve, diverge, explain

SignIn = Callable[[Role], TestClient]
BACK_PAY = "/attendance/back-pay"
NOVEMBER = {"period": "2025-11"}


@pytest.fixture
def found(city: City) -> City:
    """Ueda's 75 minutes of the 18th were found to be work, by the head and HR."""
    diverge(city)
    application_id = explain(city, "s0003", LONG, explanation=Explanation.work, reason="窓口の応対が延びた")
    approve(city, application_id, "s0001")
    approve(city, application_id, "s0004")
    return city


def form_of(page: str) -> dict[str, str]:
    block = page.split(f'action="{BACK_PAY}">')[1].split("</form>", maxsplit=1)[0]
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', block)}


def test_found_work_stands_with_its_minutes_days_and_evidence(found: City, sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.hr).get(BACK_PAY, params=NOVEMBER).text
    for said in ("上田 翔", "1.15", "75分", "17:15–18:30", "125%", "窓口の応対が延びた", "on=2025-11-18"):
        assert said in page, said
    assert "追給の提案はありません" in sign_in_as(Role.hr).get(BACK_PAY).text  # last month


def test_private_time_is_no_work(city: City, sign_in_as: SignIn) -> None:
    diverge(city)
    application_id = explain(city, "s0003", LONG)
    approve(city, application_id, "s0001")
    approve(city, application_id, "s0004")
    assert "追給の提案はありません" in sign_in_as(Role.hr).get(BACK_PAY, params=NOVEMBER).text


def test_a_head_applies_for_the_person_and_it_is_paid_once_two_more_agreed(found: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    form = form_of(desk.get(BACK_PAY, params=NOVEMBER).text)
    answer = desk.post(BACK_PAY, data=form)
    assert answer.status_code == 303
    assert desk.post(BACK_PAY, data=form).status_code == 303  # sent twice is once
    with found.store.reading(found.clock()) as tx:
        filed = load_application(tx, form["id"])
    assert filed is not None
    one = filed.application
    assert (one.kind, one.person_id, one.applicant_id, one.state) == (
        "overtime_after", "s0003", "s0004", State.submitted,
    )  # fmt: skip
    page = desk.get(answer.headers["location"]).text
    assert "事後の申請中です" in page
    assert f'action="{BACK_PAY}"' not in page


def test_what_cannot_be_applied_for_is_said_and_what_was_typed_stays(found: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.head)
    form = form_of(desk.get(BACK_PAY, params=NOVEMBER).text)
    answer = desk.post(BACK_PAY, data={**form, "reason": " "})
    assert answer.status_code == 422
    assert "理由を入力してください" in answer.text
    answer = desk.post(BACK_PAY, data={**form, "starts": "1000", "reason": "正規の時間も"})
    assert answer.status_code == 422
    assert "正規の勤務時間の内です" in answer.text
    answer = desk.post(BACK_PAY, data={**form, "person": "s0005"})
    assert answer.status_code == 422
    assert "申請した本人だけができます" in answer.text


def test_a_head_sees_the_own_people_and_the_auditor_only_reads(found: City, sign_in_as: SignIn) -> None:
    assert "上田 翔" in sign_in_as(Role.head).get(BACK_PAY, params=NOVEMBER).text
    desk = sign_in_as(Role.auditor)
    page = desk.get(BACK_PAY, params=NOVEMBER).text
    assert "上田 翔" in page
    assert f'action="{BACK_PAY}"' not in page
    assert desk.post(BACK_PAY, data={"csrf": csrf_of(desk)}).status_code == 403
