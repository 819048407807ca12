"""Booking by oneself: checked with its price, booked once, seen by nobody else, changed, cancelled, waited for."""

import re
from dataclasses import replace
from datetime import date

from fastapi.testclient import TestClient

from domain.civil import instant
from domain.facilities.opening import Opening
from domain.facilities.reservation import ReservationAct, ReservationState
from domain.facilities.takings import Method
from gateway.fees.entries import Slip
from gateway.operations.facilities.block_reservee import block_reservee
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.keep_room import keep_room
from gateway.operations.facilities.keep_rule import keep_rule
from gateway.operations.facilities.offer_place import offer_place
from gateway.operations.facilities.take_fee import Payment, take_fee
from store.facilities import list_rooms
from store.fee_quotes import load_quote
from store.party_passes import DrawnCode, insert_drawn_codes
from store.reservations import load_reservation
from store.site_areas import SiteArea, save_site_areas
from tests.citizens.conftest import Postbox, enter, send
from tests.pages.city import City
from tests.pages.houses import COUNTER, DECIDER, HOUSE, SATO, SUNDAY, TATAMI

HALL = {"room": "hall", "on": "2025-12-02", "slot": "hall-morning", "party": "50", "purpose": "合唱の練習"}
MEETING = {"room": "meeting-1", "on": "2025-12-02", "from": "13:00", "to": "15:00", "party": "5", "purpose": "会議"}
ID = "1" * 32


def book(guest: TestClient, **form: str) -> str:
    answer = send(guest, "/book/send", id=ID, kind="general", **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def state(city: City, id_: str = ID) -> ReservationState | None:
    with city.store.reading(city.clock()) as tx:
        kept = load_reservation(tx, id_)
    return kept and kept.reservation.state


def test_price_and_terms_are_shown_before_anything_is_booked(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    page = send(guest, "/book/check", id=ID, **HALL, kind="profit", unit_piano="1").text
    assert "大ホール 午前" in page
    assert "営利" in page
    assert "グランドピアノ 1回" in page
    assert "11月25日（火） 17:00 まで、自分で変更・取消ができます" in page
    assert state(city) is None
    assert 'value="合唱の練習"' in send(guest, "/book/edit", id=ID, **HALL).text


def test_a_booking_is_the_application_and_is_priced_as_it_was_shown(
    guest: TestClient, post: Postbox, city: City
) -> None:
    enter(guest, post)
    shown = send(guest, "/book/check", id=ID, **HALL, kind="general", unit_projector="2").text
    where = book(guest, **HALL, unit_projector="2")
    assert book(guest, **HALL, unit_projector="2") == where == f"/bookings/{ID}?made=1"
    assert state(city) is ReservationState.applied
    with city.store.reading(city.clock()) as tx:
        stored = load_quote(tx, ID)
    assert stored is not None
    assert f"{stored.quote.total_yen:,}円" in shown
    page = guest.get(where).text
    assert "受け付けました" in page
    assert f"{stored.quote.total_yen:,}円" in page
    assert "code-image" not in page  # no code before it is permitted
    [letter] = post.fetch()
    assert (letter.kind, letter.target) == ("received", "sato@example.jp")


def test_what_a_rule_permits_has_its_code_at_once(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    page = guest.get(book(guest, **MEETING)).text
    assert state(city) is ReservationState.permitted
    assert "利用が決まりました" in page
    assert "code-image" in page


def test_a_code_that_opens_the_door_stands_on_the_page_from_when_until_when(
    guest: TestClient, post: Postbox, city: City
) -> None:
    with city.store.transaction(city.clock()) as tx:
        save_site_areas(tx, [SiteArea("hall", "hall_booked", ("west_in",), ("west_in",))])
        insert_drawn_codes(tx, [DrawnCode("c" * 32, "c" * 32)])
        [room] = list_rooms(tx, ids=["meeting-1"])
        keep_room(tx, replace(room, area_id="hall"), by="root")
    enter(guest, post)
    page = guest.get(book(guest, **MEETING)).text
    assert "扉を開けるコード" in page
    assert page.count("code-image") == 2
    assert "2025年12月2日（火）13:00〜15:00" in page
    assert "読み取る場所： " in page
    assert "西口" in page
    send(guest, f"/bookings/{ID}/cancelled")
    assert "code-image" not in guest.get(f"/bookings/{ID}").text


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(guest: TestClient, post: Postbox) -> None:
    enter(guest, post)
    answer = send(guest, "/book/check", id=ID, **HALL | {"party": "九千", "purpose": " "}, unit_piano="3")
    assert answer.status_code == 422
    for name in ("party", "purpose"):
        assert f'id="{name}-fault"' in answer.text
    assert 'value="九千"' in answer.text
    over = send(guest, "/book/check", id=ID, **HALL | {"party": "５０００"})
    assert "320" in over.text
    assert over.status_code == 422


def test_whoever_comes_too_late_is_told_what_is_free_and_may_wait(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    taken = HALL | {"on": "2025-11-23", "slot": "hall-afternoon"}
    answer = send(guest, "/book/send", id=ID, **taken)
    assert answer.status_code == 422
    assert "近くで空いている時間" in answer.text
    assert "slot=hall-morning" in answer.text
    assert 'formaction="/waiting"' in answer.text
    assert send(guest, "/waiting", id="2" * 32, **taken).headers["location"] == "/bookings#waiting"
    page = guest.get("/bookings").text
    assert f"/waiting/{'2' * 32}/stop" in page
    again = send(guest, "/waiting", id="3" * 32, **taken)
    assert again.status_code == 422
    free = send(guest, "/waiting", id="4" * 32, **HALL)
    assert free.status_code == 422
    assert send(guest, f"/waiting/{'2' * 32}/stop").status_code == 303
    assert "/stop" not in guest.get("/bookings").text


def test_an_offer_is_written_about_and_taken_on_its_page(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    send(guest, "/waiting", id="2" * 32, **HALL | {"on": "2025-11-23", "slot": "hall-afternoon"})
    with city.store.transaction(city.clock()) as tx:
        cancel_reservation(tx, SUNDAY, COUNTER)
        offer = offer_place(tx)
    assert offer is not None
    [told] = [each for each in post.fetch() if each.kind == "offered"]
    assert told.link.endswith(f"/bookings/{offer.reservation_id}")
    page = guest.get(f"/bookings/{offer.reservation_id}").text
    assert "順番が来ました" in page
    assert send(guest, f"/bookings/{offer.reservation_id}/offer/accept").status_code == 303
    assert state(city, offer.reservation_id) is ReservationState.applied
    assert send(guest, f"/bookings/{offer.reservation_id}/offer/decline").status_code == 303
    assert state(city, offer.reservation_id) is ReservationState.applied


def test_nobody_sees_or_touches_the_booking_of_another(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    for path in (SUNDAY, f"{SUNDAY}/cancel", f"{SUNDAY}/change", "nothing"):
        assert guest.get(f"/bookings/{path}").status_code == 404
    for path in ("cancelled", "changed", "offer/accept"):
        assert send(guest, f"/bookings/{SUNDAY}/{path}").status_code == 404
    assert SUNDAY not in guest.get("/bookings").text
    assert state(city, SUNDAY) is ReservationState.applied


def test_a_change_is_asked_anew_and_priced_anew(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    book(guest, **MEETING)
    form = guest.get(f"/bookings/{ID}/change").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    changed = {
        "version": version[1],
        "on": "2025-12-03",
        "from": "13:00",
        "to": "16:00",
        "party": "6",
        "purpose": "会議",
    }
    for act in ({"act": "look"}, {"act": "look", "on": "9999-12-31", "to": "99:59"}):
        assert send(guest, f"/bookings/{ID}/changed", **changed | act).status_code == 200
    looked = send(guest, f"/bookings/{ID}/changed", **changed | {"act": "look"}).text
    assert "変えたあとに窓口で払う額" in looked
    assert 'value="16:00"' in looked
    assert send(guest, f"/bookings/{ID}/changed", **changed).status_code == 303
    page = guest.get(f"/bookings/{ID}").text
    assert "2025年12月3日（水）13:00〜16:00" in page
    with city.store.reading(city.clock()) as tx:
        stored, kept = load_quote(tx, ID), load_reservation(tx, ID)
    assert stored is not None
    assert kept is not None
    assert stored.reservation_version == kept.reservation.version == 2
    refused = send(guest, f"/bookings/{ID}/changed", **changed | {"version": "2", "party": "999", "from": "08:00"})
    assert refused.status_code == 422
    assert 'id="party-fault"' in refused.text
    stale = send(guest, f"/bookings/{ID}/changed", **changed | {"version": "1", "party": "7"})
    assert stale.status_code == 422
    assert kept.reservation.state is ReservationState.permitted


def test_a_night_past_midnight_is_shown_and_kept_when_it_is_changed(
    guest: TestClient, post: Postbox, city: City
) -> None:
    with city.store.transaction(city.clock()) as tx:
        keep_rule(tx, HOUSE, Opening(f"{HOUSE}-hours-1", frozenset(range(7)), 540, 1560), by="root")
    enter(guest, post)
    book(guest, **MEETING | {"from": "23:00", "to": "25:00"})
    form = guest.get(f"/bookings/{ID}/change").text
    assert re.findall(r'type="time"', form) == []
    assert re.findall(r'name="to"[^>]*value="([^"]*)"', form) == ["25:00"]
    changed = {"version": "1", "on": "2025-12-03", "from": "23:30", "to": "25:30", "party": "6", "purpose": "会議"}
    assert send(guest, f"/bookings/{ID}/changed", **changed).status_code == 303
    with city.store.reading(city.clock()) as tx:
        kept = load_reservation(tx, ID)
    assert kept is not None
    assert (kept.reservation.from_at, kept.reservation.until_at) == (
        instant(date(2025, 12, 3), 1410),
        instant(date(2025, 12, 3), 1530),
    )


def test_cancelling_says_what_goes_back_and_only_in_time(guest: TestClient, post: Postbox, city: City) -> None:
    enter(guest, post)
    book(guest, **HALL)
    page = guest.get(f"/bookings/{ID}/cancel").text
    assert "まだ払っていないので" in page
    pay(city, ID)
    page = guest.get(f"/bookings/{ID}/cancel").text
    assert "12,100円 を返します（100%）" in page
    assert send(guest, f"/bookings/{ID}/cancelled").status_code == 303
    assert state(city) is ReservationState.cancelled
    assert "取消" in guest.get(f"/bookings/{ID}").text
    # the tatami room is for the day after tomorrow: the counter has to do it
    assert "窓口に連絡してください" in guest.get(f"/bookings/{TATAMI}").text
    assert guest.get(f"/bookings/{TATAMI}/cancel").status_code == 303
    assert send(guest, f"/bookings/{TATAMI}/cancelled").status_code == 422
    assert state(city, TATAMI) is ReservationState.applied


def pay(city: City, id_: str) -> None:
    with city.store.transaction(city.clock()) as tx:
        take_fee(tx, Payment("p" * 16, id_, 12_100, Slip(Method.cash)), by=COUNTER.login)


def test_a_reason_of_the_city_is_shown(guest: TestClient, post: Postbox, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        decide_reservation(tx, Decision(TATAMI, 1, ReservationAct.reject, "茶会の催しがあるため"), DECIDER)
    enter(guest, post)
    page = guest.get(f"/bookings/{TATAMI}").text
    assert "茶会の催しがあるため" in page
    assert "不許可" in page


def test_a_blocked_reservee_is_told_so(guest: TestClient, post: Postbox, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        block_reservee(tx, SATO, date(2025, 12, 31), reason="無断の不使用", by=COUNTER.login)
    enter(guest, post)
    answer = send(guest, "/book/check", id=ID, **HALL)
    assert answer.status_code == 422
    assert 'id="time-fault"' in answer.text


def test_nobody_books_without_signing_in_or_a_time_that_is_none(guest: TestClient, post: Postbox) -> None:
    answer = guest.get("/book?room=hall&on=2025-12-02&slot=hall-morning")
    assert answer.headers["location"].startswith("/sign-in?then=%2Fbook%3Froom%3Dhall")
    assert send(guest, "/book/send", id=ID, **HALL).headers["location"] == "/sign-in"
    enter(guest, post)
    for odd in ({"room": "none"}, {"on": "2025-02-30"}, {"slot": "none"}, {"slot": "", "from": "99:99", "to": "x"}):
        assert send(guest, "/book/check", id=ID, **HALL | odd).status_code == 404, odd
    assert send(guest, "/book/check", id=ID, **HALL, **{f"n{number}": "" for number in range(80)}).status_code == 400
    assert send(guest, "/book/steal", id=ID, **HALL).status_code == 400


def test_one_form_after_the_other_is_too_much_at_last(guest: TestClient, post: Postbox) -> None:
    enter(guest, post)
    answers = [send(guest, "/book/check", id=ID, **HALL).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
