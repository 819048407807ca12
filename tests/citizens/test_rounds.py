"""Draws at the citizens' door: entered once, changed, left, and what came of it for anybody to replay."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant
from domain.facilities.lottery import Lot, Round, hash_seed
from gateway.bookings.draw_file import find_differences, read_draw_file
from gateway.operations.facilities.draw_round import draw_round
from gateway.operations.facilities.open_round import open_round
from store.lotteries import find_entry
from tests.citizens.conftest import Postbox, enter, send
from tests.pages.city import City
from tests.pages.houses import HOUSE, SATO

SEED = "5eed" * 16
ON = date(2025, 12, 20)


@pytest.fixture
def round_(city: City) -> Round:
    """A draw for two parts of a Saturday in the hall."""
    lots = (
        Lot("am", "hall", instant(ON, 540), instant(ON, 720), 1, "hall-morning"),
        Lot("pm", "hall", instant(ON, 780), instant(ON, 1020), 1, "hall-afternoon"),
    )
    ends_at = city.clock() + timedelta(days=2)
    new = Round("xmas", HOUSE, "年末の抽選", "Year's End", city.clock(), ends_at, lots, hash_seed(SEED), choices_most=2)
    with city.store.transaction(city.clock()) as tx:
        open_round(tx, new, by="root")
    return new


def choose(guest: TestClient, *choices: str, **other: str) -> int:
    named = {f"choice_{number}": lot for number, lot in enumerate(choices, 1)}
    form = {"id": "e" * 32, "party": "100", "purpose": "合唱祭"} | named | other
    return send(guest, "/rounds/xmas/entered", **form).status_code


def entered(city: City) -> tuple[str, ...] | None:
    with city.store.reading(city.clock()) as tx:
        found = find_entry(tx, "xmas", SATO)
    return None if found is None or found.withdrawn_at is not None else found.entry.choices


def test_a_draw_is_entered_changed_left_and_told(guest: TestClient, post: Postbox, city: City, round_: Round) -> None:
    assert "/rounds" in guest.get("/").text
    assert "受付中" in guest.get("/rounds").text
    assert guest.get("/rounds/xmas/entry").headers["location"].startswith("/sign-in?then=")
    enter(guest, post)
    assert choose(guest, "am") == 303
    assert choose(guest, "pm", "am", id="f" * 32) == 303  # another form changes the same entry
    assert entered(city) == ("pm", "am")
    assert '<option value="pm" selected>' in guest.get("/rounds/xmas/entry").text
    assert send(guest, "/rounds/xmas/left").status_code == 303
    assert entered(city) is None
    assert choose(guest, "am", "pm") == 303
    assert "第2希望" in guest.get("/rounds/xmas").text
    assert guest.get("/rounds/xmas/draw.json").status_code == 404
    city.clock.advance(days=3)
    with city.store.transaction(city.clock()) as tx:
        draw_round(tx, "xmas", SEED, by="root")
    enter(guest, post)
    page = guest.get("/rounds/xmas").text
    assert "当選" in page
    assert SEED in page
    told = guest.get("/rounds/xmas/draw.json").content
    assert find_differences(read_draw_file(told)) == []
    assert SATO not in told.decode()
    assert choose(guest, "am") == 422
    assert guest.get("/rounds/xmas/entry").status_code == 303


def test_faults_of_an_entry_stand_at_their_fields(guest: TestClient, post: Postbox, city: City, round_: Round) -> None:
    enter(guest, post)
    for choices, other, place in (
        ((), {}, "choices"),
        (("am", "am"), {}, "choices"),
        (("nothing",), {}, "choices"),
        (("am",), {"party": "5000"}, "party"),
        (("am",), {"purpose": " "}, "purpose"),
    ):
        named = {f"choice_{number}": lot for number, lot in enumerate(choices, 1)}
        form = {"id": "e" * 32, "party": "100", "purpose": "合唱祭"} | named | other
        answer = send(guest, "/rounds/xmas/entered", **form)
        assert answer.status_code == 422
        assert f'id="{place}-fault"' in answer.text
    assert entered(city) is None
    assert guest.get("/rounds/none").status_code == 404
    assert send(guest, "/rounds/none/entered").status_code == 404
