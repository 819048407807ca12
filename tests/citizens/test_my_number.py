"""Citizens and their programs bring no My Number in, and no answer gives one away."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.citizens.api.app import PATH, create_api
from gateway.citizens.api.callers import hash_key
from gateway.citizens.api.number_gate import NumberGate
from store.api_clients import insert_api_client
from tests.citizens.conftest import ORIGIN
from tests.pages.city import City

NUMBER = "1234-5678-9018"
"""The example number of published guides; nobody's."""


def test_a_form_of_the_pages_refuses_it(door: FastAPI) -> None:
    client = TestClient(door, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False)
    for path in ("/register", "/sign-in"):
        answer = client.post(path, data={"email": "a@example.jp", "name": f"佐藤 {NUMBER}"})
        assert answer.status_code == 422
        assert NUMBER not in answer.text
        assert "マイナンバー" in answer.text
    answer = client.get(f"/?q={NUMBER}")
    assert (answer.status_code, NUMBER in answer.text) == (422, False)


def test_a_program_is_told_the_field(door: FastAPI, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        assert insert_api_client(tx, "hagi-navi", "はぎなび", hash_key("secret"), by="root")
    program = TestClient(door, base_url=f"{ORIGIN}{PATH}", headers={"X-Api-Key": "secret"})
    answer = program.post("/codes", json={"email": f"{NUMBER}@example.jp"})
    assert answer.status_code == 422
    assert [(fault["field"], fault["why"]) for fault in answer.json()["faults"]] == [("email", "my_number")]
    assert NUMBER not in answer.text
    assert program.get(f"/facilities?q={NUMBER}").status_code == 422


def test_an_answer_with_one_is_held_back(caplog) -> None:
    api = create_api(None)
    plain = FastAPI()
    plain.add_api_route("/told", lambda: {"purpose": f"住民 {NUMBER}"}, methods=["GET"])
    plain.add_api_route("/other", lambda: {"purpose": "読書会"}, methods=["GET"])
    plain.add_middleware(NumberGate)
    client = TestClient(plain)
    held = client.get("/told")
    assert (held.status_code, NUMBER in held.text) == (500, False)
    assert held.headers["content-type"] == "application/problem+json"
    assert client.get("/other").json() == {"purpose": "読書会"}
    assert NUMBER not in caplog.text
    assert NumberGate in {each.cls for each in api.user_middleware}
