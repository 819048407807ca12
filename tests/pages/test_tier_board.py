"""The board of the tiers, why somebody cannot connect, and a session with its proof."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.zones.tier_session import PortSession, SessionState
from gateway.operations.identity.roles import Role
from store.last_seen import save_seen
from store.outbox import list_unsent
from store.port_sessions import list_session_steps, load_session
from store.presence import Presence, save_presences
from store.read_log import list_readings
from store.tier_clearances import end_clearance
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.tiered import build_tiers, log_on, renew


@pytest.fixture
def sessions(city: City) -> dict[str, PortSession]:
    """The city hall with its tiers at work."""
    return build_tiers(city)


def column(text: str, tier_id: str) -> str:
    """Give the part of the board that is a tier's."""
    return text.split(f'aria-labelledby="tier-{tier_id}"')[1].split("</section>", maxsplit=1)[0]


def test_each_tier_names_who_is_in_and_on_what_grounds(sessions: dict[str, PortSession], sign_in_as) -> None:
    text = sign_in_as(Role.security).get("/tiers").text
    lgwan = column(text, "lgwan")
    inside = lgwan.split('id="session-' + sessions["pc-2"].id)[1].split("</li>")[0]
    for words in ("石井 健太", "総務課", "総務2号機", "執務室", "利用中", "出入りの扉で確認", "23:00", "利用時間"):
        assert words in inside, words
    assert "3月31日" in inside  # cleared until
    assert "研修" in inside


def test_who_waits_is_told_the_first_reason_and_what_to_do(sessions: dict[str, PortSession], sign_in_as) -> None:
    lgwan = column(sign_in_as(Role.operator).get("/tiers").text, "lgwan")
    waiting = lgwan.split('id="session-' + sessions["pc-1"].id)[1].split("</li>")[0]
    assert "待機中" in waiting
    assert "この系を使える部屋にいることが確かめられません。" in waiting
    assert "扉の読取機へ職員証をかざしてください" in waiting


def test_a_rejecting_tier_names_whom_it_turned_away(sessions: dict[str, PortSession], sign_in_as) -> None:
    mynumber = column(sign_in_as(Role.auditor).get("/tiers").text, "mynumber")
    assert "上田 翔" in mynumber
    assert "研修" in mynumber
    assert "個人番号1号機" in mynumber


def test_a_disobeyed_session_stands_on_top_until_somebody_shut_the_port(
    city: City, sessions: dict[str, PortSession], sign_in_as
) -> None:
    desk: TestClient = sign_in_as(Role.operator)
    text = desk.get("/tiers").text
    top = text.split('id="disobeyed-title"')[1].split("</section>")[0]
    assert "スイッチ office-sw のポート 1/0/4" in top
    assert "その接続は切れないと断られました" in top
    path = f"/tiers/sessions/{sessions['web-5'].id}"
    assert send(desk, f"{path}/shut") == 303
    assert "disobeyed-title" not in desk.get("/tiers").text
    with city.store.reading(city.clock()) as tx:
        kept = load_session(tx, sessions["web-5"].id)
        assert kept is not None
        assert kept.session.state is SessionState.ended
        assert kept.session.ended_at == city.clock()
        assert list_session_steps(tx, sessions["web-5"].id)[-1].reason == "by_hand desk"
    assert "担当者が手で操作しました。" in desk.get(path).text
    assert "もう状態が変わっています" in told(desk, f"{path}/shut")


def test_a_session_is_put_off_once_and_whoever_cuts_hears_of_it(
    city: City, sessions: dict[str, PortSession], sign_in_as
) -> None:
    desk: TestClient = sign_in_as(Role.security)
    path, id_ = f"/tiers/sessions/{sessions['pc-2'].id}", sessions["pc-2"].id
    assert "接続を切る" in desk.get(path).text
    assert send(desk, f"{path}/end") == 303
    with city.store.reading(city.clock()) as tx:
        kept = load_session(tx, id_)
        assert kept is not None
        assert kept.session.state is SessionState.ending
        assert ("tier.session", id_) in {(each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=500)}
    assert "接続を切る…" not in desk.get(path).text
    assert "もう状態が変わっています" in told(desk, f"{path}/end")
    assert send(desk, "/tiers/sessions/none/end") == 404


def test_a_reader_of_tiers_ends_nothing(sessions: dict[str, PortSession], sign_in_as) -> None:
    text = sign_in_as(Role.auditor).get(f"/tiers/sessions/{sessions['pc-2'].id}").text
    assert "接続を切る" not in text


def test_the_board_is_searched_by_person_and_terminal(sessions: dict[str, PortSession], sign_in_as) -> None:
    desk = sign_in_as(Role.operator)
    assert "総務2号機" in desk.get("/tiers/part", params={"q": "石井"}).text
    assert "総務2号機" not in desk.get("/tiers/part", params={"q": "江口"}).text
    assert "石井 健太" in desk.get("/tiers/part", params={"q": "pc-2 総務"}).text


def test_sessions_are_searched_by_name_or_number(sessions: dict[str, PortSession], sign_in_as) -> None:
    desk = sign_in_as(Role.operator)

    def found(**words: str) -> set[str]:
        text = desk.get("/tiers/sessions", params=words).text
        return {name for name, each in sessions.items() if f"/tiers/sessions/{each.id}" in text}

    of_ishii = {name for name, each in sessions.items() if each.person_id == "s0002"}
    assert found() == set(sessions)
    assert found(who="石井") == found(who="いしい") == found(who="s0002") == of_ishii
    assert found(who="だれか") == set()
    assert found(terminal="総務2号機") == found(terminal="pc-2") == {"pc-2"}


def test_waivers_that_hold_stand_on_the_board(city: City, sessions: dict[str, PortSession], sign_in_as) -> None:
    desk = sign_in_as(Role.operator)
    assert "障害の対応" in desk.get("/tiers/part").text
    city.clock.advance(hours=3)
    assert "障害の対応" not in desk.get("/tiers/part").text


def test_a_board_without_tiers_says_so(city: City, sign_in_as) -> None:
    city.context.site = city.context.site.model_copy(update={"tiers": ()})
    assert "系がまだ登録されていません" in sign_in_as(Role.operator).get("/tiers").text


def test_a_person_learns_why_and_what_to_do(city: City, sessions: dict[str, PortSession], sign_in_as) -> None:
    text = sign_in_as(Role.head).get("/network").text  # 青木 is in the hall
    lgwan = text.split('aria-labelledby="network-lgwan"')[1].split("</section>")[0]
    assert "いまはつなげません" in lgwan
    assert "この系を使える部屋にいることが確かめられません。" in lgwan
    assert "かざしてください" in lgwan
    assert "待っています" in lgwan
    assert "玄関ホール" in text or "ホール" in text
    assert "総務1号機" in text.split('id="lately-title"')[1]


def test_nothing_stands_in_the_way_of_whoever_may(sessions: dict[str, PortSession], sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/network").text
    lgwan = text.split('aria-labelledby="network-lgwan"')[1].split("</section>")[0]
    assert "いまつなげます" in lgwan
    assert "23:00 まで" in lgwan


def test_what_a_terminal_alone_can_tell_stands_apart(sessions: dict[str, PortSession], sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/network").text  # 石井 has no terminal of the internet tier
    internet = text.split('aria-labelledby="network-internet"')[1].split("</section>")[0]
    assert "端末をつないだときに確かめること" in internet
    assert "支給された端末でつなげます" in internet.split("端末をつないだときに")[0]
    assert "支給" in internet.split("端末をつないだときに")[1]


def test_the_page_follows_a_tap_and_a_clearance(city: City, sessions: dict[str, PortSession], sign_in_as) -> None:
    desk = sign_in_as(Role.head)
    with city.store.transaction(city.clock()) as tx:
        here = [Presence("s0001", "office", "staff_in", tx.now)]
        save_presences(tx, here)
        save_seen(tx, here)
    renew(city)
    now = desk.get("/network/part").text.split('aria-labelledby="network-lgwan"')[1].split("</section>")[0]
    assert "いまつなげます" in now
    with city.store.transaction(city.clock()) as tx:
        end_clearance(tx, "c-s0001-lgwan", by="security", reason="異動")
    renew(city)
    now = desk.get("/network/part").text.split('aria-labelledby="network-lgwan"')[1].split("</section>")[0]
    assert "いまはつなげません" in now


def test_an_account_of_no_person_is_told_so(sessions: dict[str, PortSession], sign_in_as) -> None:
    assert "このログインは職員のものではない" in sign_in_as(Role.security).get("/network").text


def test_somebody_who_helps_sees_the_same_and_is_written_down(
    city: City, sessions: dict[str, PortSession], sign_in_as
) -> None:
    desk = sign_in_as(Role.operator)
    text = desk.get("/tiers/people/s0001").text
    assert "青木 太郎 さんのつながり方" in text
    assert "いまはつなげません" in text
    assert desk.get("/tiers/people/nobody").status_code == 404
    assert desk.get("/tiers/people/nobody/part").status_code == 404
    with city.store.reading(city.clock()) as tx:
        [line, *_] = list_readings(tx, login="desk", limit=5)
    assert (line.reading.what, line.reading.person_id) == ("tier_person", "s0001")


def test_sessions_are_found_by_person_terminal_tier_and_state(
    city: City, sessions: dict[str, PortSession], sign_in_as
) -> None:
    desk = sign_in_as(Role.auditor)
    assert desk.get("/tiers/sessions").text.count("/tiers/sessions/") == len(sessions)
    for asked, found in (
        ({"who": "s0002"}, {"pc-2"}),
        ({"terminal": "web-4"}, {"web-4"}),
        ({"tier": "lgwan"}, {"pc-1", "pc-2"}),
        ({"state": "disobeyed"}, {"web-5"}),
        ({"first": "2025-11-01", "last": "2025-11-02"}, set()),
    ):
        text = desk.get("/tiers/sessions", params=asked).text
        assert {id_ for id_, each in sessions.items() if f"/tiers/sessions/{each.id}" in text} == found, asked
    assert desk.get("/tiers/sessions", params={"first": "x"}).status_code == 422
    assert "その接続は切れないと断られました" in desk.get("/tiers/sessions", params={"who": "s0005"}).text


def test_a_session_shows_its_decision_its_facts_and_its_proof(
    city: City, sessions: dict[str, PortSession], sign_in_as
) -> None:
    desk = sign_in_as(Role.auditor)
    text = desk.get(f"/tiers/sessions/{sessions['pc-1'].id}").text
    assert "判定 第2号" in text
    assert "前の判定とつながっています" in text
    assert "この系を使える部屋にいることが確かめられません。" in text
    assert "使える部屋にいる" in text  # a fact, named as rules name it
    assert desk.get("/tiers/sessions/none").status_code == 404


def test_a_past_refusal_is_told_on_the_persons_page(city: City, sessions: dict[str, PortSession], sign_in_as) -> None:
    text = sign_in_as(Role.facility_admin).get("/network").text  # 上田
    lately = text.split('id="lately-title"')[1]
    assert "不許可" in lately
    assert "個人番号1号機" in lately


def test_a_new_log_on_shows_at_once(city: City, sessions: dict[str, PortSession], sign_in_as) -> None:
    desk = sign_in_as(Role.operator)
    city.clock.at += timedelta(minutes=1)
    new = log_on(city, "web-4", port="1/0/9")
    assert new is not None
    assert f"session-{new.id}" in desk.get("/tiers/part").text


def test_everything_is_said_in_english_as_well(sessions: dict[str, PortSession], sign_in_as) -> None:
    desk = sign_in_as(Role.security)
    desk.cookies.set("sekisho_language", "en", domain="127.0.0.1")
    board = desk.get("/tiers").text
    assert "LGWAN tier" in board
    assert "It cannot be seen that you are in a room" in board
    session = desk.get(f"/tiers/sessions/{sessions['pc-1'].id}").text
    assert "Follows the decision before it" in session
    assert "in a room where the tier may be used" in session
