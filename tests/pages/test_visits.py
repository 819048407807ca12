"""Visitors' pages without a browser: who sees and does what, what the code says, and what nobody is told."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from contract.tokens import credential_token
from contract.visit_codes import decode_visit_code
from domain.access.policy import CredentialStatus
from gateway.operations.identity.roles import Role
from gateway.people.visit_code import write_visit_code
from gateway.site.keys import ensure_site_key
from store.cards import load_desk_card
from store.outbox import list_unsent
from store.visitor_cards import POOL, list_pool_cards
from store.visits import load_visit
from tests.pages.city import City
from tests.pages.conftest import csrf_of

VISIT = "00000000000000aa"
SignIn = Callable[[Role], TestClient]


def announce(client: TestClient, **changes: object) -> int:
    form: dict[str, object] = {
        "request": VISIT, "name": "山田 一郎", "organisation": "萩商会", "purpose": "打合せ", "host": "s0002",
        "phone": "2345", "valid_from": "2025-11-20T16:30", "valid_until": "2025-11-20T18:00", "levels": ["visitor"],
    }  # fmt: skip
    return client.post("/visits", data={"csrf": csrf_of(client)} | form | changes).status_code


def act(client: TestClient, what: str, **form: str) -> int:
    return client.post(f"/visits/{VISIT}/{what}", data={"csrf": csrf_of(client)} | form).status_code


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "来訪者の氏名がありません"),
        ({"host": "た"}, "面会する職員が一人に決まりません"),
        ({"host": ""}, "面会する職員が一人に決まりません"),
        ({"host": POOL}, "面会する職員が一人に決まりません"),
        ({"valid_from": "あした"}, "日時を読めません"),
        ({"valid_from": "2025-11-20T16:30+09:00"}, "日時を読めません"),
        ({"valid_until": "2025-11-20T16:30"}, "終わりの時刻が早すぎます"),
        ({"valid_until": "2025-12-31T16:30"}, "来訪が長すぎます"),
        ({"levels": ["staff"]}, "来訪者に渡せない権限です"),
    ],
)
def test_what_was_entered_stays_and_the_fault_is_named(
    sign_in_as: SignIn, changes: dict[str, object], said: str
) -> None:
    client = sign_in_as(Role.operator)
    form = {
        "csrf": csrf_of(client), "request": VISIT, "name": "山田 一郎", "organisation": "萩商会", "host": "s0002",
        "valid_from": "2025-11-20T16:30", "valid_until": "2025-11-20T18:00",
    } | changes  # fmt: skip
    client.post("/visits/cards/pool", data={"csrf": csrf_of(client)})
    answer = client.post("/visits", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "萩商会" in answer.text
    assert client.get(f"/visits/{VISIT}").status_code == 404


def test_only_those_concerned_see_a_visitor(sign_in_as: SignIn) -> None:
    assert announce(sign_in_as(Role.operator)) == 303
    for role, sees in (
        (Role.employee, True),  # the host
        (Role.head, True),  # of the host's department
        (Role.hr, False),
        (Role.facility_admin, True),
        (Role.operator, True),
        (Role.auditor, True),
    ):
        client = sign_in_as(role)
        assert client.get(f"/visits/{VISIT}").status_code == (200 if sees else 404), role
        assert ("山田" in client.get("/visits").text) is (sees and role is not Role.head), role


def test_nobody_without_the_desk_s_right_ends_or_moves_another_s_visit(sign_in_as: SignIn) -> None:
    announce(sign_in_as(Role.operator))
    hr = sign_in_as(Role.hr)
    for what, form in (("cancel", {}), ("extend", {"valid_until": "2025-11-20T19:00"})):
        assert act(hr, what, **form) == 404  # it is not even shown to them
    assert act(sign_in_as(Role.employee), "cancel", reason="延期") == 303  # the host


def test_the_code_is_signed_for_the_visit_and_counts_as_the_visitor_s(
    sign_in_as: SignIn, city: City, tmp_path: Path
) -> None:
    desk = sign_in_as(Role.operator)
    announce(desk)
    assert desk.get(f"/visits/{VISIT}/code").status_code == 404
    assert act(desk, "receive", handed="code", request="1" * 16) == 422
    assert act(desk, "receive", handed="code", request="1" * 16, identified="true") == 303
    page = desk.get(f"/visits/{VISIT}/code")
    assert 'viewBox="0 0' in page.text
    assert " style=" not in page.text
    context = city.context
    with city.store.reading(city.clock()) as tx:
        visit = load_visit(tx, VISIT)
        assert visit is not None
        text = write_visit_code(context, visit)
        assert text is not None
        assert text not in page.text
        code = decode_visit_code(text, context.signing_key.public_key())
        assert (code.site, code.valid_until) == (context.site.id, visit.valid_until)
        assert timedelta(0) <= city.clock() - code.valid_from < timedelta(minutes=1)
        token = credential_token(ensure_site_key(context.settings.site_key_file), "qr", code.code_id)
        card = load_desk_card(tx, token)
    assert card is not None
    assert (card.person_id, card.valid_until) == (f"visitor-{VISIT}", visit.valid_until)
    assert act(desk, "leave") == 303
    assert desk.get(f"/visits/{VISIT}/code").status_code == 404
    with city.store.reading(city.clock()) as tx:
        card = load_desk_card(tx, token)
    assert card is not None
    assert card.status == CredentialStatus.returned


def test_what_is_told_names_no_visitor(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.operator)
    announce(desk)
    act(desk, "receive", handed="escort", request="1" * 16, identified="true")
    act(desk, "leave")
    with city.store.reading(city.clock()) as tx:
        told = [each.notice for each in list_unsent(tx, limit=50) if each.notice.kind.startswith("visit.")]
    assert [each.kind for each in told] == ["visit.announced", "visit.arrived", "visit.left"]
    assert {each.subject for each in told} == {"s0002"}
    assert "山田" not in str(told)


def test_the_cards_for_visitors_are_kept_as_anybody_s(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.operator)
    answer = desk.post("/visits/cards/pool", data={"csrf": csrf_of(desk)})
    assert answer.headers["location"] == f"/cards/{POOL}"
    assert desk.get(f"/cards/{POOL}").status_code == 200
    with city.store.reading(city.clock()) as tx:
        assert list_pool_cards(tx) == []


def test_nobody_waits_at_a_reader_that_is_not_there_and_nothing_is_half_done(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.operator)
    announce(desk)
    form = {"handed": "next", "request": "1" * 16, "identified": "true", "reader": "gone"}
    answer = desk.post(f"/visits/{VISIT}/receive", data={"csrf": csrf_of(desk)} | form)
    assert answer.status_code == 422
    assert "その読取機はありません" in answer.text
    with city.store.reading(city.clock()) as tx:
        visit = load_visit(tx, VISIT)
    assert visit is not None
    assert visit.person_id is None
