"""A room's own page, its lottery rounds, and what stands of a series: what is told, to whom, and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant
from domain.facilities.lottery import Lot, Round, hash_seed
from gateway.operations.facilities.open_round import open_round
from gateway.operations.identity.roles import Role
from store.lotteries import find_entry
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.houses import DECIDER, HOUSE, ISHII, SATO, build_houses

Enter = Callable[[Role], TestClient]
ID = "0123456789abcdef"


@pytest.fixture
def houses(city: City) -> City:
    build_houses(city)
    return city


@pytest.fixture
def spring(houses: City) -> Round:
    """A round of two Sundays' great hall and one of its eastern half, open for a week."""
    now = houses.clock()
    times = [instant(date(2026, 3, day), minute) for day in (1, 8, 15) for minute in (780, 1020)]
    lots = (
        Lot("lot-1", "hall", times[0], times[1], 1, "hall-afternoon"),
        Lot("lot-8", "hall", times[2], times[3], 1, "hall-afternoon"),
        Lot("lot-15", "hall-east", times[4], times[5], 1, "hall-east-afternoon"),
    )
    names = ("春の大ホール", "Great Hall in spring")
    new = Round("spring", HOUSE, *names, now, now + timedelta(days=7), lots, hash_seed("x"), choices_most=2)
    with houses.store.transaction(now) as tx:
        return open_round(tx, new, by=DECIDER.login)


def without_marks(text: str) -> str:
    """Give a page's text with the rest of a rule right behind its title."""
    return text.replace('<span class="quiet">', "")


def test_a_room_tells_its_rules_and_fees_in_plain_words(houses: City, sign_in_as: Enter) -> None:
    text = without_marks(sign_in_as(Role.employee).get("/rooms/hall?on=2025-11-23").text)
    for words in (
        "大ホール 全面", "定員320人", "文化振興財団", "毎日 09:00–22:00",
        "定期休館日 毎週月曜日、祝日に当たるときは開館し翌平日に休館、全館", "年末年始 毎年12月29日〜1月3日",
        "前に準備30分", "大ホール 東面", "グランドピアノ", "午後 13:00–17:00、毎日",
        "市内の個人・団体 3か月前の月の1日 09:00から、利用日の3日前の17:00まで、窓口では利用開始の1時間前まで",
        "2か月前の同じ日 09:00から", "1か月に4件まで すべての利用者、全館",
        "変更と取消しは利用日の7日前の17:00まで自分で", "始まって30分来なければ不使用",
        "19,800円", "午後、土・日・祝日", "別表第1 1", "部屋の使用料の30% 60分ごと", "50%増", "100%減", "30,000円",
        "利用日の7日前までの取消し",
    ):  # fmt: skip
        assert words in text, words
    assert "バドミントン" not in text  # of another room


def test_a_room_by_the_hour_tells_its_own_hours_and_steps(houses: City, sign_in_as: Enter) -> None:
    text = sign_in_as(Role.employee).get("/rooms/washitsu?on=2025-11-22").text
    for words in (
        "毎日 10:00–20:00",
        "開始は1時間ごと",
        "1時間から8時間まで",
        "12:30–15:30",
        "550円 60分ごと",
    ):
        assert words in without_marks(text), words
    assert 'href="/rooms/washitsu/book?on=2025-11-22&amp;from=16:00"' in text
    gym = without_marks(sign_in_as(Role.employee).get("/rooms/gym").text)
    assert "体育館の床点検 毎月第3水曜日<" in gym  # in its own page the room is not named
    assert "300円 1口" in gym
    assert "30日前の09:00から" in gym


def test_a_house_without_rules_says_what_lacks(houses: City, sign_in_as: Enter) -> None:
    text = sign_in_as(Role.employee).get("/rooms/study").text
    assert "この部屋の受付の期間は、まだ定められていません" in text
    assert "使用料表は登録されていません" in text


def test_a_room_is_there_only_for_those_who_see_its_house(houses: City, sign_in_as: Enter) -> None:
    assert sign_in_as(Role.facility_desk).get("/rooms/study").status_code == 404
    assert sign_in_as(Role.facility_desk).get("/rooms/hall").status_code == 200
    auditor = sign_in_as(Role.auditor)
    assert auditor.get("/rooms/study").status_code == 200
    assert "この部屋を予約" not in auditor.get("/rooms/hall").text
    assert "/book?" not in auditor.get("/rooms?span=day&on=2025-11-22").text
    assert auditor.get("/rooms/nowhere").status_code == 404


def test_in_english_a_room_says_the_same(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    client.cookies.set("sekisho_language", "en", domain="127.0.0.1")
    text = client.get("/rooms/hall?on=2025-11-23").text
    for words in ("Great Hall", "every day 09:00–22:00", "until 17:00, 3 days before the use", "¥19,800", "Morning",
                  "Great Hall, afternoon (weekends, holidays)", "Afternoon; Sat, Sun, holidays",
                  "Cancelled the day before or earlier", "Fees of the Civic Hall"):  # fmt: skip
        assert words in text, words
    assert "大ホール" not in text


def enter(client: TestClient, room: str = "hall", **form: object) -> tuple[int, str]:
    asked = {"id": ID, "round_id": "spring", "choices": ["lot-8", "lot-1"], "party": "200", "purpose": "合唱祭"}
    answer = client.post(f"/rooms/{room}/lots", data={"csrf": csrf_of(client)} | asked | form)
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_round_is_offered_where_it_has_lots(houses: City, spring: Round, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    assert "春の大ホール" in client.get("/rooms/hall").text
    assert "春の大ホール" not in client.get("/rooms/gym").text
    assert client.get("/rooms/gym/lots").status_code == 404
    text = client.get("/rooms/hall-east/lots").text
    assert "2026年3月15日（日） 大ホール 東面 午後 13:00–17:00" in text
    houses.clock.advance(days=8)
    assert sign_in_as(Role.employee).get("/rooms/hall/lots").status_code == 404


def test_an_entry_is_kept_and_changed(houses: City, spring: Round, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    assert enter(client) == (303, "/bookings/rounds/spring?done=enter")
    assert enter(client, id="f" * 16, choices=["lot-15", ""], party="100")[0] == 303
    with houses.store.reading(houses.clock()) as tx:
        kept = find_entry(tx, "spring", ISHII)
    assert kept is not None
    assert kept.entry.choices == ("lot-15",)
    assert 'value="lot-15" selected' in client.get("/rooms/hall/lots").text


def test_what_is_wrong_with_an_entry_stands_at_its_field(houses: City, spring: Round, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    for form, field in (
        ({"choices": []}, "choices"),
        ({"choices": ["lot-1", "lot-1"]}, "choices"),
        ({"choices": ["lot-9"]}, "choices"),
        ({"party": "zehn"}, "party"),
        ({"party": "999"}, "party"),
        ({"purpose": ""}, "purpose"),
    ):
        status, text = enter(client, **form)
        assert status == 422, form
        assert f'id="fault-{field}"' in text, form
    with houses.store.reading(houses.clock()) as tx:
        assert find_entry(tx, "spring", ISHII) is None


def test_a_counter_enters_for_somebody(houses: City, spring: Round, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.facility_desk)
    status, text = enter(client, act="search", who="サトウ")
    assert status == 200
    assert 'value="sato" checked' in text
    assert enter(client, reservee_id=SATO)[0] == 303
    with houses.store.reading(houses.clock()) as tx:
        assert find_entry(tx, "spring", SATO) is not None


def test_what_stands_of_a_series_is_for_those_whose_it_is(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    form = {"id": ID, "act": "series", "on": "2025-11-28", "from_at": "10:00", "until_at": "12:00", "party": "8",
            "purpose": "係内", "purpose_class": "general", "repeat": "weekly", "last_on": "2025-12-12"}  # fmt: skip
    answer = client.post("/rooms/meeting-2/book", data={"csrf": csrf_of(client)} | form)
    path = answer.headers["location"]
    text = client.get(f"{path}?refused=20251219,20251226").text
    assert "3回を予約しました" in text
    assert f'href="/bookings/{ID}-20251205"' in text
    assert "予約できなかった日が2日あります" in text
    assert "12月19日（金）" in text
    assert sign_in_as(Role.facility_desk).get(path).status_code == 200
    assert sign_in_as(Role.head).get(path).status_code == 404
    assert client.get(f"{path}?refused=2025").status_code == 400
    assert client.get("/rooms/meeting-2/series/nothing").status_code == 404
