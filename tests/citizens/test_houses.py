"""What anybody may look at: public facilities, what is free, a calendar without names."""

from dataclasses import replace
from datetime import date

from fastapi.testclient import TestClient
from icalendar import Calendar

from domain.facilities.facility import Facility
from store.facilities import load_facility, save_facility
from tests.pages.city import City
from tests.pages.houses import HOUSE, LIBRARY


def test_public_facilities_are_shown_and_no_others(guest: TestClient, city: City) -> None:
    page = guest.get("/").text
    assert f"/facilities/{HOUSE}" in page
    assert f"/facilities/{LIBRARY}" in page
    assert guest.get("/rooms/study/days/2025-11-21").status_code == 200
    for other in ({"is_public": False}, {"is_public": True, "retired_on": date(2025, 11, 20)}):
        keep(city, LIBRARY, **other)
        assert f"/facilities/{LIBRARY}" not in guest.get("/").text
        for path in (f"/facilities/{LIBRARY}", f"/facilities/{LIBRARY}/calendar.ics", "/rooms/study/days/2025-11-21"):
            assert guest.get(path).status_code == 404
    assert guest.get("/facilities/nowhere").status_code == 404


def keep(city: City, facility_id: str, **other: object) -> None:
    with city.store.transaction(city.clock()) as tx:
        standing = load_facility(tx, facility_id)
        assert isinstance(standing, Facility)
        save_facility(tx, replace(standing, **other))  # type: ignore[arg-type]


def test_a_week_says_in_words_what_is_free(guest: TestClient) -> None:
    page = guest.get(f"/facilities/{HOUSE}?on=2025-11-22").text
    assert "11月22日（土） から7日間" in page
    assert "11月22日（土） 一部空き" in page  # the tatami room is asked for
    assert "11月23日（日） 一部空き" in page
    assert f"/facilities/{HOUSE}?on=2025-11-29" in page
    assert f"/facilities/{HOUSE}?on=2025-11-20" in page
    assert "青木合唱団" not in page
    for odd in ("1990-01-01", "nonsense", "2025-02-31", "2999-01-01"):
        assert guest.get(f"/facilities/{HOUSE}?on={odd}").status_code == 200


def test_a_day_offers_slots_or_free_times(guest: TestClient) -> None:
    slots = guest.get("/rooms/hall/days/2025-11-23").text
    assert "slot=hall-morning" in slots
    assert "キャンセル待ち" in slots
    free = guest.get("/rooms/washitsu/days/2025-11-22").text
    assert "10:00〜12:30" in free  # half an hour is kept for cleaning before what comes next
    assert "15:30〜20:00" in free
    assert "この日は休館です" in guest.get("/rooms/hall/days/2025-11-25").text
    for odd in ("2025-11-19", "2099-01-01", "today", "2025-11-31"):
        assert guest.get(f"/rooms/hall/days/{odd}").status_code == 404


def test_the_calendar_tells_times_and_rooms_alone(guest: TestClient) -> None:
    answer = guest.get(f"/facilities/{HOUSE}/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.text).walk("VEVENT")
    assert {str(event["summary"]) for event in events} == {"予約済 Booked"}
    assert ("大ホール 全面", 18) in {(str(event["location"]), event["dtstart"].dt.hour) for event in events}
    assert len({str(event["uid"]) for event in events}) == len(events) == 5
    for secret in ("青木", "佐藤", "合唱", "定期演奏会", "b-evening", "choir"):
        assert secret not in answer.text
