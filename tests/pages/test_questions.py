"""Asking the rules: whom, where and when, or a recorded tap; each rule with what it says."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from contract.records import SituationFacts
from domain.access.door import DoorMode
from domain.access.situation import Pin
from domain.civil import instant
from gateway.intake.reception import open_reception
from gateway.operations.access.publish_policy import publish_policy
from gateway.operations.identity.roles import Role
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.rollouts.revisions import Revision
from store.board import list_tap_lines
from store.door_states import DoorFacts, save_door_facts
from store.editions import Edition, insert_edition
from store.hr_grants import save_level_grants
from store.people import Card, upsert_cards
from store.policy_tables import policy_edition
from tests.pages.city import City
from tests.pages.conftest import csrf_of

CARD, LOST = "a" * 32, "b" * 32
SignIn = Callable[[Role], TestClient]


@pytest.fixture
def version(city: City) -> int:
    """石井 has a card and the level of the staff, 青木 a lost card; the policy is published. It is Thursday 16:30."""
    return publish(city)


def publish_card(city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [card(CARD, "s0002"), card(LOST, "s0001", "lost")])
        save_level_grants(tx, {"s0002": ("staff",), "s0001": ("staff",)})


def publish(city: City) -> int:
    publish_card(city)
    with city.store.transaction(city.clock()) as tx:
        policy = publish_policy(tx, Revision("test", city.context.site), now=city.clock())
    assert policy is not None
    return policy.version


def card(token: str, person: str, status: str = "active") -> Card:
    return Card(token, person, "職員証", status)  # type: ignore[arg-type]


def ask(client: TestClient, **asked: Any) -> tuple[int, str]:
    answer = client.get("/questions", params=asked)
    return answer.status_code, answer.text


def outcomes(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('class="outcome outcome-')[1:]]


@pytest.mark.parametrize("role", [Role.hr, Role.facility_admin, Role.operator, Role.auditor])
def test_the_form_alone(role: Role, sign_in_as: SignIn) -> None:
    status, text = ask(sign_in_as(role))
    assert status == 200
    assert "verdict-title" not in text


def test_somebody_may_enter_now(version: int, sign_in_as: SignIn) -> None:
    status, text = ask(sign_in_as(Role.hr), who="いしい", point="west_in")
    assert status == 200
    assert "今かざすと" in text
    assert "許可" in text
    assert "職員・開庁時間" in text
    assert f"<dt>方針の版</dt><dd>{version}</dd>" in text
    assert set(outcomes(text)) == {"passed"}
    assert len(outcomes(text)) == 24


def test_out_of_hours_tells_when_it_opens_next(version: int, sign_in_as: SignIn) -> None:
    """Friday evening: Monday the 24th is a holiday."""
    _, text = ask(sign_in_as(Role.hr), who="s0002", point="west_in", at="2025-11-21T19:00")
    assert "その時刻にかざすと" in text
    assert "時間外" in text
    assert "開く次の時間帯 11月25日（火） 07:30（職員・開庁時間）" in text
    said = outcomes(text)
    assert said.count("failed") == 1
    assert said[: said.index("failed")] == ["passed"] * said.index("failed")
    assert set(said[said.index("failed") + 1 :]) == {"not_asked"}


def test_in_english(version: int, sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.hr)
    client.post("/language", data={"language": "en", "then": "/questions", "csrf": csrf_of(client)})
    _, text = ask(client, who="s0002", point="west_in", at="2025-11-21T19:00")
    assert "Opens next Tue 25 November 07:30 (Staff, Office hours)" in text


def test_no_rights_and_a_lost_card(version: int, sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.operator)
    _, text = ask(client, who="s0002", point="server_in")
    assert "通行の権限なし" in text
    assert "開く次の時間帯" not in text
    _, text = ask(client, who="s0001", point="west_in")
    assert "紛失届のカード" in text


def test_a_locked_down_door_is_known(city: City, version: int, sign_in_as: SignIn) -> None:
    with city.store.transaction(city.clock()) as tx:
        save_door_facts(tx, [DoorFacts("west", "north-1", 1, 10**6, city.clock(), mode=DoorMode.locked_down.value)])
    client = sign_in_as(Role.operator)
    assert "警戒中" in ask(client, who="s0002", point="west_in")[1]
    assert "許可" in ask(client, who="s0002", point="west_in", at="2025-11-21T12:00")[1]


def test_words_that_mean_several_lead_on(version: int, sign_in_as: SignIn) -> None:
    status, text = ask(sign_in_as(Role.hr), who="s000", point="west_in")
    assert status == 200
    assert "who=s0002&amp;point=west_in" in text
    assert "verdict-title" not in text


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"who": "", "point": "west_in"}, "who", "選んでください"),
        ({"who": "存在しない", "point": "west_in"}, "who", "あてはまる人はいません"),
        ({"who": "s0002", "point": "nowhere"}, "point", "選んでください"),
        ({"who": "s0002", "point": "west_in", "at": "soon"}, "at", "日付と時刻"),
        ({"who": "s0002", "point": "west_in", "at": "2027-01-01T00:00"}, "at", "90日間"),
        ({"who": "s0002", "point": "west_in", "at": "2025-11-16T00:00"}, "at", "90日間"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    asked: dict[str, str], field: str, words: str, version: int, sign_in_as: SignIn
) -> None:
    status, text = ask(sign_in_as(Role.hr), **asked)
    assert status == 422
    assert words in text.split(f'id="fault-{field}">')[1].split("</p>")[0]


def test_without_a_card_it_says_so(version: int, sign_in_as: SignIn) -> None:
    assert "カードはありません" in ask(sign_in_as(Role.hr), who="s0005", point="west_in")[1]


def tap_and_find(city: City, **changes: Any) -> dict[str, Any]:
    city.tap("west_in", "s0002", credential=CARD, **changes)
    with city.store.reading(city.clock()) as tx:
        line = list_tap_lines(tx, since=city.clock() - timedelta(days=1), until=city.clock() + timedelta(days=1),
                              access_points=["west_in"], limit=1)[0]  # fmt: skip
    return {"device": line.device_id, "epoch": line.epoch, "seq": line.seq}


def test_a_tap_is_told_again_from_what_the_door_recorded(city: City, version: int, sign_in_as: SignIn) -> None:
    facts = SituationFacts(locked_out=True)
    key = tap_and_find(city, granted=False, reason="lockout", policy_version=version, situation=facts)
    client = sign_in_as(Role.operator)
    assert (
        f"/questions?device={key['device']}&amp;epoch={key['epoch']}&amp;seq={key['seq']}" in client.get("/taps").text
    )
    status, text = ask(client, **key)
    assert status == 200
    assert "扉の判断の根拠" in text
    assert "試行が多く一時停止" in text
    assert "石井 健太" in text
    assert "この版の方針での判断と違います" not in text


def test_a_tap_decided_otherwise_is_told(city: City, version: int, sign_in_as: SignIn) -> None:
    key = tap_and_find(city, granted=False, reason="passback", policy_version=version)
    assert "この版の方針での判断と違います" in ask(sign_in_as(Role.operator), **key)[1]


def test_a_call_for_help_looks_like_any_right_pin(city: City, version: int, sign_in_as: SignIn) -> None:
    told = []
    for pin in (Pin.right, Pin.duress):
        key = tap_and_find(city, policy_version=version, situation=SituationFacts(pin=pin))
        told.append(ask(sign_in_as(Role.facility_admin), **key)[1])
        city.clock.advance(seconds=1)
    assert [outcomes(text) for text in told] == [["passed"] * 24] * 2
    assert "duress" not in told[1]


def test_whose_tap_it_was_is_hidden_from_those_who_need_not_know(city: City, version: int, sign_in_as: SignIn) -> None:
    key = tap_and_find(city, policy_version=version)
    text = ask(sign_in_as(Role.facility_admin), **key)[1]
    assert "verdict-title" in text
    assert "石井" not in text
    assert "s0002" not in text


def test_taps_are_for_those_who_see_everybodys(city: City, version: int, sign_in_as: SignIn) -> None:
    key = tap_and_find(city, policy_version=version)
    assert ask(sign_in_as(Role.hr), **key)[0] == 404


def test_a_tap_that_is_none(city: City, version: int, sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.operator)
    assert ask(client, device="west-1", epoch=1, seq=999999)[0] == 404
    key = tap_and_find(city, policy_version=7000)
    assert "版7000で判断されました" in ask(client, **key)[1]


def test_a_policy_that_cannot_be_read_is_told_and_is_no_fault_of_the_page(
    city: City, sign_in_as: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    """The newest edition is no policy, or rests on one that is gone: who asks is told what to do, and a log line."""
    publish_card(city)
    client = sign_in_as(Role.operator)
    status, text = ask(client, who="s0002", point="west_in")
    assert status == 200
    assert "今の方針（版3）を読めないため、答えられません" in text
    assert "verdict-title" not in text
    assert "edition 3" in caplog.text
    assert "版3で判断されました" in ask(client, **tap_and_find(city, policy_version=3))[1]
    with city.store.transaction(city.clock()) as tx:
        assert insert_edition(tx, Edition(5, "test", 4, 4, city.clock()), b"")
    assert "今の方針（版5）を読めないため" in ask(client, who="s0002", point="west_in")[1]
    version = publish(city)
    assert version == 6
    assert "許可" in ask(client, who="s0002", point="west_in")[1]


def test_what_the_keeper_published_is_not_read_again_for_the_pages(city: City, sign_in_as: SignIn) -> None:
    """One shelf for the whole gateway: a city's cards are decoded once."""
    publish_card(city)
    reception = open_reception(city.context)
    PolicyKeeper(city.store, reception.revisions, city.clock, shelf=city.context.shelf).keep()
    with city.store.transaction(city.clock()) as tx:
        tx.connection.execute(update(policy_edition).values(data=b"gone"))
    assert "許可" in ask(sign_in_as(Role.hr), who="s0002", point="west_in")[1]


def test_asking_about_somebody_is_written_down(city: City, version: int, sign_in_as: SignIn) -> None:
    ask(sign_in_as(Role.hr), who="s0002", point="west_in", at="2025-11-21T19:00")
    text = sign_in_as(Role.auditor).get("/reads").text
    assert "west_in 2025-11-21T19:00" in text


def test_the_policys_reach_begins_on_its_monday(version: int, sign_in_as: SignIn) -> None:
    assert instant(date(2025, 11, 17), 0).weekday() == 0
    assert ask(sign_in_as(Role.hr), who="s0002", point="west_in", at="2025-11-17T00:00")[0] == 200
