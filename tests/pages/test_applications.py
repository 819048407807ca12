"""Applications without a browser: who may know of one, what its applicant may do, and what became of it."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from domain.workflow.states import Act
from gateway.operations.identity.roles import Role
from store.application_tables import application
from store.applications import load_application
from tests.pages.asking import HR, decide
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.test_day_forms import DIVERGENT, FIRST, SECOND, apply

SignIn = Callable[[Role], TestClient]
PAGE = f"/attendance/applications/{FIRST}"


def act(client: TestClient, city: City, what: str, **form: object) -> int:
    """Do what a button of the page does, with what is on the page now."""
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, FIRST)
    assert filed is not None
    seen = {"seen": len(filed.application.deeds), "content_hash": filed.application.content_hash}
    data = {"csrf": csrf_of(client)} | seen | form
    return client.post(f"{PAGE}/{what}", data=data).status_code


def state_of(city: City) -> str:
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, FIRST)
    assert filed is not None
    return filed.application.state


def test_only_those_concerned_know_of_an_application(sign_in_as: SignIn) -> None:
    apply(sign_in_as(Role.employee))
    for role, sees in (
        (Role.employee, True),
        (Role.head, True),
        (Role.hr, True),
        (Role.facility_admin, False),  # a colleague
        (Role.operator, False),
        (Role.auditor, True),
    ):
        client = sign_in_as(role)
        assert client.get(PAGE).status_code == (200 if sees else 404), role
        assert ("時間外勤務（事後）" in client.get("/attendance/applications").text) is (role is Role.employee), role
    assert sign_in_as(Role.employee).get(f"/attendance/applications/{SECOND}").status_code == 404


def test_the_page_names_whose_word_is_waited_for(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    apply(client)
    page = client.get(PAGE).text
    assert "申請しました" in page
    assert "青木 太郎の決裁を待っています" in page
    assert "7.11.20" in page  # the seal
    assert f"/attendance/inbox/{FIRST}" not in page
    assert f'href="/attendance/inbox/{FIRST}"' in sign_in_as(Role.head).get(PAGE).text
    decide(city, FIRST, Act.approve)
    assert "江口 花子の決裁待ち" in client.get(PAGE).text
    listed = client.get("/attendance/applications").text
    assert "江口 花子の決裁待ち" in listed
    decide(city, FIRST, Act.approve, HR)
    assert "決裁済み" in client.get(PAGE).text
    assert "乖離なし" in client.get(f"/attendance/days/{DIVERGENT}").text


def test_the_auditor_reads_and_changes_nothing(sign_in_as: SignIn, city: City) -> None:
    apply(sign_in_as(Role.employee))
    auditor = sign_in_as(Role.auditor)
    page = auditor.get(PAGE).text
    assert "/withdraw" not in page
    assert "自分の申請" not in page
    assert act(auditor, city, "withdraw") == 403


def test_it_is_withdrawn_once_and_by_the_applicant_alone(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    apply(client)
    assert act(sign_in_as(Role.facility_admin), city, "withdraw") == 404
    assert act(sign_in_as(Role.head), city, "withdraw") == 409
    assert act(client, city, "withdraw") == 303
    assert state_of(city) == "withdrawn"
    assert "取り下げました" in client.get(PAGE).text
    assert act(client, city, "withdraw") == 409
    assert "終わったもの" in client.get("/attendance/applications").text
    assert apply(client, name=SECOND) == 303  # the hours are free again


def test_what_was_approved_is_cancelled_with_a_reason(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    apply(client)
    decide(city, FIRST, Act.approve)
    decide(city, FIRST, Act.approve, HR)
    assert "取り消したい" in client.get(PAGE).text
    assert act(client, city, "cancel", reason=" ") == 422
    assert act(client, city, "cancel", reason="日を間違えた") == 303
    assert state_of(city) == "cancelling"
    page = client.get(PAGE).text
    assert "日を間違えた" in page
    assert "江口 花子の決裁待ち" in page
    assert act(client, city, "withdraw") == 303  # the wish, not the order
    assert state_of(city) == "approved"
    act(client, city, "cancel", reason="やはり")
    decide(city, FIRST, Act.approve, HR)
    assert "取消済み" in client.get(PAGE).text
    assert "要確認" in client.get(f"/attendance/days/{DIVERGENT}").text


def test_what_came_back_is_changed_and_sent_anew(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    apply(client, ends_minute="17:40", breaks="17:20-17:25")
    decide(city, FIRST, Act.send_back, reason="終わりの時刻を打刻に合わせてください")
    listed = client.get("/attendance/applications").text
    assert "差し戻されたもの" in listed
    assert "終わりの時刻を打刻に合わせてください" in listed
    form = client.get(f"{PAGE}/edit").text
    assert "終わりの時刻を打刻に合わせてください" in form
    assert 'name="ends_minute" value="17:40"' in form
    assert 'value="17:20-17:25"' in form
    assert 'name="seen" value="2"' in form
    assert apply(client, ends_minute="17:00", seen=2) == 422
    assert apply(client, ends_minute="17:45", seen=2) == 303
    page = client.get(PAGE).text
    assert "<del>17:15–17:40</del>" in page
    assert "<ins>17:15–17:45</ins>" in page
    assert "<ins>なし</ins>" in page  # the break
    assert client.get(f"{PAGE}/edit").status_code == 404  # it waits again


def test_another_s_application_is_not_sent_anew(sign_in_as: SignIn, city: City) -> None:
    apply(sign_in_as(Role.employee))
    decide(city, FIRST, Act.send_back, reason="時刻")
    for role in (Role.head, Role.hr, Role.facility_admin):
        assert sign_in_as(role).get(f"{PAGE}/edit").status_code == 404
    assert apply(sign_in_as(Role.facility_admin), seen=2) == 404  # the id is another person's


def test_the_same_form_sent_twice_is_one_and_a_late_one_is_told(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    assert apply(client) == 303
    assert apply(client) == 303
    decide(city, FIRST, Act.send_back, reason="時刻")
    assert apply(client, ends_minute="17:40", seen=1) == 409
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, FIRST)
    assert filed is not None
    assert len(filed.application.deeds) == 2


def test_a_page_that_was_overtaken_is_told_so(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    apply(client)
    answer = client.post(f"{PAGE}/withdraw", data={"csrf": csrf_of(client), "seen": 0, "content_hash": "0" * 64})
    assert answer.status_code == 409
    assert "ほかの人が先に処理しました" in answer.text
    assert act(client, city, "withdraw", content_hash="0" * 64) == 409
    assert act(client, city, "withdraw", content_hash="short") == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"form": "leave", "kind": "sick", "part": "am", "from_on": "2025-11-25", "reason": "通院"},
        {"form": "leave", "kind": "sick", "part": "day", "from_on": "2025-11-25", "until_on": "2025-11-27"},
        {"form": "punch", "direction": "out", "minute": "17:50"},
        {"form": "divergence", "subject": f"{DIVERGENT}/unordered_stay/1035-1065", "explanation": "study"},
        {"form": "swap", "worked_on": "2025-11-29", "off_on": "2025-12-02", "part_minutes": "4:00"},
        {"form": "compensatory", "worked_on": "2025-11-24", "off_on": "2025-12-02"},
        {"form": "elsewhere", "kind": "trip", "starts_minute": "8:30", "ends_minute": "17:15"},
    ],
    ids=lambda fields: fields["form"],
)  # fmt: skip
def test_each_kind_is_told_and_comes_back_as_it_was(sign_in_as: SignIn, city: City, fields: dict[str, object]) -> None:
    client = sign_in_as(Role.employee)
    assert apply(client, **fields) == 303
    with city.store.reading(city.clock()) as tx:
        before = load_application(tx, FIRST)
    decide(city, FIRST, Act.send_back, reason="もう一度")
    page = client.get(f"{PAGE}/edit").text
    form = dict(_read_form(page))
    assert client.post("/attendance/applications", data=form).status_code == 303
    with city.store.reading(city.clock()) as tx:
        after = load_application(tx, FIRST)
    assert before is not None
    assert after is not None
    assert after.application.content_hash == before.application.content_hash
    assert len(after.application.deeds) == 3
    assert client.get(PAGE).status_code == 200
    client.post("/language", data={"csrf": csrf_of(client), "language": "en", "then": "/"})
    assert client.get(PAGE).status_code == 200


def _read_form(page: str) -> list[tuple[str, str]]:
    """Read the fields of the one form of a day as a browser would send them."""
    found: list[tuple[str, str]] = []

    class Reader(HTMLParser):
        inside, select = False, ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            has = dict(attrs)
            if tag == "form":
                self.inside = "asking-form" in (has.get("class") or "")
            elif not self.inside:
                return
            elif tag == "select":
                self.select = has["name"] or ""
            elif tag == "option" and "selected" in has:
                found.append((self.select, has["value"] or ""))
            elif tag == "input" and (has.get("type") != "radio" or "checked" in has):
                found.append((has["name"] or "", has.get("value") or ""))

    Reader().feed(page)
    return found


def test_content_that_is_not_what_was_submitted_is_told(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    apply(client)
    with city.store.transaction(city.clock()) as tx:
        tx.connection.execute(update(application).values(content=b"{}"))
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "読み取れない申請" in page.text
    assert "読み取れない申請" in client.get("/attendance/applications").text
    assert client.get(f"/attendance/days/{DIVERGENT}").status_code == 200


def test_long_lists_have_pages(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    assert "申請はまだありません" in client.get("/attendance/applications").text
    for number in range(3):
        name = f"{number:016x}"
        apply(client, name=name, ends_minute=f"17:{20 + number}")
        token = csrf_of(client)
        page = client.get(f"/attendance/applications/{name}").text
        hash_ = page.split('name="content_hash" value="')[1][:64]
        client.post(f"/attendance/applications/{name}/withdraw", data={"csrf": token, "seen": 1, "content_hash": hash_})
    page = client.get("/attendance/applications?offset=1").text
    assert "3件" in page
    assert "新しいもの" in page
