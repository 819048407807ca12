"""Messages are told once, due when the person wants them, taken by one sender, and never lost between."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from domain.notices.due import Habits
from domain.notices.message import Message
from store.addresses import Address, AddressError, delete_address, list_addresses, save_address
from store.deliveries import (
    DeliveryCounts,
    DueDelivery,
    claim_due,
    count_deliveries,
    save_given_up,
    save_put_off,
    save_retry,
    save_sent,
)
from store.messages import count_unread, insert_messages, list_messages, save_read
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store

NOON = datetime(2025, 11, 4, 3, tzinfo=UTC)
LEASE = timedelta(minutes=30)
WAYS = ("mail", "line_works", "webhook")


@pytest.fixture
def city(store: Store) -> Store:
    with store.transaction(NOON) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
        upsert_persons(tx, [Person(f"p{n}", "萩 花子", "ハギ ハナコ", "general") for n in (1, 2, 3)])
        save_address(tx, Address("p1", "mail", "hagi@city.example"))
        save_address(tx, Address("p1", "line_works", "hagi@works"))
        save_address(tx, Address("p2", "mail", "night@city.example", Habits(11 * 60, 12 * 60 + 20), "en"))
        save_address(tx, Address("p3", "mail", "digest@city.example", Habits(digest_minute=17 * 60)))
    return store


def waiting(person_id: str, subject: str = "a1/1") -> Message:
    return Message(person_id, "application_waiting", subject, "/attendance/inbox/a1", {"on": "2025-11-04"})


def tell(store: Store, *messages: Message, now: datetime = NOON) -> int:
    with store.transaction(now) as tx:
        return insert_messages(tx, messages)


def claim(store: Store, now: datetime, *, digest: bool = False, limit: int = 50) -> list[DueDelivery]:
    with store.transaction(now) as tx:
        return claim_due(tx, ways=WAYS, digest=digest, lease=LEASE, limit=limit)


def test_the_same_is_told_once(city: Store) -> None:
    assert tell(city, waiting("p1"), waiting("p1"), waiting("p2")) == 2
    assert tell(city, waiting("p1"), waiting("p1", "a1/2")) == 1
    with city.reading(NOON) as tx:
        assert [each.message.subject for each in list_messages(tx, "p1")] == ["a1/2", "a1/1"]
        assert count_deliveries(tx) == DeliveryCounts(5, 0, 0)


def test_each_way_waits_for_the_persons_hours(city: Store) -> None:
    tell(city, waiting("p1"), waiting("p2"), waiting("p3"))
    now = claim(city, NOON)
    assert sorted((due.message.person_id, due.key.way) for due in now) == [("p1", "line_works"), ("p1", "mail")]
    assert now[0].message == waiting("p1")
    assert claim(city, NOON + timedelta(minutes=19)) == []
    (quiet,) = claim(city, NOON + timedelta(minutes=20))
    assert (quiet.message.person_id, quiet.language, quiet.target) == ("p2", "en", "night@city.example")
    assert claim(city, NOON + timedelta(hours=5, minutes=-1), digest=True) == []
    (digest,) = claim(city, NOON + timedelta(hours=5), digest=True)
    assert digest.message.person_id == "p3"


def test_what_is_taken_is_nobody_elses_until_the_lease_ends(city: Store) -> None:
    tell(city, waiting("p1"))
    taken = claim(city, NOON)
    assert len(taken) == 2
    assert claim(city, NOON + LEASE - timedelta(seconds=1)) == []
    assert [due.key for due in claim(city, NOON + LEASE)] == [due.key for due in taken]


def test_two_senders_share_the_work(city: Store) -> None:
    tell(city, *(waiting("p1", f"a{n}/1") for n in range(40)))
    found: list[DueDelivery] = []

    def take() -> None:
        for _ in range(20):
            found.extend(claim(city, NOON, limit=5))

    senders = [threading.Thread(target=take) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(found) == len({due.key for due in found}) == 80


def test_outcomes(city: Store) -> None:
    tell(city, *(waiting("p1", f"a{n}/1") for n in range(2)))
    sent, retried, put_off, given_up = (due.key for due in claim(city, NOON))
    with city.transaction(NOON) as tx:
        save_sent(tx, [sent])
        save_retry(tx, [retried], NOON + timedelta(minutes=1), "x" * 500)
        save_put_off(tx, [put_off], NOON + timedelta(minutes=2))
        save_given_up(tx, [given_up], "SMTP 550")
        assert count_deliveries(tx) == DeliveryCounts(2, 1, 1)
    later = claim(city, NOON + timedelta(minutes=2))
    assert [(due.key, due.tries) for due in later] == [(retried, 1), (put_off, 0)]


def test_a_person_reads_own_messages_only(city: Store) -> None:
    tell(city, waiting("p1"), waiting("p2"))
    with city.transaction(NOON) as tx:
        (own,) = list_messages(tx, "p1", unread=True)
        assert save_read(tx, "p2", [own.id]) == 0
        assert save_read(tx, "p1", [own.id]) == 1
        assert save_read(tx, "p1", [own.id]) == 0
        assert (count_unread(tx, "p1"), count_unread(tx, "p2")) == (0, 1)
        assert list_messages(tx, "p1", unread=True) == []


def test_pages_of_messages(city: Store) -> None:
    tell(city, *(waiting("p1", f"a{n}/1") for n in range(5)))
    with city.reading(NOON) as tx:
        first = list_messages(tx, "p1", limit=3)
        rest = list_messages(tx, "p1", before_id=first[-1].id, limit=3)
    assert [each.message.subject for each in (*first, *rest)] == ["a4/1", "a3/1", "a2/1", "a1/1", "a0/1"]


def test_an_address_that_is_gone_takes_its_letters_with_it(city: Store) -> None:
    tell(city, waiting("p1"), waiting("p2"))
    with city.transaction(NOON) as tx:
        delete_address(tx, "p1", "mail")
        assert [each.way for each in list_addresses(tx, "p1")] == ["line_works"]
        assert count_deliveries(tx) == DeliveryCounts(2, 0, 1)


def test_an_address_is_kept_as_it_was_told(city: Store) -> None:
    told = Address("p1", "mail", "other@city.example", Habits(1200, 420, 1020), "en")
    with city.transaction(NOON) as tx:
        save_address(tx, told)
        assert told in list_addresses(tx, "p1")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Address("p1", "fax", "1"), "way"),
        (Address("p1", "mail", "nobody"), "target"),
        (Address("p1", "mail", "a@b\r\nBcc: c@d"), "target"),
        (Address("p1", "mail", f"{'a' * 300}@b.example"), "target"),
        (Address("p1", "line_works", "../admin"), "target"),
        (Address("p1", "mail", "a@b.example", language="fr"), "language"),
    ],
)
def test_an_impossible_address_is_refused_by_name(city: Store, told: Address, field: str) -> None:
    with city.transaction(NOON) as tx, pytest.raises(AddressError, match=" / expected") as refused:
        save_address(tx, told)
    assert refused.value.field == field
