"""One's messages and where else one is told."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.notices.message import Message
from gateway.operations.identity.roles import Role
from store.addresses import list_addresses
from store.messages import count_unread, insert_messages, list_messages
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told

SignIn = Callable[[Role], TestClient]


def put_messages(city: City, *numbers: int, person_id: str = "s0002") -> list[int]:
    """Tell a person of applications; gives the messages' ids, the newest first."""
    with city.store.transaction(city.clock()) as tx:
        insert_messages(
            tx,
            [
                Message(
                    person_id,
                    "application_approved",
                    f"a{number}",
                    f"/attendance/applications/a{number}",
                    {"application_kind": "leave", "on": "2025-11-21"},
                )
                for number in numbers
            ],
        )
        return [each.id for each in list_messages(tx, person_id)]


def test_messages_are_told_in_words_and_counted_in_the_masthead(city: City, sign_in_as: SignIn) -> None:
    put_messages(city, 1, 2)
    desk = sign_in_as(Role.employee)
    page = desk.get("/messages").text
    assert page.count("申請が決裁されました") == 4  # title and text
    assert "休暇（2025-11-21）" in page
    assert '<span class="masthead-unread"><span aria-hidden="true">2</span>' in desk.get("/password").text
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en", "back": "/messages"})
    assert "Leave" in desk.get("/messages").text


def test_opening_one_marks_it_as_read_and_leads_there(city: City, sign_in_as: SignIn) -> None:
    ids = put_messages(city, 1, 2)
    desk = sign_in_as(Role.employee)
    answer = desk.get(f"/messages/{ids[0]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/attendance/applications/a2")
    with city.store.reading(city.clock()) as tx:
        assert [each.id for each in list_messages(tx, "s0002", unread=True)] == [ids[1]]
    assert f"/messages/{ids[0]}" not in desk.get("/messages?show=unread").text


def test_somebody_elses_message_is_not_there(city: City, sign_in_as: SignIn) -> None:
    ids = put_messages(city, 1)
    desk = sign_in_as(Role.head)
    assert desk.get(f"/messages/{ids[0]}").status_code == 404
    assert send(desk, "/messages", ids=ids) == 303
    with city.store.reading(city.clock()) as tx:
        assert count_unread(tx, "s0002") == 1


def test_what_was_on_the_page_is_read_with_one_button(city: City, sign_in_as: SignIn) -> None:
    ids = put_messages(city, 1, 2, 3)
    desk = sign_in_as(Role.employee)
    assert send(desk, "/messages", ids=ids[1:]) == 303
    with city.store.reading(city.clock()) as tx:
        assert [each.id for each in list_messages(tx, "s0002", unread=True)] == ids[:1]


def test_many_messages_are_leafed_through(city: City, sign_in_as: SignIn) -> None:
    ids = put_messages(city, *range(1, 36))
    desk = sign_in_as(Role.employee)
    first = desk.get("/messages").text
    assert f"/messages?before={ids[29]}" in first
    rest = desk.get(f"/messages?before={ids[29]}").text
    assert rest.count('class="message message-new"') == 5
    assert "前のお知らせ" not in rest


def test_an_account_of_no_person_has_no_messages(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.auditor)
    assert desk.get("/messages").status_code == 404
    assert "masthead-messages" not in desk.get("/password").text


def test_an_address_is_kept_with_its_hours_and_forgotten(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.employee)
    form = {"target": "ishii@city.example", "language": "en", "quiet_from": "22:00", "quiet_until": "07:30"}
    assert send(desk, "/messages/addresses/mail", **form) == 303
    with city.store.reading(city.clock()) as tx:
        (kept,) = list_addresses(tx, "s0002")
    assert (kept.target, kept.language) == ("ishii@city.example", "en")
    assert (kept.habits.quiet_from_minute, kept.habits.quiet_until_minute, kept.habits.digest_minute) == (
        1320,
        450,
        None,
    )
    page = desk.get("/messages/addresses").text
    assert 'value="07:30"' in page
    assert "届けています" in page
    assert send(desk, "/messages/addresses/mail/remove") == 303
    with city.store.reading(city.clock()) as tx:
        assert list_addresses(tx, "s0002") == []


@pytest.mark.parametrize(
    ("way", "form", "words", "field"),
    [
        ("mail", {"target": "ishii"}, "メールアドレス", "mail-target"),
        ("line_works", {"target": "石井"}, "英数字", "line_works-target"),
        ("mail", {"target": "a@b.example", "quiet_from": "22:00"}, "開始と終了の両方", "mail-quiet_until"),
        ("mail", {"target": "a@b.example", "digest": "25:00"}, "00:00〜23:59", "mail-digest"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    sign_in_as: SignIn, way: str, form: dict[str, str], words: str, field: str
) -> None:
    page = told(sign_in_as(Role.employee), f"/messages/addresses/{way}", **form)
    assert words in page
    assert f'value="{form["target"]}"' in page
    wrong = page.split(f'id="{field}"')[1].split(">")[0]
    assert 'aria-invalid="true"' in wrong


def test_there_is_no_fourth_way(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.employee)
    assert send(desk, "/messages/addresses/fax", target="1") == 404
    assert send(desk, "/messages/addresses/fax/remove") == 404
