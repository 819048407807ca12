"""Every message about keys and bookings leads whoever gets it to a page that opens for that one."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient

from contract.message_words import load_message_words
from domain.civil import civil_minute
from domain.facilities.reservation import ReservationAct
from domain.keys.custody import Holder, HolderKind
from domain.keys.key import Custodian, CustodianRole, Target, TargetKind
from domain.keys.loan_news import LoanNews, LoanNewsKind
from domain.notices.reservation_notice import ReservationNotice, derive_reservation_messages
from gateway.custody.loan_messages import tell_news
from gateway.operations.facilities.give_duty import give_duty
from gateway.operations.identity.roles import Role
from gateway.operations.keys.lend_key import LoanWish, lend_key
from store.accounts import save_roles
from store.facility_duties import Duty
from store.key_rings import list_custodians, save_custodian
from store.loans_out import list_copies_out
from store.messages import StandingMessage, insert_messages, list_messages
from store.tx import Tx
from tests.pages.city import ACCOUNTS, City
from tests.pages.houses import CHOIR, HALL_KEY, HOUSE, STAFF, book
from tests.pages.hung import STORE, hang_keys

SignIn = Callable[[Role], TestClient]
ISHII, AOKI, UEDA, EGUCHI = "s0002", "s0001", "s0003", "s0004"
WHO = {person_id: role for _, person_id, role in ACCOUNTS if person_id is not None}


@pytest.fixture(autouse=True)
def told(city: City) -> None:
    """Ishii has a key and a booking; Aoki, a head, permits; Eguchi of HR answers for one key, Ueda for all."""
    hang_keys(city)
    with city.store.transaction(city.clock()) as tx:
        give_duty(tx, "aoki", HOUSE, Duty.decide, by="root")
        save_custodian(tx, Custodian(CustodianRole.room, EGUCHI, civil_minute(tx.now)[0], STORE))
    book(city, "b-new", CHOIR, "washitsu", date(2025, 11, 22), "16:00", "17:00")
    with city.store.transaction(city.clock()) as tx:
        _tell_of_bookings(tx)
        _tell_of_keys(tx)


def _tell_of_bookings(tx: Tx) -> None:
    for version, act in enumerate(ReservationAct, start=10):
        notice = ReservationNotice(STAFF, act.value, "permitted", version, "第1会議室", "2025-11-20", ISHII, AOKI)
        insert_messages(tx, derive_reservation_messages(notice))


def _tell_of_keys(tx: Tx) -> None:
    [copy] = list_copies_out(tx)
    news = [
        LoanNews(kind, person_id, f"{copy.loan_id}/{kind}")
        for kind in LoanNewsKind
        for person_id in (ISHII, UEDA, EGUCHI)
    ]
    tell_news(tx, news, {copy.loan_id: [copy]}, list_custodians(tx, civil_minute(tx.now)[0]))
    for number, key_id in enumerate((HALL_KEY, "meeting-key")):
        target, who = Target(TargetKind.key, key_id), Holder(HolderKind.person, EGUCHI)
        wish = LoanWish(f"e{number}", target, who, "ueda", second_by="aoki", reason="漏水", emergency=True)
        lend_key(tx, wish)


def every_message(city: City) -> Iterator[tuple[str, StandingMessage]]:
    with city.store.reading(city.clock()) as tx:
        return iter([(person_id, each) for person_id in WHO for each in list_messages(tx, person_id, limit=500)])


def test_every_message_opens_for_whoever_gets_it(city: City, sign_in_as: SignIn) -> None:
    kinds, clients = set(), {person_id: sign_in_as(role) for person_id, role in WHO.items()}
    for person_id, each in every_message(city):
        kinds.add(each.message.kind)
        led = clients[person_id].get(f"/messages/{each.id}").headers["location"]
        answer = clients[person_id].get(led)
        assert answer.status_code == 200, f"{each.message.kind} leads {WHO[person_id]} to {led}: {answer.status_code}"
    known = load_message_words("ja").kinds
    assert kinds == {kind for kind in known if kind.startswith(("key_", "reservation_"))}


def test_a_decider_with_no_role_but_an_employees_is_led_to_what_waits(city: City, sign_in_as: SignIn) -> None:
    with city.store.transaction(city.clock()) as tx:
        save_roles(tx, "aoki", ("employee",))
    waiting = [each for person_id, each in every_message(city) if each.message.kind == "reservation_waiting"]
    assert waiting
    head = sign_in_as(Role.head)  # whose account is an employee's by now
    for each in waiting:
        assert head.get(each.message.link).status_code == 200
        assert each.message.link.startswith("/bookings/inbox/")
