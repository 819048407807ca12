"""An act on an application and what people are told of it stand in one commit."""

import pytest
from sqlalchemy import select

from domain.notices.due import Habits
from domain.workflow.states import Act
from store.addresses import Address, save_address
from store.messages import count_unread, list_messages
from store.notice_tables import delivery
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, NOW, act, ask, at, overtime, put_town


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def told(store: Store, person_id: str) -> list[str]:
    with store.reading(NOW) as tx:
        return [each.message.kind for each in list_messages(tx, person_id)]


def test_the_head_hears_that_it_waits_and_the_clerk_what_became_of_it(town: Store) -> None:
    one = ask(town, overtime())
    assert told(town, HEAD) == ["application_waiting"]
    assert told(town, CLERK) == []
    one = act(town, one, Act.approve, HEAD)
    assert told(town, CLERK) == ["application_approved"]
    one = act(town, one, Act.cancel, CLERK, reason="不要")
    assert told(town, HEAD) == ["application_waiting"] * 2
    act(town, one, Act.reject, HEAD, reason="実施済み")
    assert told(town, CLERK) == ["application_kept", "application_approved"]


def test_what_waits_no_longer_is_read_and_does_not_leave_any_more(town: Store) -> None:
    with town.transaction(NOW) as tx:
        save_address(tx, Address(HEAD, "mail", "kacho@city.example", Habits(digest_minute=0)))
    one = ask(town, overtime())
    with town.reading(NOW) as tx:
        assert count_unread(tx, HEAD) == 1
    act(town, one, Act.approve, HEAD)
    with town.reading(NOW) as tx:
        assert count_unread(tx, HEAD) == 0
        assert [each.fault for each in tx.connection.execute(select(delivery))] == ["settled"]


def test_the_same_request_sent_twice_is_told_once(town: Store) -> None:
    ask(town, overtime())
    ask(town, overtime(), now=at("10:05"))
    assert told(town, HEAD) == ["application_waiting"]
