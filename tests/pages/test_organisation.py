"""The organisation on the pages: its tree, what departments and groups are given, posts, contractors."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from domain.access.rights import Rights
from domain.civil import JST
from gateway.operations.access.end_person import preview_end
from gateway.operations.identity.roles import Role
from gateway.people.staffing_keeper import StaffingKeeper
from store.contractors import CONTRACTORS, load_terms
from store.groups import list_members
from store.people import (
    Person,
    list_departments,
    load_person,
    upsert_persons,
)
from store.policy_inputs import load_changes_since, load_inputs_revision
from store.posts import list_posts
from store.rights import load_policy_inputs
from store.staffing import list_sponsored
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.organised import organise

ID = "00000000000000aa"
WHO = f"contractor-{ID}"
SignIn = Callable[[Role], TestClient]


@pytest.fixture
def desk(city: City, sign_in_as: SignIn) -> TestClient:
    """HR at the desk; everybody has a post, and both departments lie below one."""
    organise(city)
    return sign_in_as(Role.hr)


def today(city: City) -> date:
    return city.clock().astimezone(JST).date()


def rights_of(city: City, who: str = "s0002") -> Rights:
    with city.store.reading(city.clock()) as tx:
        return load_policy_inputs(tx, [who]).rights.get(who, Rights())  # type: ignore[call-overload]


def revision(city: City) -> int:
    with city.store.reading(city.clock()) as tx:
        return load_inputs_revision(tx)


def changed_since(city: City, number: int) -> frozenset[str] | None:
    with city.store.reading(city.clock()) as tx:
        return load_changes_since(tx, number).persons


def test_the_tree_counts_and_names_heads(desk: TestClient) -> None:
    text = re.sub(r"<[^>]+>|\s+", " ", desk.get("/organisation").text)
    text = re.sub(r"\s+", " ", text)
    assert "3所属" in text
    assert "総務部 0人 （下も含め 5人） 所属長がいません" in text
    assert "総務課 3人 所属長 青木 太郎" in text


def test_a_department_s_level_reaches_everybody_below_and_ends(city: City, desk: TestClient) -> None:
    assert "5人に認める" in desk.get("/organisation/bu").text
    stood = revision(city)
    form = {"grant": ID, "level": "it", "reason": "庁舎の引越し"}
    assert send(desk, "/organisation/bu/grants", **form) == 303
    assert changed_since(city, stood) == {"s0001", "s0002", "s0003", "s0004", "s0005"}
    assert rights_of(city).levels == ("it",)
    below = desk.get("/organisation/somu").text
    assert "上の所属「総務部」から" in below
    assert f"/grants/{ID}/end" not in below, "ended where it was given"
    assert "理由がありません" in told(desk, f"/organisation/bu/grants/{ID}/end")
    assert send(desk, f"/organisation/somu/grants/{ID}/end", reason="x") == 404
    assert send(desk, f"/organisation/bu/grants/{ID}/end", reason="引越しの終わり") == 303
    assert rights_of(city) == Rights()
    assert send(desk, "/organisation/nowhere/grants", **form) == 404
    assert desk.get("/organisation/nowhere").status_code == 404
    assert desk.get(f"/organisation/{CONTRACTORS.id}").status_code == 404


def test_a_department_moves_below_another_but_never_into_a_circle(city: City, desk: TestClient) -> None:
    stood = revision(city)
    assert send(desk, "/organisation/joho/parent", parent="somu") == 303
    assert changed_since(city, stood) == {"s0004", "s0005"}
    assert send(desk, "/organisation/somu/parent", parent="joho") == 404
    assert send(desk, "/organisation/somu/parent", parent="somu") == 404
    assert send(desk, "/organisation/joho/parent", parent="") == 303
    with city.store.reading(city.clock()) as tx:
        assert {each.id: each.parent_id for each in list_departments(tx)}["joho"] is None


def test_a_concurrent_post_is_given_from_the_persons_page_and_brings_the_departments_levels(
    city: City, desk: TestClient
) -> None:
    send(desk, "/organisation/joho/grants", grant=ID, level="it", reason="課の権限")
    last_on = today(city) + timedelta(days=4)
    form = {"department": "joho", "kind": "concurrent", "reason": "応援", "title": "主査", "until_on": f"{last_on}"}
    stood = revision(city)
    assert send(desk, "/access/s0002/posts", **form) == 303
    assert changed_since(city, stood) == {"s0002"}
    assert [dated.level for dated in rights_of(city).dated] == ["it"]
    page = desk.get("/access/s0002").text
    assert "兼務" in page
    assert "主査" in page
    assert "同じ日にもう所属しています" in told(desk, "/access/s0002/posts", **form)
    with city.store.reading(city.clock()) as tx:
        post = next(each for each in list_posts(tx, "s0002") if each.kind == "concurrent")
        regular = next(each for each in list_posts(tx, "s0002") if each.kind == "regular")
    assert (post.given_by, post.reason, post.from_on, post.until_on) == ("eguchi", "応援", today(city), last_on)
    assert "本務はここでは" in told(desk, f"/access/s0002/posts/{regular.id}/end", reason="x")
    assert "理由がありません" in told(desk, f"/access/s0002/posts/{post.id}/end")
    assert send(desk, f"/access/s0003/posts/{post.id}/end", reason="x") == 404
    assert send(desk, f"/access/s0002/posts/{post.id}/end", reason="応援の終わり") == 303
    assert rights_of(city) == Rights()
    with city.store.reading(city.clock()) as tx:
        ended = next(each for each in list_posts(tx, "s0002") if each.id == post.id)
    assert (ended.ended_by, ended.end_reason, ended.until_on) == ("eguchi", "応援の終わり", today(city) - timedelta(1))


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"who": "だれでもない"}, "その人が一人に決まりません"),
        ({"reason": " "}, "理由がありません"),
        ({"reason": "長" * 201}, "長すぎます"),
        ({"until_on": "2025-11-19"}, "日付が正しくありません"),
        ({"who": "江口花子", "kind": "acting"}, "自分を代理にすることはできません"),
        ({"who": "k0001"}, "その人が一人に決まりません"),
    ],
)
def test_what_speaks_against_a_post(city: City, desk: TestClient, form: dict[str, str], fault: str) -> None:
    with city.store.transaction(city.clock()) as tx:
        upsert_persons(tx, [Person("k0001", "委託 一郎", "", "somu", kind="contractor", sponsor_id="s0001")])
    before = revision(city)
    given = {"who": "s0002", "kind": "concurrent", "reason": "応援"} | form
    assert fault in told(desk, "/organisation/joho/posts", **given)
    assert revision(city) == before


def test_an_acting_head_is_placed_from_the_department_and_sees_its_months(
    city: City, desk: TestClient, sign_in_as: SignIn
) -> None:
    ishii = sign_in_as(Role.employee)
    assert ishii.get("/people/s0005/months/2025-11").status_code == 403
    assert send(desk, "/organisation/joho/posts", who="石井健太", kind="acting", reason="課長の休暇") == 303
    assert "代理" in desk.get("/organisation").text
    page = desk.get("/organisation/joho").text
    assert "石井 健太" in page
    post = re.search(r"/access/s0002/posts/(\d+)/end", page)
    assert post is not None
    assert send(desk, post[0], department="joho", reason="課長の復帰") == 303
    assert "石井 健太" not in desk.get("/organisation/joho").text
    assert send(desk, "/organisation/nowhere/posts", who="s0002", kind="acting", reason="x") == 404


def test_a_group_is_made_filled_given_a_level_and_emptied(city: City, desk: TestClient) -> None:
    assert "グループの名前を入れて" in told(desk, "/groups", group=ID, name=" ")
    assert send(desk, "/groups", group=ID, name="選挙事務") == 303
    assert send(desk, "/groups", group=ID, name="選挙事務") == 303, "the same form again"
    assert desk.get("/groups").text.count("選挙事務") == 1
    stood = revision(city)
    assert send(desk, f"/groups/{ID}/members", who="イシイ ケンタ", reason="開票所") == 303
    assert send(desk, f"/groups/{ID}/grants", grant=ID, level="it", reason="開票所") == 303
    assert changed_since(city, stood) == {"s0002"}
    assert rights_of(city).levels == ("it",), "whoever joined has it; since when is over"
    assert "選挙事務" in desk.get("/access/s0002").text
    assert "もう所属しています" in told(desk, f"/groups/{ID}/members", who="s0002", reason="x")
    assert "一人に決まりません" in told(desk, f"/groups/{ID}/members", who="s000", reason="x")
    with city.store.reading(city.clock()) as tx:
        [member] = list_members(tx, ID)
    last_on = today(city) + timedelta(days=1)
    path = f"/groups/{ID}/members/{member.id}/end"
    assert "日付が正しくありません" in told(desk, path, reason="x", last_on=f"{today(city) - timedelta(1)}")
    assert send(desk, path, reason="開票の終わり", last_on=last_on.isoformat()) == 303
    assert [dated.level for dated in rights_of(city).dated] == ["it"], "until the last day is over"
    assert send(desk, f"/groups/{ID}/grants/{ID}/end", reason="選挙の終わり") == 303
    assert rights_of(city) == Rights()
    assert send(desk, f"/groups/{ID}/members/999/end", reason="x") == 404
    assert send(desk, "/groups/nothing/members", who="s0002", reason="x") == 404
    assert desk.get("/groups/nothing").status_code == 404


def contractor(city: City, **changes: str) -> dict[str, str]:
    until = (today(city) + timedelta(days=30)).isoformat()
    given = {"contractor": ID, "name": "委託 一郎", "kana": "イタク イチロウ", "company": "萩ビル管理"}
    return given | {"sponsor": "s0001", "until_on": until, "reason": "清掃の委託"} | changes


def test_a_contractor_is_made_given_a_level_and_shut_out_after_the_last_day(city: City, desk: TestClient) -> None:
    send(desk, "/organisation/bu/grants", grant="00000000000000bb", level="staff", reason="部の権限")
    assert send(desk, "/contractors", **contractor(city)) == 303
    assert send(desk, "/contractors", **contractor(city)) == 303, "the same form again"
    with city.store.reading(city.clock()) as tx:
        person = load_person(tx, WHO)
        assert person is not None
        assert (person.kind, person.sponsor_id, person.joined_on) == ("contractor", "s0001", today(city))
        assert [terms.company for terms in load_terms(tx, WHO)] == ["萩ビル管理"]
    assert rights_of(city, WHO) == Rights(), "no department's levels reach people of other companies"
    assert send(desk, f"/access/{WHO}/grants", grant=ID, level="facility", reason="清掃") == 303
    page = desk.get(f"/access/{WHO}").text
    for word in ("委託先", "萩ビル管理", "責任者 青木 太郎"):
        assert word in page
    assert f"/access/{WHO}/transfer" not in page
    assert desk.get(f"/access/{WHO}/transfer").status_code == 404
    assert "職員ではない人に所属は置けません" in told(
        desk, f"/access/{WHO}/posts", department="somu", kind="concurrent", reason="x"
    )
    assert "委託 一郎" in desk.get("/contractors").text
    assert "委託 一郎" not in desk.get("/people").text
    assert "委託先" not in desk.get("/access/s0002/transfer").text
    assert "委託先" not in re.sub(r'<p class="page-acts">.*?</p>', "", desk.get("/organisation").text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"name": " "}, "氏名がありません"),
        ({"name": "長" * 81}, "長すぎます"),
        ({"company": ""}, "会社がありません"),
        ({"sponsor": "だれか"}, "責任者が一人に決まりません"),
        ({"sponsor": "k0001"}, "責任者が一人に決まりません"),
        ({"sponsor": "s0003"}, "責任者がその日までに退職します"),
        ({"until_on": ""}, "最終日が正しくありません"),
        ({"until_on": "2025-11-19"}, "最終日が正しくありません"),
        ({"reason": " "}, "理由がありません"),
    ],
)
def test_what_speaks_against_a_contractor(city: City, desk: TestClient, form: dict[str, str], fault: str) -> None:
    with city.store.transaction(city.clock()) as tx:
        ueda = load_person(tx, "s0003")
        assert ueda is not None
        leaving = Person("s0003", ueda.name, ueda.kana, "somu", left_on=today(city) + timedelta(days=3))
        upsert_persons(tx, [Person("k0001", "委託 零", "", "somu", kind="contractor", sponsor_id="s0001"), leaving])
    text = told(desk, "/contractors", **contractor(city, **form))
    assert fault in text
    with city.store.reading(city.clock()) as tx:
        assert load_person(tx, WHO) is None


def test_a_sponsor_cannot_leave_before_another_answers_for_the_contractor(city: City, desk: TestClient) -> None:
    send(desk, "/contractors", **contractor(city))
    with city.store.reading(city.clock()) as tx:
        assert preview_end(tx, "s0001").blocked
    page = desk.get("/access/s0001/leave").text
    assert "責任者になっている人が1人います" in page
    assert "委託 一郎" in page
    assert "まだ残っているものがある" in told(desk, "/access/s0001/leave", order=ID, reason="退職")
    form = contractor(city, sponsor="s0002", reason="担当替え")
    assert send(desk, f"/contractors/{WHO}", **form) == 303
    with city.store.reading(city.clock()) as tx:
        assert list_sponsored(tx, "s0001", today(city)) == []
        assert [(each.sponsor_id, each.reason) for each in load_terms(tx, WHO)] == [
            ("s0002", "担当替え"),
            ("s0001", "清掃の委託"),
        ]
        assert not preview_end(tx, "s0001").blocked
    assert "これまでの内容" in desk.get(f"/contractors/{WHO}").text
    assert send(desk, "/contractors/s0002", **form) == 404
    assert desk.get("/contractors/s0002").status_code == 404
    assert send(desk, "/access/s0001/leave", order=ID, reason="退職") == 303


def test_the_desk_ends_contractors_but_no_staff(city: City, desk: TestClient, sign_in_as: SignIn) -> None:
    send(desk, "/contractors", **contractor(city))
    operator = sign_in_as(Role.operator)
    for path in ("/access/s0002/leave", "/access/nobody/leave"):
        assert operator.get(path).status_code == 403
        assert send(operator, path, order=ID, reason="x") == 403
    assert "終える日" not in operator.get("/access/s0002").text
    last_on = today(city) + timedelta(days=2)
    assert send(operator, f"/access/{WHO}/leave", order=ID, reason="解約", last_on=last_on.isoformat()) == 303
    assert send(operator, f"/access/{WHO}/orders/{ID}/cancel") == 303
    with city.store.reading(city.clock()) as tx:
        person, [terms] = load_person(tx, WHO), load_terms(tx, WHO)
        assert person is not None
        assert person.left_on == terms.until_on, "back to the day that was agreed"
    assert send(operator, f"/access/{WHO}/leave", order="00000000000000bb", reason="解約") == 303
    with city.store.reading(city.clock()) as tx:
        person = load_person(tx, WHO)
        assert person is not None
        assert person.left_on == today(city)
    city.clock.advance(days=1)
    assert "委託 一郎" not in sign_in_as(Role.operator).get("/contractors").text
    assert StaffingKeeper(city.store, city.clock).keep() == 0


def test_the_auditor_reads_it_all_and_finds_no_form(city: City, desk: TestClient, sign_in_as: SignIn) -> None:
    send(desk, "/contractors", **contractor(city))
    send(desk, "/groups", group=ID, name="選挙事務")
    auditor = sign_in_as(Role.auditor)
    paths = ("/organisation", "/organisation/somu", "/groups", f"/groups/{ID}", "/contractors", f"/contractors/{WHO}")
    for path in (*paths, f"/access/{WHO}", "/access/s0002"):
        answer = auditor.get(path)
        assert answer.status_code == 200
        main = answer.text.split("<main")[1]
        assert "<form" not in main, path


def test_hr_says_which_caps_hold_in_a_department(desk: TestClient) -> None:
    assert "一般の所属（月45時間・年360時間）" in desk.get("/organisation/somu").text
    form = {"kind": "externally_driven", "from_on": "2025-04-01"}
    assert send(desk, "/organisation/somu/workplace", **form) == 303
    page = desk.get("/organisation/somu").text
    assert "他律的業務の比重が高い所属" in page
    assert "4月1日（火）から" in page
    assert send(desk, "/organisation/nowhere/workplace", **form) == 404
    assert send(desk, "/organisation/somu/workplace", kind="holiday") == 400
