"""The HTTP API: keys and sessions, one reservation a key, ETags, problems by field, its description kept."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from domain.facilities.reservation import ReservationState
from gateway.citizens.api.app import PATH, openapi_document
from gateway.citizens.api.callers import hash_key
from sekisho.citizens import app as command
from store.api_clients import insert_api_client, list_api_clients, revoke_api_client
from store.reservations import list_reservations_of
from tests.citizens.conftest import ORIGIN, Postbox
from tests.pages.city import City
from tests.pages.houses import HOUSE, SATO, SUNDAY, TATAMI

EMAIL = "sato@example.jp"
DOCUMENT = openapi_document()
WISH = {
    "room_id": "meeting-1",
    "from_at": "2025-12-02T13:00:00+09:00",
    "until_at": "2025-12-02T15:00:00+09:00",
    "party": 5,
    "purpose": "読書会",
}


@pytest.fixture
def program(door: FastAPI, city: City) -> TestClient:
    """The city's app, let in by its key."""
    with city.store.transaction(city.clock()) as tx:
        assert insert_api_client(tx, "hagi-navi", "はぎなび", hash_key("secret"), by="root")
    return TestClient(door, base_url=f"{ORIGIN}{PATH}", headers={"X-Api-Key": "secret"}, raise_server_exceptions=False)


@pytest.fixture
def citizen(program: TestClient, post: Postbox) -> TestClient:
    """The app with somebody's session."""
    entry = program.post("/codes", json={"email": EMAIL}).json()["entry"]
    answer = program.post("/sessions", json={"entry": entry, "code": post.read_code(EMAIL)})
    assert answer.status_code == 201
    program.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return program


def book(citizen: TestClient, key: str = "key-00000001", **other: object) -> Any:
    return citizen.post("/reservations", json=WISH | other, headers={"Idempotency-Key": key})


def whys(answer: Any) -> list[tuple[str, str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return [(fault["field"], fault["why"]) for fault in answer.json()["faults"]]


def test_nobody_asks_without_a_key_that_counts(program: TestClient, city: City) -> None:
    assert program.get("/facilities").status_code == 200
    for key in ("", "wrong"):
        answer = program.get("/facilities", headers={"X-Api-Key": key})
        assert (answer.status_code, whys(answer)) == (401, [])
    assert program.get("/reservations").status_code == 401
    with city.store.transaction(city.clock()) as tx:
        assert revoke_api_client(tx, "hagi-navi")
        assert not revoke_api_client(tx, "hagi-navi")
        assert not insert_api_client(tx, "hagi-navi", "again", hash_key("other"), by="root")
    assert program.get("/facilities").status_code == 401


def test_facilities_and_what_is_free(program: TestClient) -> None:
    houses = {each["id"]: each for each in program.get("/facilities").json()}
    assert set(houses) == {HOUSE, "library"}
    hall = next(room for room in houses[HOUSE]["rooms"] if room["id"] == "hall")
    assert {slot["id"]: slot["from_clock"] for slot in hall["slots"]}["hall-evening"] == "18:00"
    answer = program.get(f"/facilities/{HOUSE}/availability", params={"from": "2025-11-22", "days": 2})
    rooms = {room["room_id"]: room["days"] for room in answer.json()["rooms"]}
    assert [day["on"] for day in rooms["washitsu"]] == ["2025-11-22", "2025-11-23"]
    assert rooms["washitsu"][0]["free"][0] == {"from_clock": "10:00", "until_clock": "12:30"}
    assert {slot["slot_id"]: slot["vacancy"] for slot in rooms["hall"][1]["slots"]}["hall-afternoon"] == "taken"
    for query in ({"from": "1999-01-01"}, {"from": "9999-12-31"}):
        assert program.get(f"/facilities/{HOUSE}/availability", params=query).status_code == 404
    assert program.get("/facilities/nowhere/availability", params={"from": "2025-11-22"}).status_code == 404
    assert program.get(f"/facilities/{HOUSE}/availability", params={"from": "x", "days": 99}).status_code == 422


def test_what_is_as_it_was_is_not_sent_again(citizen: TestClient) -> None:
    path, query = f"/facilities/{HOUSE}/availability", {"from": "2025-12-02", "days": 1}
    first = citizen.get(path, params=query)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = citizen.get(path, params=query, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert book(citizen).status_code == 201
    changed = citizen.get(path, params=query, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_nobody_learns_by_the_api_who_is_registered(program: TestClient, post: Postbox) -> None:
    known, unknown = (program.post("/codes", json={"email": email}) for email in (EMAIL, "no@example.jp"))
    assert (known.status_code, unknown.status_code) == (202, 202)
    refused = [
        program.post("/sessions", json={"entry": each.json()["entry"], "code": "000000"}) for each in (known, unknown)
    ]
    assert [answer.status_code for answer in refused] == [401, 401]
    assert refused[0].json() == refused[1].json()
    entry = known.json()["entry"]
    assert program.get("/reservations", headers={"Authorization": f"Bearer {entry}"}).status_code == 401
    assert [letter.target for letter in post.fetch()] == [EMAIL]


def test_who_registers_by_the_app_is_in_with_the_code(program: TestClient, post: Postbox) -> None:
    hana = {"kind": "citizen", "user_class": "resident", "name": "萩 はな", "email": "hana@example.jp"}
    wrong = program.post("/reservees", json=hana | {"user_class": "city", "email": "hana", "phone": "110"})
    assert set(whys(wrong)) == {("user_class", "unknown_class"), ("email", "bad_email"), ("phone", "bad_phone")}
    entry = program.post("/reservees", json=hana).json()["entry"]
    answer = program.post("/sessions", json={"entry": entry, "code": post.read_code("hana@example.jp")})
    assert answer.json()["name"] == "萩 はな"
    token = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert program.get("/reservations", headers=token).json() == []
    assert program.delete("/sessions/current", headers=token).status_code == 204
    assert program.get("/reservations", headers=token).status_code == 401


def test_the_same_key_books_once_and_another_wish_under_it_is_refused(citizen: TestClient, city: City) -> None:
    ahead = citizen.post("/prices", json=WISH).json()
    first = book(citizen)
    assert first.status_code == 201
    assert first.json() == book(citizen).json()
    assert first.json()["state"] == "permitted"
    assert first.json()["code"] == f"sekisho:booking:{first.json()['id']}"
    assert first.json()["price"] == ahead
    assert ahead["total_yen"] == sum(line["yen"] for line in ahead["lines"]) == ahead["owed_yen"]
    other = book(citizen, party=6)
    assert (other.status_code, whys(other)) == (409, [("id", "id_taken")])
    with city.store.reading(city.clock()) as tx:
        assert len(list_reservations_of(tx, SATO)) == 3
    assert citizen.post("/reservations", json=WISH).status_code == 422


def test_what_is_taken_is_a_conflict_and_what_is_wrong_names_its_field(citizen: TestClient) -> None:
    assert book(citizen).status_code == 201
    taken = book(citizen, "key-00000002", from_at="2025-12-02T14:00:00+09:00", until_at="2025-12-02T16:00:00+09:00")
    assert taken.status_code in {409, 422}
    assert ("from_at", "taken") in whys(taken) or ("from_at", "own_overlap") in whys(taken)
    wrong = book(citizen, "key-00000003", party=0, purpose=" ", units={"piano": 1})
    assert wrong.status_code == 422
    assert {("party", "nobody"), ("purpose", "purpose_missing")} <= set(whys(wrong))
    malformed = book(citizen, "key-00000004", from_at="tomorrow", colour="red")
    assert {field for field, _ in whys(malformed)} == {"from_at", "colour"}
    assert book(citizen, "key-00000005", room_id="nowhere").status_code == 404


def test_a_change_asks_for_what_was_seen_and_cancelling_twice_is_once(citizen: TestClient, city: City) -> None:
    made = book(citizen).json()
    path = f"/reservations/{made['id']}"
    tag = citizen.get(path).headers["etag"]
    later = WISH | {"from_at": "2025-12-03T13:00:00+09:00", "until_at": "2025-12-03T14:00:00+09:00"}
    assert citizen.put(path, json=later).status_code == 428
    changed = citizen.put(path, json=later, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed.json()["price"]["total_yen"] < made["price"]["total_yen"]
    stale = citizen.put(path, json=WISH, headers={"If-Match": tag})
    assert (stale.status_code, whys(stale)) == (412, [("version", "moved_on")])
    for _ in range(2):
        assert citizen.delete(path).json()["state"] == ReservationState.cancelled
    listed = {each["id"]: each["state"] for each in citizen.get("/reservations").json()}
    assert listed[made["id"]] == "cancelled"
    late = citizen.delete(f"/reservations/{TATAMI}")
    assert (late.status_code, whys(late)) == (422, [("id", "too_late")])


def test_nobody_sees_what_is_anothers(citizen: TestClient) -> None:
    path = f"/reservations/{SUNDAY}"
    answers = [citizen.get(path), citizen.delete(path), citizen.put(path, json=WISH, headers={"If-Match": '"1"'})]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert SUNDAY not in citizen.get("/reservations").text
    assert citizen.get("/nothing").json()["status"] == 404
    assert citizen.patch("/facilities", json={}).json()["status"] == 405


def test_the_command_gives_a_key_once_and_takes_it_back(city: City, tmp_path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(write_settings(city))
    run = CliRunner().invoke
    told = run(command, ["add-client", "navi", "--name", "はぎなび", "--config", str(config)])
    assert told.exit_code == 0, told.output
    key = told.stdout.split("X-Api-Key: ")[1].split()[0]
    with city.store.reading(city.clock()) as tx:
        assert [each.name for each in list_api_clients(tx)] == ["はぎなび"]
    assert len(key) >= 40
    assert run(command, ["add-client", "navi", "--config", str(config)]).exit_code == 1
    assert run(command, ["add-client", "Bad Id", "--config", str(config)]).exit_code == 1
    assert "はぎなび" in run(command, ["clients", "--config", str(config)]).stdout
    assert run(command, ["revoke-client", "navi", "--config", str(config)]).exit_code == 0
    assert run(command, ["revoke-client", "navi", "--config", str(config)]).exit_code == 1
    assert "revoked" in run(command, ["clients", "--config", str(config)]).stdout


def write_settings(city: City) -> str:
    known = city.context.settings
    secret = known.site_key_file
    lines = {
        "database_url": known.database_url,
        "site_file": known.site_file,
        "signing_key_file": secret,
        "site_key_file": secret,
        "names_key_file": secret,
        "public_url": known.public_url,
        "listen": "127.0.0.1:8080",
    }
    devices = {"listen": "127.0.0.1:0", "ca_file": secret, "certificate_file": secret, "key_file": secret}
    tables = [lines, devices]
    return "\n[devices]\n".join("\n".join(f'{name} = "{value}"' for name, value in each.items()) for each in tables)


OPERATIONS = [(method, path) for path, item in DOCUMENT["paths"].items() for method in item]


def test_the_description_names_every_schema_that_it_uses() -> None:
    text = json.dumps(DOCUMENT)
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert f"#/components/schemas/{name}" in text, name
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(DOCUMENT["components"]["schemas"])
    assert len(OPERATIONS) == 22


@pytest.fixture
def patient(citizen: TestClient, door: FastAPI) -> TestClient:
    """The app with limits that a storm of examples does not reach."""
    house = door.state.house
    for attempts in (house.entries, house.forms, house.programs):
        attempts._max = 10**9
    return citizen


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
INSTANTS = st.datetimes().map(lambda at: f"{at.isoformat()}+09:00") | st.sampled_from(
    ["2025-12-02T13:00:00+09:00", "2025-12-02T10:30:00+09:00", "2025-12-31T23:59:00Z", "2099-12-31T23:00:00Z"]
)
ROOMS = st.sampled_from(["meeting-1", "hall", "gym", "washitsu", "study", "nowhere"])
WISHES = st.fixed_dictionaries(
    {
        "room_id": ROOMS,
        "from_at": INSTANTS,
        "until_at": INSTANTS,
        "party": st.integers(-5, 10**6),
        "purpose": st.text(max_size=300),
    },
    optional={
        "slot_id": st.sampled_from(["hall-morning", "gym-course", "none"]) | st.none(),
        "places": st.integers(-1, 9) | st.none(),
        "units": st.dictionaries(st.sampled_from(["piano", "projector", "no"]), st.integers(-1, 99), max_size=3),
        "kind": st.text(max_size=20) | st.sampled_from(["general", "profit"]),
        "options": st.lists(st.sampled_from(["air", "lights", "no"]), max_size=3),
    },
)


@given(
    operation=st.sampled_from(OPERATIONS),
    body=JSON | WISHES,
    text=st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=70),
    query=st.dictionaries(st.sampled_from(["from", "days", "since"]), st.text(max_size=30), max_size=3),
)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_answered_as_described(
    patient: TestClient, operation: tuple[str, str], body: object, text: str, query: dict[str, str]
) -> None:
    method, path = operation
    if path == "/sessions/current":
        return
    named = {"round_id": text or "xmas", "waiting_id": text or "w1"}
    told = path.format(facility_id=text or HOUSE, reservation_id=text or TATAMI, **named)
    headers = {"Idempotency-Key": text, "If-Match": '"1-applied"', "If-None-Match": text}
    answer = patient.request(method, told, json=body, headers=headers, params=query)
    assert answer.status_code < 500, answer.text
    described = DOCUMENT["paths"][path][method]["responses"]
    if answer.status_code in {404, 405} and str(answer.status_code) not in described:
        return  # a path of other characters leads to another route or to none
    assert str(answer.status_code) in described
    for content in described[str(answer.status_code)].get("content", {}).values():
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(answer.json())
