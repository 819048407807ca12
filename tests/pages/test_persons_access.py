"""A person's rights on the pages: given, ended, denied; cards that stop; leavers and transfers with what remains."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from domain.access.policy import CredentialStatus
from domain.access.rights import Rights, Subject, SubjectKind
from domain.civil import JST
from gateway.operations.access.announce_visit import NewVisit, announce_visit
from gateway.operations.access.end_visit import end_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, receive_visitor
from gateway.operations.identity.roles import Role
from gateway.people.staffing_keeper import StaffingKeeper
from store.people import Card, list_persons, load_person, upsert_cards, upsert_persons
from store.posts import list_posts
from store.rights import Grant, insert_grant, list_grants, load_policy_inputs
from store.tx import Tx
from tests.pages.city import City
from tests.pages.conftest import csrf_of

HELD = "b" * 32
GRANT, ORDER = "00000000000000aa", "00000000000000cc"
WHO = Subject(SubjectKind.person, "s0002")


@pytest.fixture
def desk(city: City, sign_in_as) -> TestClient:
    """HR at the desk; everybody has a post, and one person a card."""
    with city.store.transaction(city.clock()) as tx:
        upsert_persons(tx, list_persons(tx))
        upsert_cards(tx, [Card(HELD, "s0002", "No.77")])
    return sign_in_as(Role.hr)


def send(desk: TestClient, path: str, **form: object) -> int:
    return desk.post(f"/access/s0002/{path}", data={"csrf": csrf_of(desk), **form}).status_code


def rights_of(tx: Tx, who: str = "s0002") -> Rights:
    return load_policy_inputs(tx, [who]).rights.get(who, Rights())  # type: ignore[call-overload]


def today(city: City) -> date:
    return city.clock().astimezone(JST).date()


def test_a_level_is_given_for_some_days_and_ended_with_a_reason(city: City, desk: TestClient) -> None:
    last_on = today(city) + timedelta(days=2)
    form = {"grant": GRANT, "level": "it", "reason": "更新作業", "until_on": last_on.isoformat()}
    assert send(desk, "grants", **form) == 303
    assert send(desk, "grants", **form) == 303  # the same form again
    text = desk.get("/access/s0002").text
    assert "更新作業" in text
    assert "窓口" in text
    with city.store.reading(city.clock()) as tx:
        assert [dated.level for dated in rights_of(tx).dated] == ["it"]
    assert send(desk, f"grants/{GRANT}/end") == 422
    assert "理由がありません" in desk.post(f"/access/s0002/grants/{GRANT}/end", data={"csrf": csrf_of(desk)}).text
    assert send(desk, f"grants/{GRANT}/end", reason="終了") == 303
    with city.store.reading(city.clock()) as tx:
        assert rights_of(tx) == Rights()
        [ended] = list_grants(tx, [WHO], ended=True)
    assert (ended.given_by, ended.ended_by, ended.end_reason) == ("eguchi", "eguchi", "終了")


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"level": "nonsense"}, "施設の設定にない権限です"),
        ({"reason": " "}, "理由がありません"),
        ({"reason": "長" * 201}, "理由が長すぎます"),
        ({"until_on": "2025-11-19"}, "日付が正しくありません"),
    ],
)
def test_what_speaks_against_a_level(city: City, desk: TestClient, form: dict[str, str], fault: str) -> None:
    given = {"csrf": csrf_of(desk), "grant": GRANT, "level": "it", "reason": "作業"} | form
    for path in ("grants", "denials"):
        answer = desk.post(f"/access/s0002/{path}", data=given)
        assert answer.status_code == 422
        assert fault in answer.text
    with city.store.reading(city.clock()) as tx:
        assert rights_of(tx) == Rights()


def test_a_denial_wins_and_is_lifted(city: City, desk: TestClient) -> None:
    assert send(desk, "denials", grant=GRANT, level="staff", reason="調査中") == 303
    with city.store.reading(city.clock()) as tx:
        assert rights_of(tx) == Rights((), (), ("staff",))
    assert "調査中" in desk.get("/access/s0002").text
    assert send(desk, f"denials/{GRANT}/end", reason="終了") == 303
    with city.store.reading(city.clock()) as tx:
        assert rights_of(tx) == Rights()


def test_what_hr_or_a_department_granted_is_shown_and_not_ended_here(city: City, desk: TestClient) -> None:
    with city.store.transaction(city.clock()) as tx:
        insert_grant(tx, Grant("0" * 16, "department", "somu", "staff", "desk", "所属の権限", "hr"))
        insert_grant(tx, Grant("1" * 16, "person", "s0002", "manager", "hr", "", ""))
    text = desk.get("/access/s0002").text
    assert "総務課の所属として" in text
    assert "人事" in text
    assert send(desk, f"grants/{'0' * 16}/end", reason="x") == 404
    assert send(desk, f"grants/{'1' * 16}/end", reason="x") == 422


def test_a_card_that_stops_leads_back_and_is_counted(city: City, desk: TestClient) -> None:
    city.clock.advance(seconds=1)
    form = {"csrf": csrf_of(desk), "token": HELD, "status": "lost", "back": "access"}
    answer = desk.post("/cards/s0002/status", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/access/s0002")
    assert "変更を扉へ送っています" in desk.get("/access/s0002").text
    assert "変更を扉へ送っています" in desk.get("/access/s0002/part").text


def test_a_replacement_is_noted_once_and_keeps_the_old_card_out(city: City, desk: TestClient) -> None:
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [Card("c" * 32, "s0002", "No.78")])
    form = {"csrf": csrf_of(desk), "token": "c" * 32, "replaced": HELD}
    assert desk.post("/cards/s0002/replacement", data=form).status_code == 422  # the old one may still be used
    desk.post("/cards/s0002/status", data={"csrf": csrf_of(desk), "token": HELD, "status": "damaged"})
    assert desk.post("/cards/s0002/replacement", data=form).status_code == 303
    text = desk.get("/access/s0002").text
    assert "「No.77」の後" in text
    assert "「No.78」に交換済み" in text
    again = {"csrf": csrf_of(desk), "token": HELD, "status": "active", "reason": "x"}
    assert desk.post("/cards/s0002/status", data=again).status_code == 422


def test_a_leaver_at_once_with_what_remains(city: City, desk: TestClient) -> None:
    with city.store.transaction(city.clock()) as tx:
        visitor = load_person(tx, "s0003")
        assert visitor is not None
        upsert_persons(tx, [replace(visitor, kind="contractor", sponsor_id="s0002")])
        insert_grant(tx, Grant(GRANT, "person", "s0002", "staff", "desk", "x", "hr"))
    text = desk.get("/access/s0002/leave").text
    assert "いますぐ終える（カード1枚）" in text
    assert "責任者になっている人が1人います" in text
    assert send(desk, "leave", order=ORDER, reason="退職") == 422
    assert send(desk, "leave", order=ORDER, reason="退職", known="yes") == 303
    with city.store.reading(city.clock()) as tx:
        assert rights_of(tx) == Rights()
        assert [card.status for card in load_policy_inputs(tx, ["s0002"]).cards] == [CredentialStatus.revoked]
    assert send(desk, "grants", grant="00000000000000ee", level="it", reason="x") == 422


def test_a_host_who_leaves_or_moves_sees_the_visits_that_remain(city: City, desk: TestClient) -> None:
    """A visitor inside blocks; those to come are told of, by time, organisation and code, and no visitor is named."""
    site, now = city.context.site, city.clock()
    with city.store.transaction(now) as tx:
        for number, days in enumerate((0, 0, 3)):
            begins_at = now + timedelta(days=days)
            asked = NewVisit(
                f"{number:016x}", "山田 一郎", f"萩商会{number}", "打合せ", "s0002", "",
                begins_at, begins_at + timedelta(hours=1), ("visitor",),
            )  # fmt: skip
            visit = announce_visit(tx, site, asked, by="desk", draw=lambda signs: signs[number])  # noqa: B023
        receive_visitor(tx, f"{0:016x}", WantedPass(PassKind.escort), identified=True, by="desk")
        end_visit(tx, f"{0:016x}", by="desk")
        receive_visitor(tx, f"{1:016x}", WantedPass(PassKind.escort), identified=True, by="desk")
    city.clock.advance(minutes=20)
    for page in ("leave", "transfer?department=joho"):
        text = desk.get(f"/access/s0002/{page}").text
        assert "この人への来訪者が1組、館内にいます" in text
        assert "この人への来訪の予定が1件あります" in text
        assert f"2025-11-23 16:30 萩商会2 {visit.code}" in text
        assert "2025-11-20 16:30 萩商会1" in text
        assert "萩商会0" not in text
        assert "山田" not in text
        assert "責任者になっている人" not in text  # a visitor is told of once
    assert send(desk, "leave", order=ORDER, reason="退職") == 422
    with city.store.transaction(city.clock()) as tx:
        end_visit(tx, f"{1:016x}", by="desk")
    text = desk.get("/access/s0002/leave").text
    assert "館内にいます" not in text
    assert "この人への来訪の予定が1件あります" in text
    assert send(desk, "leave", order=ORDER, reason="退職") == 303


def test_a_leaver_on_a_date_is_carried_out_after_it_or_called_off(city: City, desk: TestClient, sign_in_as) -> None:
    day = today(city) + timedelta(days=1)
    assert send(desk, "leave", order=ORDER, reason="退職", last_on="2025-11-01") == 422
    assert send(desk, "leave", order=ORDER, reason="退職", last_on=day.isoformat()) == 303
    assert "退職・終了の予定" in desk.get("/access/s0002").text
    assert send(desk, f"orders/{ORDER}/cancel") == 303
    with city.store.reading(city.clock()) as tx:
        person = load_person(tx, "s0002")
        assert person is not None
        assert person.left_on is None
    assert send(desk, "leave", order="00000000000000dd", reason="退職", last_on=day.isoformat()) == 303
    keeper = StaffingKeeper(city.store, city.clock)
    city.clock.advance(days=1)
    assert keeper.keep() == 0
    city.clock.advance(days=1)
    assert (keeper.keep(), keeper.keep()) == (1, 0)
    with city.store.reading(city.clock()) as tx:
        assert [card.status for card in load_policy_inputs(tx, ["s0002"]).cards] == [CredentialStatus.revoked]


def test_a_transfer_changes_the_departments_levels_on_its_day(city: City, desk: TestClient) -> None:
    with city.store.transaction(city.clock()) as tx:
        insert_grant(tx, Grant("d1", "department", "somu", "staff", "desk", "所属", "hr"))
        insert_grant(tx, Grant("d2", "department", "joho", "it", "desk", "所属", "hr"))
        insert_grant(tx, Grant(GRANT, "person", "s0002", "facility", "desk", "応援", "hr"))
    assert "応援" in desk.get("/access/s0002/transfer?department=joho").text
    assert desk.get("/access/s0002/transfer?department=nowhere").status_code == 404
    day = today(city) + timedelta(days=1)
    form = {"order": ORDER, "department": "joho", "first_on": day.isoformat(), "reason": "定期異動", "ending": [GRANT]}
    assert send(desk, "transfer", **form) == 303
    with city.store.reading(city.clock()) as tx:
        mine = rights_of(tx)
        assert {(dated.level, dated.valid_from is None) for dated in mine.dated} == {
            ("staff", True),
            ("facility", True),
            ("it", False),
        }
    city.clock.advance(days=1)
    assert StaffingKeeper(city.store, city.clock).keep() == 1
    with city.store.reading(city.clock()) as tx:
        assert rights_of(tx) == Rights(("it",))
        person = load_person(tx, "s0002")
        assert person is not None
        assert (person.department_id, list_posts(tx, "s0002")[-1].department_id) == ("joho", "joho")


def test_the_auditor_reads_and_finds_no_form(city: City, desk: TestClient, sign_in_as) -> None:
    text = sign_in_as(Role.auditor).get("/access/s0002").text
    assert "認められている権限" in text
    assert "/access/s0002/grants" not in text
    assert "/access/s0002/leave" not in text
