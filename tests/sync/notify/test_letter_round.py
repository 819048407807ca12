"""Letters to citizens leave once, by a real mail server too; a code is sent while it counts."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from contract.sealed_codes import seal_code
from domain.facilities.facility import UserClass
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.notices.reservee_letter import LetterKind, ReserveeLetter
from store.alarms import list_open_alarms
from store.citizen_tables import reservee_letter
from store.facilities import save_user_class
from store.reservee_letters import forget_letters, insert_letters, list_letters_of
from store.reservees import insert_reservee
from store.tx import Store
from sync.firing import Desk
from sync.letter_room import LetterRoom
from sync.notify.letter_round import LetterRound
from sync.notify.post_round import CLOSED_PAUSE, RETRIES
from sync.notify.way import SENT, Letter, Outcome, Told
from tests.sync.desks import KEY, settings
from tests.sync.notify.letters import NOW
from tests.sync.notify.mail_server import mail_server

URL = "https://rooms.city.example"
HOUSE = {"facility": "市民館", "facility_en": "Civic Hall", "room": "ホール", "room_en": "Hall"}


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


def put(store: Store, *letters: tuple[str, LetterKind, dict[str, str]], email: str = "hana@mail.example") -> None:
    with store.transaction(NOW) as tx:
        save_user_class(tx, UserClass("resident", "市内", "Resident"))
        insert_reservee(tx, Reservee("u1", ReserveeKind.citizen, "resident", "萩 花子", NOW, "self", email=email))
        insert_letters(
            tx, [ReserveeLetter("u1", kind, id_, f"/bookings/{id_}", NOW, fill) for id_, kind, fill in letters]
        )


def put_code(store: Store, **more: str) -> None:
    put(store, ("c1", LetterKind.code, {"sealed": seal_code(KEY, "c1", "314159", bytes(12)), "minutes": "15"}), **more)


def send(store: Store, way: Book, now: datetime = NOW) -> Counter[str]:
    return Counter(LetterRound(store, lambda: now, way, KEY, URL).run())


def test_each_letter_leaves_once_with_its_link_and_is_emptied(store: Store) -> None:
    put(store, ("r1/1", LetterKind.permitted, HOUSE), ("r1/1", LetterKind.permitted, HOUSE))
    way = Book()
    assert send(store, way) == {"sent": 1}
    assert send(store, way, NOW + timedelta(days=3)) == {}
    [letter] = way.letters
    assert letter.target == "hana@mail.example"
    assert f"{URL}/bookings/r1/1" in letter.text
    assert "萩" not in letter.title + letter.text
    assert fillings(store) == [{}]


def fillings(store: Store) -> list[dict[str, str]]:
    with store.reading(NOW) as tx:
        return [json.loads(row.filling) for row in tx.connection.execute(reservee_letter.select())]


def test_a_code_is_opened_for_its_letter_alone_and_not_sent_when_it_is_over(store: Store) -> None:
    put_code(store)
    assert "314159" not in json.dumps(fillings(store))
    way = Book()
    assert send(store, way) == {"sent": 1}
    assert "314159" in way.letters[0].text
    assert fillings(store) == [{}]
    with store.transaction(NOW) as tx:
        late = {"sealed": seal_code(KEY, "c2", "271828", bytes(12))}
        wrong = {"sealed": seal_code(bytes(32), "c3", "271828", bytes(12))}
        insert_letters(tx, [ReserveeLetter("u1", LetterKind.code, "c3", "", NOW, wrong)])
    assert send(store, way) == {"poison": 1}
    with store.transaction(NOW) as tx:
        insert_letters(tx, [ReserveeLetter("u1", LetterKind.code, "c2", "", NOW, late)])
    assert send(store, way, NOW + timedelta(minutes=15)) == {"poison": 1}
    assert len(way.letters) == 1


def test_failures_are_sorted_as_those_of_other_letters(store: Store) -> None:
    put(store, ("r1/1", LetterKind.permitted, HOUSE), ("r2/1", LetterKind.permitted, HOUSE))
    now, way = NOW, Book(lambda _: Told(Outcome.transient, "ConnectError"))
    for pause in RETRIES:
        assert send(store, way, now) == {"transient": 2}
        assert send(store, way, now) == {}
        now += pause
    assert send(store, way, now) == {"transient": 2}
    assert send(store, way, now + timedelta(days=9)) == {}
    with store.reading(NOW) as tx:
        assert all(each.failed_at is not None for each in list_letters_of(tx, "u1"))


def test_a_server_that_takes_nothing_keeps_the_letters_and_raises_an_alarm(store: Store) -> None:
    put(store, ("r1/1", LetterKind.permitted, HOUSE), ("r2/1", LetterKind.permitted, HOUSE))
    way = Book(lambda _: Told(Outcome.closed, "SMTPAuthenticationError"))
    assert send(store, way) == {"closed": 1}
    assert len(way.letters) == 1
    with store.reading(NOW) as tx:
        assert [each.alarm.kind for each in list_open_alarms(tx)] == ["notices_stopped"]
    assert send(store, Book(), NOW + CLOSED_PAUSE) == {"sent": 2}


def test_without_an_address_a_letter_is_given_up(store: Store) -> None:
    put_code(store, email="")
    assert send(store, Book()) == {"poison": 1}


def test_letters_are_forgotten(store: Store) -> None:
    put(store, ("r1/1", LetterKind.permitted, HOUSE))
    with store.transaction(NOW) as tx:
        assert (forget_letters(tx, NOW), forget_letters(tx, NOW + timedelta(seconds=1))) == (0, 1)


def test_the_connector_sends_a_code_by_mail_within_moments(store: Store, tmp_path: Path) -> None:
    put_code(store)
    with mail_server(tmp_path) as post:
        mail = post.settings.model_dump()
        notify = {"site_url": "https://city.example", "citizens_url": URL, "mail": mail}
        room = LetterRoom(
            Desk(store, settings(tmp_path, store.url, notify=notify), lambda: NOW), look_every_seconds=0.05
        )
        room.start()
        patience = threading.Event()
        for _ in range(600):
            if post.letters:
                break
            patience.wait(0.05)
        room.stop()
    [mail_] = post.letters
    assert "314159" in mail_.get_content()
    assert mail_["To"] == "hana@mail.example"
    assert mail_["Subject"] == "確認番号のお知らせ / Your code"


def test_a_database_that_is_gone_is_looked_for_again(tmp_path: Path, caplog) -> None:
    store = Store(f"sqlite:///{tmp_path}/none.db")
    with mail_server(tmp_path) as post:
        notify = {"site_url": "https://city.example", "mail": post.settings.model_dump()}
        room = LetterRoom(
            Desk(store, settings(tmp_path, store.url, notify=notify), lambda: NOW), look_every_seconds=0.02
        )
        room.start()
        patience = threading.Event()
        for _ in range(500):
            if caplog.text.count("no letter sent") >= 2:
                break
            patience.wait(0.02)
        room.stop()
    store.close()
    assert caplog.text.count("no letter sent") >= 2
