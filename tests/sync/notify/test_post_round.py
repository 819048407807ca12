"""A round: each letter leaves once, failures wait longer and longer, a way in trouble keeps its letters."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.message_words import LANGUAGES, load_message_words
from domain.notices.due import Habits
from domain.notices.message import Message
from store.addresses import Address, save_address
from store.alarms import list_open_alarms
from store.deliveries import DeliveryCounts, count_deliveries
from store.messages import insert_messages, list_messages
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from sync.jobs.deliver_messages import deliver_messages
from sync.jobs.send_digest import send_digest
from sync.notify.post_round import CLOSED_PAUSE, RETRIES, PostRound
from sync.notify.settings import NotifySettings
from sync.notify.way import SENT, Letter, Outcome, Told, Way
from tests.sync.notify.letters import NOW
from tests.sync.notify.mail_server import Post, mail_server

SITE = "https://city.example"
TRANSIENT = Told(Outcome.transient, "ConnectError")


@dataclass
class Book:
    """A way that keeps what it gets and answers as it is told."""

    answer: Callable[[Letter], Told] = lambda _: SENT
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> Told:
        self.letters.append(letter)
        return self.answer(letter)

    def close(self) -> None:
        pass


@pytest.fixture
def city(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
        upsert_persons(tx, [Person(f"p{n}", "萩 花子", "ハギ ハナコ", "general") for n in (1, 2, 3)])
        save_address(tx, Address("p1", "mail", "p1@city.example"))
        save_address(tx, Address("p1", "webhook", "employee-1"))
        save_address(tx, Address("p2", "mail", "p2@city.example", language="en"))
        save_address(tx, Address("p3", "mail", "p3@city.example", Habits(digest_minute=17 * 60)))
    return store


def tell(store: Store, *person_ids: str, kind: str = "application_waiting", subject: str = "a1/1") -> None:
    filling = {"application_kind": "leave", "on": "2025-11-04"}
    with store.transaction(NOW) as tx:
        insert_messages(tx, [Message(each, kind, subject, "/attendance/inbox/a1", filling) for each in person_ids])


def post(store: Store, ways: dict[str, Way], now: datetime = NOW, *, digest: bool = False) -> Counter[str]:
    words = {language: load_message_words(language) for language in LANGUAGES}
    return Counter(PostRound(store, lambda: now, ways, words, SITE).run(digest=digest))


def counts(store: Store) -> DeliveryCounts:
    with store.reading(NOW) as tx:
        return count_deliveries(tx)


def test_each_letter_leaves_once_in_its_persons_language(city: Store) -> None:
    tell(city, "p1", "p2")
    mail, hook = Book(), Book()
    assert post(city, {"mail": mail, "webhook": hook}) == {"sent": 3}
    assert post(city, {"mail": mail, "webhook": hook}, NOW + timedelta(days=2)) == {}
    assert counts(city) == DeliveryCounts(0, 3, 0)
    assert [(each.target, each.title) for each in mail.letters] == [
        ("p1@city.example", "決裁を待つ申請があります"),
        ("p2@city.example", "An application waits for you"),
    ]
    assert mail.letters[0].link == f"{SITE}/attendance/inbox/a1"
    assert "休暇（2025-11-04）" in mail.letters[0].text
    assert hook.letters[0].target == "employee-1"


def test_failures_wait_longer_and_longer_and_are_given_up(city: Store) -> None:
    tell(city, "p2")
    mail = Book(lambda _: TRANSIENT)
    now = NOW
    for pause in RETRIES:
        assert post(city, {"mail": mail}, now) == {"transient": 1}
        assert post(city, {"mail": mail}, now + pause - timedelta(seconds=1)) == {}
        now += pause
    assert post(city, {"mail": mail}, now) == {"transient": 1}
    assert counts(city) == DeliveryCounts(0, 0, 1)
    assert len({letter.id for letter in mail.letters}) == 1
    with city.reading(NOW) as tx:
        assert len(list_messages(tx, "p2", unread=True)) == 1


def test_a_letter_that_is_refused_stops_no_other(city: Store) -> None:
    tell(city, "p1", "p2")
    mail = Book(lambda letter: Told(Outcome.poison, "SMTP 550") if letter.target.startswith("p1") else SENT)
    assert post(city, {"mail": mail}) == {"poison": 1, "sent": 1}
    assert post(city, {"mail": mail}, NOW + timedelta(days=2)) == {}


def test_a_pause_holds_the_whole_way_and_no_other(city: Store) -> None:
    for number in range(3):
        tell(city, "p1", subject=f"a{number}/1")
    mail, hook = Book(lambda _: Told(Outcome.overload, "429", 90)), Book()
    assert post(city, {"mail": mail, "webhook": hook}) == {"overload": 1, "sent": 3}
    assert post(city, {"mail": mail}, NOW + timedelta(seconds=89)) == {}
    mail.answer = lambda _: SENT
    assert post(city, {"mail": mail}, NOW + timedelta(seconds=90)) == {"sent": 3}


def test_a_way_that_is_closed_is_told_of_and_asked_again(city: Store) -> None:
    tell(city, "p1", "p2")
    mail = Book(lambda _: Told(Outcome.closed, "SMTPAuthenticationError"))
    assert post(city, {"mail": mail}) == {"closed": 1}
    with city.reading(NOW) as tx:
        assert [(each.alarm.kind, each.alarm.subject) for each in list_open_alarms(tx)] == [("notices_stopped", "mail")]
    mail.answer = lambda _: SENT
    assert post(city, {"mail": mail}, NOW + CLOSED_PAUSE) == {"sent": 2}


def test_a_kind_without_words_is_given_up_and_not_sent(city: Store) -> None:
    tell(city, "p2", kind="of_a_later_version")
    mail = Book()
    assert post(city, {"mail": mail}) == {"poison": 1}
    assert mail.letters == []


def test_a_digest_is_one_letter_at_its_minute(city: Store) -> None:
    for number in range(3):
        tell(city, "p3", subject=f"a{number}/1")
    mail = Book()
    evening = NOW + timedelta(hours=5)
    assert post(city, {"mail": mail}, evening) == {}
    assert post(city, {"mail": mail}, evening - timedelta(seconds=1), digest=True) == {}
    assert post(city, {"mail": mail}, evening, digest=True) == {"sent": 1}
    (letter,) = mail.letters
    assert letter.title == "お知らせ 3件"
    assert letter.text.count("休暇（2025-11-04）") == 3
    assert counts(city) == DeliveryCounts(0, 3, 0)


def settings_of(server: Post) -> NotifySettings:
    return NotifySettings(site_url=SITE, mail=server.settings)


def test_the_jobs_send_over_a_real_server(city: Store, tmp_path: Path) -> None:
    tell(city, "p1", "p2", "p3")
    with mail_server(tmp_path) as server:
        assert deliver_messages(city, settings_of(server), lambda: NOW) == {"sent": 2}
        assert send_digest(city, settings_of(server), lambda: NOW + timedelta(hours=5)) == {"sent": 1}
    assert [each["To"] for each in server.letters] == [f"p{n}@city.example" for n in (1, 2, 3)]
    assert all(each["Date"].datetime == NOW.astimezone(UTC) for each in server.letters)
    assert counts(city).sent == 3
