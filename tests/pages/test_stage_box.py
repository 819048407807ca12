"""A visitor's card at a key cabinet: what the cabinet answers and does stands where a door's answer would."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from contract.cabinet_records import CabinetAsked, KeyRemoved
from gateway.operations.identity.roles import Role
from tests.pages.city import City

SignIn = Callable[[Role], TestClient]
BOX = "庁舎の鍵箱"


def test_a_cabinet_stands_among_the_readers_and_waits(sign_in_as: SignIn, city: City) -> None:
    visitor = sign_in_as(Role.employee)
    page = visitor.get("/stage?card=s0002&reader=north_box").text
    assert BOX in page
    assert "選んだカードへの答えがここに出ます" in page
    since = (city.clock() - timedelta(seconds=1)).timestamp()
    assert "鍵箱の答えを待っています" in visitor.get(f"/stage/part?card=s0002&reader=north_box&since={since}").text


def test_what_it_answers_and_does_is_told_in_order(sign_in_as: SignIn, city: City) -> None:
    visitor, since = sign_in_as(Role.employee), (city.clock() - timedelta(seconds=1)).timestamp()
    answer(city, reason="granted")
    take_key(city)
    page = visitor.get(f"/stage/part?card=s0002&reader=north_box&since={since}").text
    assert "answer-granted" in page
    assert page.index("鍵を渡した") < page.index("鍵の持ち出し")


def test_a_refusal_says_why(sign_in_as: SignIn, city: City) -> None:
    visitor, since = sign_in_as(Role.employee), (city.clock() - timedelta(seconds=1)).timestamp()
    take_key(city)
    answer(city, reason="no_key_right")
    page = visitor.get(f"/stage/part?card=s0002&reader=north_box&since={since}").text
    assert "answer-refused" in page
    assert "借りられる鍵がない" in page
    assert "鍵の持ち出し" not in page, "what was before the answer is somebody else's"


def answer(city: City, *, reason: str) -> None:
    asked = CabinetAsked(
        **stamp(city),
        reader="north_box",
        credential="1" * 32,
        technology="simulated",
        assurance=1,
        granted=reason == "granted",
        reason=reason,
        policy_confirmed_at=city.clock(),
    )
    city.record("north-1", asked)
    city.clock.advance(seconds=1)


def take_key(city: City) -> None:
    removed = KeyRemoved(
        **stamp(city), position=1, copies=("civic-key-0",), target="key/civic-key", grounds="right", entitlement="e-1"
    )
    city.record("north-1", removed)
    city.clock.advance(seconds=1)


def stamp(city: City) -> dict[str, Any]:
    moment = {"at": city.clock(), "mono_ms": 1, "boot": "boot-1", "clock": "synced"}
    return moment | {"cabinet": "north-box", "mode": "online", "policy_version": 3}
