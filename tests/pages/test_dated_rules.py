"""Which rules hold from when, what changed, and the day on which somebody is employed otherwise."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from fastapi.testclient import TestClient

from domain.civil import instant
from gateway.operations.identity.roles import Role
from store.people import Person, load_persons, upsert_persons
from tests.pages.city import City
from tests.pages.ruled import change_rules

ISHII = "s0002"
SignIn = Callable[[Role], TestClient]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def _note(text: str, day: int) -> str:
    row = text.split(f'<tr id="day-{day}"')[1].split("</tr>", maxsplit=1)[0]
    return " ".join(re.findall(r'<span class="note note-change">(.*?)</span>', row))


def test_a_city_that_never_changed_its_rules_has_no_list_of_them(sign_in_as: SignIn) -> None:
    assert 'id="versions"' not in sign_in_as(Role.employee).get("/attendance/profile").text


def test_the_rules_stand_with_their_days_and_what_changed(city: City, sign_in_as: SignIn) -> None:
    change_rules(city, date(2025, 12, 1), stay_threshold_minutes=30)
    client = sign_in_as(Role.employee)
    text = client.get("/attendance/profile").text
    versions = _plain(text.split('<h2 id="versions"')[1].split("</section>")[0])
    new, old = versions.split("新しい条例 令和7年（2025年）12月から")[1].split("萩市（条例準則型）")
    assert new.startswith(" これから")
    assert "退勤後の在庁を乖離とする長さ 15分 30分 R14; 労働時間" in new
    assert old == " 令和7年（2025年）11月まで いま有効 下に表示中"
    assert "萩市（条例準則型）の値" in text
    later = client.get("/attendance/profile?on=2025-12-01").text
    assert "新しい条例の値" in later
    assert client.get("/attendance/profile?on=x").status_code == 200


def test_a_month_is_shown_by_its_own_rules(city: City, sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    before = client.get("/months/2025-11").text
    change_rules(city, date(2025, 12, 1), stay_threshold_minutes=60)
    assert client.get("/months/2025-11").text == before
    assert _note(client.get("/months/2025-12").text, 1) == "この日から新しい規則（新しい条例）"
    change_rules(city, date(2025, 11, 1), stay_threshold_minutes=60)
    text = client.get("/months/2025-11").text
    assert "30分 命令のない在庁" in _plain(before)
    assert "30分 命令のない在庁" not in _plain(text)


def test_the_day_of_a_promotion_says_so(city: City, sign_in_as: SignIn) -> None:
    def change(person: Person, day: int, **terms: object) -> Person:
        changed = replace(person, **terms)  # type: ignore[arg-type]
        with city.store.transaction(instant(date(2025, 11, day), 9 * 60)) as tx:
            upsert_persons(tx, [changed])
        return changed

    with city.store.reading(city.clock()) as tx:
        ishii = load_persons(tx, [ISHII])[ISHII]
    ishii = change(ishii, 4, employment="part_time")
    change(ishii, 17, employment="full_time", is_manager=True)
    text = sign_in_as(Role.employee).get("/months/2025-11").text
    assert _note(text, 4) == "この日から短時間勤務"
    assert _note(text, 17) == "この日から常勤 この日から管理職"
    assert _note(text, 18) == ""
    row = _plain(text.split('<tr id="day-13"')[1].split("</tr>")[0])
    assert "3.15" in row  # ordered before, so it stays overtime
    assert "2.45" not in _plain(text.split('<tr id="day-17"')[1].split("</tr>")[0])  # a manager has none
