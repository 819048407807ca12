"""What is free and booking it, without a browser: who sees what, what is refused and where it is said."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant
from domain.facilities.booking import Wish
from domain.facilities.reservation import ReservationState
from gateway.bookings.acting import SELF, Acting
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.identity.roles import Role
from store.fee_quotes import load_quote
from store.reservations import list_series, load_reservation
from store.reservees import load_reservee, load_reservee_of_person
from store.waiting import load_waiting
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.houses import ISHII, SATO, build_houses

Enter = Callable[[Role], TestClient]
ID = "0123456789abcdef"
FRIDAY = "2025-11-28"
FORM = {"id": ID, "act": "book", "on": FRIDAY, "from_at": "10:00", "until_at": "12:00", "party": "8",
        "purpose": "係内の打合せ", "purpose_class": "general"}  # fmt: skip


@pytest.fixture
def houses(city: City) -> City:
    build_houses(city)
    return city


def send(client: TestClient, room: str = "meeting-2", **form: object) -> tuple[int, str]:
    """Send the form; gives the status, and where it leads or what it says."""
    answer = client.post(f"/rooms/{room}/book", data={"csrf": csrf_of(client)} | FORM | form)
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_week_shows_every_room_by_words_and_signs(houses: City, sign_in_as: Enter) -> None:
    text = sign_in_as(Role.employee).get("/rooms").text
    assert "第1会議室" in text
    assert "図書館" in text
    assert 'href="/rooms/meeting-1/book?on=2025-11-21" aria-label="11月21日（金） 空き"' in text
    assert 'href="/rooms/washitsu/book?on=2025-11-22" aria-label="11月22日（土） 一部空き"' in text
    assert "佐藤" not in text  # whose it is, nobody is told


@pytest.mark.parametrize("span", ["day", "week", "month"])
def test_every_span_can_be_turned(span: str, houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    text = client.get(f"/rooms?span={span}&on=2026-01-31").text
    before = text.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    following = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert {"day": "on=2026-01-30", "week": "on=2026-01-24", "month": "on=2025-12-31"}[span] in before
    assert {"day": "on=2026-02-01", "week": "on=2026-02-07", "month": "on=2026-02-28"}[span] in following
    assert client.get(before).status_code == client.get(following).status_code == 200


def test_rooms_are_narrowed_by_what_is_needed(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    names = {
        "people=100": {"大ホール 東面", "大ホール 西面", "大ホール 全面", "体育館"},
        "equipment=グランドピアノ": {"大ホール 全面"},
        "facility=library": {"学習室"},
        "people=21&facility=shimin-kan&equipment=プロジェクター": {
            "大ホール 東面", "大ホール 西面", "大ホール 全面", "体育館", "第1会議室",
        },
    }  # fmt: skip
    every = {"大ホール 東面", "大ホール 西面", "大ホール 全面", "体育館", "第1会議室", "第2会議室", "和室", "学習室"}
    for query, wanted in names.items():
        text = client.get(f"/rooms?{query}").text
        assert {name for name in every if f">{name}</a>" in text} == wanted, query
    assert "当てはまる部屋がありません" in client.get("/rooms?people=9999").text


def test_a_part_of_the_day_is_looked_at_alone(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    on = "on=2025-11-22&span=day"
    for part, look in (("morning", "空き"), ("afternoon", "一部空き"), ("evening", "空き")):
        text = client.get(f"/rooms?{on}&part={part}&facility=shimin-kan").text
        row = text.split('class="av-narrow"')[1].split(">和室</a>")[1].split("</p>")[0]
        assert f'<span class="av-word">{look}</span>' in row, part


def test_what_opens_later_says_so(houses: City, sign_in_as: Enter) -> None:
    assert (
        'aria-label="11月21日（金） 予約の対象外"' in sign_in_as(Role.facility_admin).get("/rooms").text
    )  # the library
    text = sign_in_as(Role.employee).get("/rooms?on=2026-06-10").text  # 市 books from six months before the first
    assert 'aria-label="6月10日（水） 受付前"' in text


def test_a_contracted_desk_sees_its_own_house_alone(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.facility_desk)
    text = client.get("/rooms").text
    assert "第1会議室" in text
    assert "図書館" not in text
    assert client.get("/rooms/study/book").status_code == 404
    assert client.get("/rooms/meeting-1/book").status_code == 200


def test_nonsense_in_the_address_is_refused_or_left(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    assert client.get("/rooms?on=2025-02-31").status_code == 200
    assert client.get("/rooms?on=9999-12-31&span=month").status_code == 200
    assert client.get("/rooms?on=1000-01-01&span=month").status_code == 200
    assert client.get("/rooms?span=year").status_code == 400
    assert client.get("/rooms?people=-1").status_code == 400
    assert client.get("/rooms/nowhere/book").status_code == 404
    assert client.get("/rooms/meeting-1/book?from=99:99").status_code == 400


def test_staff_book_for_themselves_and_know_the_price_before(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    text = client.get(f"/rooms/meeting-2/book?on={FRIDAY}&from=10:00").text
    assert "440円" in text  # two half hours of 220
    assert "別表第1 2" in text
    status, there = send(client)
    assert (status, there) == (303, f"/bookings/{ID}")
    with houses.store.reading(houses.clock()) as tx:
        kept, quote = load_reservation(tx, ID), load_quote(tx, ID)
    assert kept is not None
    assert (kept.reservation.reservee_id, kept.reservation.state) == (ISHII, ReservationState.permitted)
    assert quote is not None
    assert quote.quote.total_yen == 880
    assert send(client) == (303, f"/bookings/{ID}")  # sent twice is booked once


def test_who_never_booked_is_registered_with_the_first_booking(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.head)
    assert "このままでは" not in client.get(f"/rooms/meeting-2/book?on={FRIDAY}").text
    with houses.store.reading(houses.clock()) as tx:
        assert load_reservee_of_person(tx, "s0001") is None
    assert send(client)[0] == 303
    with houses.store.reading(houses.clock()) as tx:
        own = load_reservee_of_person(tx, "s0001")
    assert own is not None
    assert (own.name, own.user_class) == ("青木 太郎", "city")


def test_every_fault_stands_at_its_field_and_keeps_what_was_typed(houses: City, sign_in_as: Enter) -> None:
    status, text = send(
        sign_in_as(Role.employee), from_at="10:10", until_at="半", party="40", purpose="", on=FRIDAY, last_on=""
    )
    assert status == 422
    assert 'id="fault-until_at"' in text
    status, text = send(sign_in_as(Role.employee), from_at="10:10", until_at="12:00", party="40", purpose="")
    assert status == 422
    for field in ("from_at", "party", "purpose"):
        assert f'id="fault-{field}"' in text
        assert f'<a href="#{field}">' in text
    assert 'value="40"' in text
    assert 'value="10:10" selected' in text


def test_what_is_taken_tells_what_is_free_near_it(houses: City, sign_in_as: Enter) -> None:
    status, text = send(sign_in_as(Role.employee), "washitsu", on="2025-11-22", from_at="13:00", until_at="15:00")
    assert status == 422
    assert "予約済みです" in text
    near = text.split('id="nearby-title"')[1].split("</section>")[0]
    assert 'value="2025-11-22 - 960 1080"' in near  # the same room, later
    assert 'formaction="/rooms/meeting-1/book"' in near  # another room, the same time
    assert "キャンセル待ちをする" in text
    client = sign_in_as(Role.employee)
    answer = client.post(
        "/rooms/meeting-1/book",
        data={"csrf": csrf_of(client)} | FORM | {"choose": "2025-11-22 - 780 900", "purpose": "茶会の相談"},
    )
    assert answer.status_code == 200
    assert 'value="13:00" selected' in answer.text
    assert 'value="茶会の相談"' in answer.text


def test_one_waits_for_what_is_taken(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    taken = {"on": "2025-11-22", "from_at": "13:00", "until_at": "15:00"}
    assert send(client, "washitsu", act="wait", **taken) == (303, "/bookings/waiting?done=ask")
    with houses.store.reading(houses.clock()) as tx:
        kept = load_waiting(tx, ID)
    assert kept is not None
    assert kept.waiting.wish.reservee_id == ISHII
    status, text = send(client, act="wait", id="f" * 16)
    assert status == 422
    assert "今あいています" in text


def test_who_was_faster_has_it(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    wish = Wish(
        "meeting-2", instant(date(2025, 11, 28), 600), instant(date(2025, 11, 28), 720), SATO, "resident", 5, "x"
    )
    assert "このままでは" not in client.get(f"/rooms/meeting-2/book?on={FRIDAY}&from=10:00").text
    with houses.store.transaction(houses.clock() - timedelta(days=3)) as tx:
        book_room(tx, AskedBooking("first", wish), Acting(SELF, reservee_id=SATO))
    status, text = send(client)
    assert status == 422
    assert "10:00–12:00 は予約済みです" in text
    assert 'id="nearby-title"' in text


def test_a_counter_finds_somebody_and_books_for_them(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.facility_desk)
    status, text = send(client, act="search", who="サトウ", party="", purpose="")
    assert status == 200
    assert "佐藤 花子" in text
    assert 'value="sato" checked' in text
    status, text = send(client, who="サトウ")  # Enter in the search books nothing
    assert status == 200
    assert send(client, reservee_id=SATO, id="a" * 16, on="2025-11-26") == (303, f"/bookings/{'a' * 16}")
    assert "利用者を探して選ぶか" in send(client, reservee_id="")[1]
    assert "利用者の登録がありません" in send(client, reservee_id="ghost")[1]


def test_a_counter_registers_somebody_on_the_way_or_nothing_at_all(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.facility_desk)
    new = {"reservee_id": "new", "new_class": "resident", "new_name": "田中 一郎", "new_phone": "0387654321"}
    status, text = send(client, **new | {"new_phone": "12", "new_name": ""})
    assert status == 422
    assert 'id="fault-new_name"' in text
    assert 'id="fault-new_phone"' in text
    assert send(client, "washitsu", **new, on="2025-11-22", from_at="13:00", until_at="15:00")[0] == 422
    with houses.store.reading(houses.clock()) as tx:
        assert load_reservee(tx, f"new-{ID}") is None
    assert send(client, **new) == (303, f"/bookings/{ID}")
    with houses.store.reading(houses.clock()) as tx:
        made, kept = load_reservee(tx, f"new-{ID}"), load_reservation(tx, ID)
    assert made is not None
    assert (made.name, made.registered_by) == ("田中 一郎", "madoguchi")
    assert kept is not None
    assert kept.reservation.reservee_id == made.id


def test_somebody_new_who_may_be_known_is_told(houses: City, sign_in_as: Enter) -> None:
    new = {"reservee_id": "new", "new_class": "resident", "new_name": "佐藤 花子", "new_email": "sato@example.jp"}
    status, text = send(sign_in_as(Role.facility_desk), act="look", **new)
    assert status == 200
    assert "同じ人かもしれない登録があります" in text


def test_staff_never_book_for_others(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    assert "氏名・フリガナ・電話で探す" not in client.get("/rooms/meeting-2/book").text
    assert send(client, reservee_id=SATO)[0] == 303
    with houses.store.reading(houses.clock()) as tx:
        kept = load_reservation(tx, ID)
    assert kept is not None
    assert kept.reservation.reservee_id == ISHII


def test_slots_places_and_what_is_added_are_booked_and_priced(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    gym = {"on": FRIDAY, "slot_id": "gym-course", "places": "2", "party": "2"}
    assert send(client, "gym", **gym)[0] == 303
    evening = {"id": "b" * 16, "on": "2025-11-29", "slot_id": "hall-evening", "party": "100", "options": ["air"],
               "unit_ids": ["piano", "microphone"], "unit_counts": ["1", ""]}  # fmt: skip
    assert send(client, "hall", **evening)[0] == 303
    with houses.store.reading(houses.clock()) as tx:
        course, hall, quote = load_reservation(tx, ID), load_reservation(tx, "b" * 16), load_quote(tx, "b" * 16)
    assert course is not None
    assert course.reservation.places == 2
    assert hall is not None
    assert hall.reservation.units == (("piano", 1),)
    assert quote is not None
    assert quote.quote.total_yen == 22_440 + 5_500 + 4 * 2_200
    status, text = send(client, "gym", id="c" * 16, on=FRIDAY, slot_id="", party="2")
    assert status == 422
    assert 'id="fault-slot_id"' in text


def test_an_unknown_kind_of_use_is_refused_and_a_missing_table_is_not(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    status, text = send(client, purpose_class="nothing")
    assert status == 422
    assert 'id="fault-purpose_class"' in text
    with houses.store.reading(houses.clock()) as tx:
        assert load_reservation(tx, ID) is None


WEEKLY = {"act": "book", "repeat": "weekly", "last_on": "2025-12-19"}


def test_a_series_is_listed_before_it_is_booked(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    status, text = send(client, **WEEKLY)
    assert status == 200
    assert "4回の予定" in text
    assert "予約できる 4回" in text
    assert "4,840円" in text  # in December with heating
    status, there = send(client, **WEEKLY | {"act": "series"}, otherwise=["", "2025-12-05 out", "", ""])
    assert (status, there) == (303, f"/rooms/meeting-2/series/{ID}")
    with houses.store.reading(houses.clock()) as tx:
        days = [kept.reservation.id for kept in list_series(tx, ID)]
    assert days == [f"{ID}-{on}" for on in ("20251128", "20251212", "20251219")]


def test_what_of_a_series_is_taken_can_be_elsewhere(houses: City, sign_in_as: Enter) -> None:
    wish = Wish("meeting-2", instant(date(2025, 12, 5), 600), instant(date(2025, 12, 5), 660), SATO, "resident", 5, "x")
    with houses.store.transaction(houses.clock()) as tx:
        book_room(tx, AskedBooking("first", wish), Acting(SELF, reservee_id=SATO))
    client = sign_in_as(Role.employee)
    _, text = send(client, **WEEKLY)
    assert "予約できない 1回" in text
    other = "2025-12-05 meeting-1 - 600 720"
    assert f'value="{other}"' in text
    status, text = send(client, **WEEKLY | {"act": "series", "takes": "whole"})
    assert status == 422
    assert "予約できない 1回" in text
    status, there = send(client, **WEEKLY | {"act": "series"}, otherwise=[other])
    assert (status, there) == (303, f"/rooms/meeting-2/series/{ID}")
    with houses.store.reading(houses.clock()) as tx:
        rooms = [kept.reservation.room_id for kept in list_series(tx, ID)]
    assert rooms == ["meeting-2", "meeting-1", "meeting-2", "meeting-2"]


def test_what_is_wrong_with_a_rule_is_said_at_it(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    for form in ({"last_on": ""}, {"last_on": "2025-11-01"}, {"last_on": "2035-11-01"}):
        status, text = send(client, **WEEKLY | form)
        assert status == 422
        assert 'id="fault-last_on"' in text
    status, text = send(client, **WEEKLY | {"repeat": "daily", "last_on": "2026-11-01"})
    assert status == 422
    assert 'id="fault-repeat"' in text


def test_parts_of_the_form_come_alone(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    for part, has in (("ahead", "880円"), ("times", "この日の空き")):
        answer = client.post(f"/rooms/meeting-2/book/{part}", data={"csrf": csrf_of(client)} | FORM)
        assert answer.status_code == 200
        assert has in answer.text
        assert "<html" not in answer.text
    assert client.post("/rooms/meeting-2/book/all", data={"csrf": csrf_of(client)} | FORM).status_code == 400
