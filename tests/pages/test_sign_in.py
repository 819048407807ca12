"""Signing in and out, locks, limits, and changing the password."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.operations.identity.change_roles import change_roles
from gateway.operations.identity.create_account import AccountError, create_account
from gateway.operations.identity.disable_account import disable_account
from gateway.operations.identity.passwords import Weakness, assess_password, hash_password, is_right
from gateway.operations.identity.roles import Role
from gateway.pages.app import create_pages
from gateway.pages.entrance.attempts import Attempts
from store.accounts import load_account
from store.tables import person
from store.tx import Store
from tests.pages.city import NOW, PASSWORD, PASSWORD_HASH, City
from tests.pages.conftest import csrf_of, make_client, set_cookie, sign_in


def _refusal(client: TestClient, login: str, password: str) -> str:
    answer = client.post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers
    return answer.text.replace(f'value="{login}"', "")


def test_the_right_password_opens_the_home_page(client: TestClient) -> None:
    assert sign_in(client, "ishii") == 303
    assert "石井 健太" in client.get("/").text


def test_every_way_to_fail_looks_the_same(city: City) -> None:
    client = make_client(create_pages(city.context))  # no stage: its list of accounts would differ
    with city.store.transaction(NOW) as tx:
        disable_account(tx, "kansa")
    wrong = _refusal(client, "ishii", "wrong")
    assert _refusal(client, "nobody", PASSWORD) == wrong
    assert _refusal(client, "kansa", PASSWORD) == wrong
    for _ in range(5):
        _refusal(client, "desk", "wrong")
    assert _refusal(client, "desk", PASSWORD) == wrong  # locked now, and nothing says so


def test_five_wrong_ones_lock_for_a_quarter_of_an_hour(city: City, pages: FastAPI) -> None:
    client = make_client(pages)
    for _ in range(5):
        assert sign_in(client, "ishii", "wrong") == 422
    assert sign_in(client, "ishii") == 422
    city.clock.advance(minutes=14, seconds=59)
    assert sign_in(client, "ishii") == 422
    city.clock.advance(seconds=2)
    assert sign_in(client, "ishii") == 303


def test_a_right_password_forgets_the_wrong_ones(city: City, client: TestClient) -> None:
    for _ in range(4):
        sign_in(client, "ishii", "wrong")
    assert sign_in(client, "ishii") == 303
    with city.store.reading(NOW) as tx:
        account = load_account(tx, "ishii")
    assert account is not None
    assert account.failures == 0


def test_one_address_may_try_so_often_a_minute(city: City, client: TestClient) -> None:
    answers = [client.post("/sign-in", data={"login": f"x{n}", "password": "x" * 200}).status_code for n in range(31)]
    assert answers == [422] * 30 + [429]
    city.clock.advance(minutes=1)
    assert sign_in(client, "ishii") == 303


def test_attempts_forget_the_longest_unseen_key_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.pages.entrance.attempts.KEYS_MAX", 2)
    attempts = Attempts(attempts_max=1)
    assert attempts.admit("a", NOW)
    assert attempts.admit("b", NOW)
    assert not attempts.admit("a", NOW)
    assert attempts.admit("c", NOW)  # b goes
    assert not attempts.admit("a", NOW)


def test_a_session_known_before_signing_in_is_worth_nothing_after(city: City, pages: FastAPI) -> None:
    victim = make_client(pages)
    set_cookie(victim, "planted-by-somebody")
    assert sign_in(victim, "ishii") == 303
    assert victim.cookies["sekisho"] != "planted-by-somebody"
    attacker = make_client(pages)
    set_cookie(attacker, "planted-by-somebody")
    assert attacker.get("/password").status_code == 303


def test_signing_in_again_ends_the_session_before(pages: FastAPI) -> None:
    client = make_client(pages)
    sign_in(client, "ishii")
    old = client.cookies["sekisho"]
    assert sign_in(client, "ishii") == 303
    other = make_client(pages)
    set_cookie(other, old)
    assert other.get("/password").status_code == 303


def test_signing_out_ends_the_session_on_the_server(pages: FastAPI, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    copy = make_client(pages)
    set_cookie(copy, client.cookies["sekisho"])
    assert copy.get("/password").status_code == 200
    answer = client.post("/sign-out", data={"csrf": csrf_of(client)})
    assert 'sekisho=""' in answer.headers["set-cookie"]
    assert copy.get("/password").status_code == 303


def test_a_lost_role_and_a_disabled_account_are_out_at_once(city: City, sign_in_as) -> None:
    operator, auditor = sign_in_as(Role.operator), sign_in_as(Role.auditor)
    with city.store.transaction(NOW) as tx:
        change_roles(tx, "desk", {Role.employee})
        disable_account(tx, "kansa")
    assert operator.get("/doors").headers["location"].startswith("/sign-in")
    assert auditor.get("/doors").headers["location"].startswith("/sign-in")
    again = sign_in_as(Role.operator)
    assert again.get("/doors").status_code == 403


def test_a_role_lost_behind_our_back_counts_at_once_too(city: City, sign_in_as) -> None:
    operator = sign_in_as(Role.operator)
    with city.store.transaction(NOW) as tx:
        tx.connection.exec_driver_sql("UPDATE account SET roles = 'employee no_such_role' WHERE login = 'desk'")
    assert operator.get("/doors").status_code == 403


def test_who_has_left_is_out_from_the_day_after(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    with city.store.transaction(NOW) as tx:
        tx.connection.execute(person.update().where(person.c.id == "s0002").values(left_on=NOW.date()))
    assert client.get("/password").status_code == 200
    city.clock.advance(hours=8)  # past midnight; kept from falling idle below
    with city.store.transaction(city.clock()) as tx:
        tx.connection.exec_driver_sql("UPDATE session SET seen_at = '2025-11-20T15:30:00.000000+00:00'")
    assert client.get("/password").status_code == 303


def test_a_page_that_renews_itself_keeps_no_session_alive(city: City, sign_in_as) -> None:
    worker, board = sign_in_as(Role.operator), sign_in_as(Role.operator)
    for _ in range(4):
        city.clock.advance(minutes=10)
        worker.get("/doors")
        board.get("/doors/part", headers={"HX-Request": "true"})
    assert worker.get("/doors").status_code == 200
    assert board.get("/doors").status_code == 303


NEW = "まったく別の長いことば 99"


def _change(client: TestClient, current: str, new: str, again: str | None = None) -> int:
    form = {"csrf": csrf_of(client), "current": current, "new": new, "again": again or new}
    return client.post("/password", data=form).status_code


def test_changing_the_password_ends_every_other_session(pages: FastAPI, sign_in_as) -> None:
    client, other = sign_in_as(Role.employee), sign_in_as(Role.employee)
    old = client.cookies["sekisho"]
    assert _change(client, PASSWORD, NEW) == 200
    assert other.get("/password").status_code == 303
    copy = make_client(pages)
    set_cookie(copy, old)
    assert copy.get("/password").status_code == 303
    assert sign_in(make_client(pages), "ishii") == 422
    assert sign_in(make_client(pages), "ishii", NEW) == 303


def test_a_weak_or_mistyped_new_password_changes_nothing(pages: FastAPI, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    assert _change(client, "wrong", NEW) == 422
    assert _change(client, PASSWORD, NEW, "other") == 422
    for weak in ("short", "x" * 129, "ishii-ishii-ishii", "aaaaaaaaaaaa"):
        assert _change(client, PASSWORD, weak) == 422
    assert sign_in(make_client(pages), "ishii") == 303


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("12345678901", Weakness.too_short),
        ("x" * 129, Weakness.too_long),
        ("my name is Ishii", Weakness.holds_login),
        ("abcabcabcabc", Weakness.one_character),
        ("correct horse battery", None),
    ],
)
def test_what_speaks_against_a_password(password: str, weakness: Weakness | None) -> None:
    assert assess_password(password, "ishii") is weakness


def test_hashes_are_argon2id_with_the_recommended_cost() -> None:
    assert PASSWORD_HASH.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hash_password(PASSWORD) != PASSWORD_HASH
    assert is_right(PASSWORD_HASH, PASSWORD)
    assert not is_right(PASSWORD_HASH, "x" * 100_000)
    assert not is_right("no hash", PASSWORD)
    assert not is_right(None, PASSWORD)


@pytest.mark.parametrize(
    ("login", "roles", "said"),
    [("Ishii", {Role.hr}, "a-z"), ("new", set(), "at least one"), ("ishii", {Role.hr}, "taken")],
)
def test_an_account_that_cannot_be(city: City, login: str, roles: set[Role], said: str) -> None:
    with pytest.raises(AccountError, match=said), city.store.transaction(NOW) as tx:
        create_account(tx, login, password_hash=PASSWORD_HASH, roles=roles)


def test_accounts_on_both_databases(store: Store) -> None:
    with store.transaction(NOW) as tx:
        create_account(tx, "x-1", password_hash=PASSWORD_HASH, roles={Role.operator, Role.auditor})
    with store.reading(NOW) as tx:
        account = load_account(tx, "x-1")
    assert account is not None
    assert account.roles == ("auditor", "operator")
