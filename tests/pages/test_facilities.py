"""An admin lays down facilities, rooms, rules, fees and duties; everything wrong is named, and nothing half-done."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from contract.fee_tables import load_fee_table
from domain.facilities.facility_fault import Thing
from domain.facilities.opening import SpecialKind
from domain.facilities.rules import FacilityRules
from gateway.bookings.facility_rules import load_facility_rules
from gateway.operations.identity.roles import Role
from gateway.pages.facilities.form_fields import begin_form, list_inputs, read_form, write_form
from gateway.pages.facilities.making import make_thing, values_of
from gateway.pages.facilities.thing_forms import FORMS, list_kept
from store.facility_duties import Duty, insert_duty, list_duties
from store.fees import list_fee_tables
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.houses import FEES_FILE, HOUSE, LIBRARY, build_houses

SignIn = Callable[[Role], TestClient]


@pytest.fixture
def houses(city: City) -> City:
    build_houses(city)
    return city


@pytest.fixture
def admin(houses: City, sign_in_as: SignIn) -> TestClient:
    return sign_in_as(Role.facility_admin)


def rules_of(city: City, facility_id: str = HOUSE) -> FacilityRules:
    with city.store.reading(city.clock()) as tx:
        return load_facility_rules(tx, [facility_id])[facility_id]


def form_of(page: str) -> dict[str, list[str]]:
    """Read the inputs of the page's keeping form, as a browser would send them."""
    body = re.search(r'<form class="form house-form".*?</form>', page, re.DOTALL)
    assert body is not None
    text, sent = body[0], {}
    for tag in re.findall(r"<input [^>]*>", text):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in {"checkbox", "radio"} or " checked" in tag):
            sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    return sent


def keep(admin: TestClient, page: str, thing: str, **changes: object) -> tuple[int, str]:
    """Send the form of a page with changes; gives the status and the text."""
    sent = form_of(page) | {name.replace("__", "."): value for name, value in changes.items()}
    answer = admin.post(f"/facilities/{HOUSE}/keep/{thing}", data=sent)
    return answer.status_code, answer.text


def edit(admin: TestClient, thing: str, thing_id: str = "") -> str:
    answer = admin.get(f"/facilities/{HOUSE}/edit/{thing}", params={"thing_id": thing_id} if thing_id else {})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("thing", list(FORMS), ids=lambda each: each.value)
def test_every_thing_is_written_into_its_form_and_read_back(houses: City, thing: Thing) -> None:
    form = FORMS[thing]
    for kept in list_kept(rules_of(houses), thing):
        values = values_of(kept)
        reading = read_form(form.fields, write_form(form.fields, values))
        assert reading.faults == {}
        made = make_thing(thing, kept.id, HOUSE, reading.values)
        assert values_of(made) == values


@pytest.mark.parametrize("thing", list(FORMS), ids=lambda each: each.value)
def test_sending_a_form_as_it_is_changes_nothing(houses: City, admin: TestClient, thing: Thing) -> None:
    before = rules_of(houses)
    for kept in list_kept(before, thing):
        status, text = keep(admin, edit(admin, thing.value, kept.id), thing.value)
        assert status == 303, text
    assert rules_of(houses) == before


def test_a_form_names_each_of_its_inputs() -> None:
    for form in FORMS.values():
        assert set(begin_form(form.fields)) == {name for field in form.fields for name in list_inputs(field)}


def test_a_facility_says_its_rules_in_plain_words(admin: TestClient) -> None:
    text = admin.get(f"/facilities/{HOUSE}").text
    for words in (
        "毎日 09:00–22:00",
        "毎週月曜日、祝日に当たるときは開館し翌平日に休館、全館",
        "毎年12月29日〜1月3日",
        "毎月第3水曜日、体育館",
        "3か月前の月の1日 09:00から、利用日の3日前の17:00まで、窓口では利用開始の1時間前まで",
        "1か月に4件まで",
        "変更と取消しは利用日の7日前の17:00まで自分で",
        "365日に3回の不使用で60日間予約できません",
        "大ホール 東面・大ホール 西面を合わせた部屋",
        "定員30口",
    ):
        assert words in text


def test_a_new_room_can_be_booked_without_a_developer(houses: City, admin: TestClient) -> None:
    status, _ = keep(
        admin, edit(admin, "room"), "room",
        id="studio", name="録音室", name_en="Studio", capacity="6", permits="rule", minutes_max="240",
    )  # fmt: skip
    assert status == 303
    room = rules_of(houses).room("studio")
    assert room is not None
    assert (room.capacity, room.spaces, room.permits.value) == (6, ("studio",), "rule")
    assert "録音室" in admin.get(f"/facilities/{HOUSE}").text


def test_a_room_may_be_made_of_others(houses: City, admin: TestClient) -> None:
    changes = {"id": "meeting", "name": "会議室 通し", "name_en": "Both", "capacity": "36"}
    status, _ = keep(admin, edit(admin, "room"), "room", spaces=["meeting-1", "meeting-2"], **changes)
    assert status == 303
    room = rules_of(houses).room("meeting")
    assert room is not None
    assert room.spaces == ("meeting-1", "meeting-2")


def test_every_fault_stands_beside_its_field_and_what_was_typed_stays(houses: City, admin: TestClient) -> None:
    before = rules_of(houses)
    status, text = keep(admin, edit(admin, "room"), "room", id="studio", name="", name_en="Studio", capacity="many")
    assert status == 422
    assert 'id="name-fault-1">入力してください。' in text
    assert 'id="capacity-fault-1">0以上の整数で入力してください。' in text
    assert 'value="many"' in text
    page = edit(admin, "room")
    changes = {"id": "Bad Id", "name": "録音室", "name_en": "Studio", "capacity": "0", "minutes_min": "45"}
    status, text = keep(admin, page, "room", **changes)
    assert status == 422
    assert all(f'id="{name}-fault-1"' in text for name in ("id", "capacity", "minutes_min"))
    assert rules_of(houses) == before


def test_an_id_that_stands_is_not_taken_over(houses: City, admin: TestClient) -> None:
    before = rules_of(houses)
    changes = {"id": "gym", "name": "別の体育館", "name_en": "Other gym", "capacity": "10"}
    status, text = keep(admin, edit(admin, "room"), "room", **changes)
    assert status == 422
    assert "同じ番号がすでにあります" in text
    assert keep(admin, edit(admin, "room"), "room", **(changes | {"id": "study"}))[0] == 422  # the library's
    assert rules_of(houses) == before


def test_the_same_form_sent_twice_lays_down_once(houses: City, admin: TestClient) -> None:
    page = edit(admin, "quota")
    for _ in range(2):
        assert keep(admin, page, "quota", counts="minutes", per="day", most="240")[0] == 303
    assert [each.most for each in rules_of(houses).quotas].count(240) == 1


def test_closing_a_booked_day_lists_the_bookings_until_somebody_knows(houses: City, admin: TestClient) -> None:
    page = edit(admin, "special_days")
    changes = {"kind": "closed", "first_on": "2025-11-23", "reason": "選挙の投票所のため"}
    status, text = keep(admin, page, "special_days", **changes)
    assert status == 422
    assert "これからの予約 1 件が開館時間の外になります" in text
    assert 'href="/bookings/b-sunday"' in text
    assert keep(admin, text, "special_days", **changes, even_so="true")[0] == 303
    special = [each for each in rules_of(houses).opening.special_days if each.first_on == date(2025, 11, 23)]
    assert [(each.kind, each.last_on, each.reason) for each in special] == [
        (SpecialKind.closed, date(2025, 11, 23), "選挙の投票所のため")
    ]


def test_a_rule_is_ended_not_erased(houses: City, admin: TestClient) -> None:
    quota = rules_of(houses).quotas[0]
    assert send(admin, f"/facilities/{HOUSE}/retire/quota", thing_id=quota.id) == 303
    assert quota.id not in {each.id for each in rules_of(houses).quotas}
    assert send(admin, f"/facilities/{HOUSE}/retire/room", thing_id="gym") == 404
    text = admin.get(f"/facilities/{HOUSE}/changes").text
    assert quota.id in text
    assert "終了" in text
    assert "ueda" in text


def test_ending_hours_that_bookings_need_lists_them(houses: City, admin: TestClient) -> None:
    opening = next(each for each in rules_of(houses).opening.openings if each.room_id is None)
    text = told(admin, f"/facilities/{HOUSE}/retire/opening", thing_id=opening.id)
    assert "件が開館時間の外になります" in text or "保存できませんでした" in text
    assert opening in rules_of(houses).opening.openings


def test_a_new_facility_says_what_it_still_needs(houses: City, admin: TestClient) -> None:
    page = admin.get("/facilities/new/edit/facility").text
    sent = form_of(page) | {"id": "hall-2", "name": "南館", "name_en": "South", "department_id": "shisetsu"}
    answer = admin.post("/facilities/new/keep/facility", data=sent)
    assert answer.headers["location"] == "/facilities/hall-2#facility"
    text = admin.get("/facilities/hall-2").text
    assert "開館時間がありません。登録するまで予約できません" in text
    assert admin.post("/facilities/new/keep/facility", data=sent | {"id": HOUSE}).status_code == 422


def test_the_year_is_a_picture_with_words(admin: TestClient) -> None:
    text = admin.get(f"/facilities/{HOUSE}/year", params={"room": "meeting-1", "year": 2025}).text
    assert "第1会議室は年間" in text
    assert "ふだんは 09:00–22:00 です" in text
    assert "12月29日（月）〜1月3日（土）" in text
    assert text.count('class="year-month"') == 12


def test_amounts_of_the_same_day_are_a_new_version_and_of_a_later_one_a_new_table(
    houses: City, admin: TestClient
) -> None:
    def tables() -> list[tuple[str, int, date, date | None, int | None]]:
        with houses.store.reading(houses.clock()) as tx:
            found = [(each, load_fee_table(each.content)) for each in list_fee_tables(tx, HOUSE)]
        return [(each.id, each.version, each.from_on, each.until_on, table.rates[0].yen) for each, table in found]

    (first,) = tables()
    sent = _amounts(admin.get(f"/facilities/{HOUSE}/fees").text)
    row = next(name for name in sent if name.startswith("yen.half-morning"))
    assert send(admin, f"/facilities/{HOUSE}/keep-fees", **(sent | {row: "6,800"})) == 303
    assert tables() == [(first[0], 2, first[2], None, 6800)]
    later = sent | {row: "7,000", "from_on": "2026-04-01"}
    assert send(admin, f"/facilities/{HOUSE}/keep-fees", **later) == 303
    assert tables() == [
        (first[0], 3, first[2], date(2026, 3, 31), 6800),
        ("shimin-kan-20260401", 1, date(2026, 4, 1), None, 7000),
    ]
    text = told(admin, f"/facilities/{HOUSE}/keep-fees", **(sent | {row: "-1", "from_on": "2025-03-31"}))
    assert "0以上の整数で入力してください" in text
    assert "適用開始日は 2025-04-01 以後にしてください" in text
    assert len(tables()) == 2


def _amounts(page: str) -> dict[str, str]:
    inputs = re.findall(r'<input class="house-amount" name="([^"]+)" value="([^"]*)"', page)
    table = re.search(r'name="table" value="([^"]+)"', page)
    first = re.search(r'name="from_on" type="date" value="([^"]+)"', page)
    assert table is not None
    assert first is not None
    return dict(inputs) | {"table": table[1], "from_on": first[1]}


def test_a_table_from_a_file_is_checked_whole(houses: City, admin: TestClient) -> None:
    def upload(content: bytes, house: str = HOUSE) -> tuple[int, str]:
        form = {"csrf": csrf_of(admin), "facility_id": house}
        answer = admin.post("/fee-tables", data=form, files={"file": ("fees.toml", content)})
        return answer.status_code, answer.text

    assert "TOML として読めません" in upload(b"= broken")[1]
    assert "charge" in upload(FEES_FILE.read_bytes().replace(b'charge = "room"', b'charge = "roof"'))[1]
    assert "shimin-kan の料金表です" in upload(FEES_FILE.read_bytes(), LIBRARY)[1]
    with houses.store.reading(houses.clock()) as tx:
        assert [each.version for each in list_fee_tables(tx, HOUSE)] == [1]
    assert upload(FEES_FILE.read_bytes())[0] == 303
    with houses.store.reading(houses.clock()) as tx:
        assert [(each.version, each.from_on) for each in list_fee_tables(tx, HOUSE)] == [(2, date(2026, 4, 1))]


def test_duties_are_given_ended_and_narrow_what_is_seen(houses: City, admin: TestClient) -> None:
    assert "madoguchi" in admin.get(f"/facilities/{HOUSE}/duties").text
    assert send(admin, f"/facilities/{HOUSE}/give-duty", login="aoki", duty="decide") == 303
    assert "nobody というアカウントはありません" in told(
        admin, f"/facilities/{HOUSE}/give-duty", login="nobody", duty="desk"
    )
    assert send(admin, f"/facilities/{HOUSE}/end-duty", login="aoki", duty="decide") == 303
    with houses.store.transaction(houses.clock()) as tx:
        assert {each.login for each in list_duties(tx, HOUSE)} == {"madoguchi"}
        insert_duty(tx, "ueda", LIBRARY, Duty.decide, by="root")
    assert admin.get(f"/facilities/{LIBRARY}").status_code == 200
    for path in ("", "/year", "/changes", "/duties", "/fees", "/edit/room"):
        assert admin.get(f"/facilities/{HOUSE}{path}").status_code == 404
    assert send(admin, f"/facilities/{HOUSE}/retire/quota", thing_id="shimin-kan-quota-1") == 404
    assert "市民館" not in admin.get("/facilities").text


def test_classes_are_kept_and_given_no_more(houses: City, admin: TestClient) -> None:
    fields = {"id": "student", "name": "学生", "name_en": "Students", "position": "5"}
    assert send(admin, "/facility-classes", **fields) == 303
    until = (houses.clock() + timedelta(days=1)).date().isoformat()
    assert send(admin, "/facility-classes", **(fields | {"retired_on": until})) == 303
    assert "2025" not in admin.get("/facility-classes?class_id=student").text.split("student")[0]
    assert "学生" in admin.get("/facility-classes").text
    assert "1〜" in told(admin, "/facility-classes", **(fields | {"name": ""}))


def test_an_auditor_reads_and_changes_nothing(houses: City, sign_in_as: SignIn) -> None:
    auditor = sign_in_as(Role.auditor)
    text = auditor.get(f"/facilities/{HOUSE}").text
    assert "毎日 09:00–22:00" in text
    assert "部屋を加える" not in text
    assert auditor.get(f"/facilities/{HOUSE}/edit/room").status_code == 403


def test_a_file_is_looked_through_before_it_is_taken_in(houses: City, admin: TestClient) -> None:
    before = rules_of(houses)
    text = admin.get(f"/facilities/{HOUSE}/file").text
    assert unescape(admin.get("/facility-file", params={"facility": HOUSE}).text.split("<textarea")[1]).count(text) == 1

    def bring(words: str, **more: str) -> tuple[int, str]:
        answer = admin.post("/facility-file", data={"csrf": csrf_of(admin), "text": words, **more})
        return answer.status_code, answer.text

    changed = text.replace("capacity: 24", "capacity: 30")
    status, page = bring(changed)
    assert status == 200, page
    assert "か所が変わります" in page
    assert "meeting-1" in page
    assert rules_of(houses) == before
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    # Other words than those that were looked through are shown, not taken in.
    assert bring(changed.replace("capacity: 30", "capacity: 31"), seen=seen[1])[0] == 200
    assert bring(changed, seen=seen[1])[0] == 303
    room = rules_of(houses).room("meeting-1")
    assert room is not None
    assert room.capacity == 30
    assert "変わるところはありません" in bring(admin.get(f"/facilities/{HOUSE}/file").text)[1]


@pytest.mark.parametrize(
    ("text", "told_words"),
    [
        ("facility: [", "YAML ではありません"),
        ("a: &a [1]\nb: *a", "& と * は使えません"),
        ("[" * 3000, "YAML"),
        ("facility:\n  id: x\n  name: X\n  department: shisetsu\nrooms: []\nhours: []", "rooms"),
    ],
    ids=["broken", "aliases", "deep", "empty"],
)
def test_a_file_that_is_wrong_is_told_by_its_lines(houses: City, admin: TestClient, text: str, told_words: str) -> None:
    before = rules_of(houses)
    assert told_words in unescape(told(admin, "/facility-file", text=text))
    assert rules_of(houses) == before
