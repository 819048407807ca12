"""Log-on agents ask for their users, and the worked example of one logs somebody on, asks again, and logs off."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from fastapi.testclient import TestClient

from contract.agent_api import BYTES_MAX
from domain.zones.decide_tier import Answer
from domain.zones.facts import Factor
from domain.zones.tier import Method
from domain.zones.tier_session import SessionState
from gateway.operations.zones.note_accounting import ask_again
from gateway.zones.tier_news import TIER_CHANGED
from store.migrate import migrate
from store.outbox import list_unsent
from store.terminal_seats import list_seats
from store.tx import Store
from tests.domain.zones.cases import LGWAN, NOW
from tests.gateway.radius.hall import PASSWORD, Hall
from tests.servers import free_port

SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "sekisho-log-on"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "sekisho.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def store_file(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{copyfile(migrated, tmp_path / 'sekisho.db')}")
    yield store
    store.close()


@pytest.fixture
def hall(store_file: Store, tmp_path: Path) -> Hall:
    return Hall(store_file, tmp_path, lambda: NOW, agents=True)


@pytest.fixture
def agent(hall: Hall) -> Iterator[TestClient]:
    told = b64encode(f"log-on:{PASSWORD}".encode()).decode()
    with hall.asking() as client:
        client.headers["Authorization"] = f"Basic {told}"
        yield client


def ask(agent: TestClient, **form: str) -> dict[str, object]:
    answered = agent.post("/v1/tiers/introspect", data=form)
    assert answered.status_code == 200, answered.text
    return answered.json()  # type: ignore[no-any-return]


def log_on(agent: TestClient, **form: str) -> dict[str, object]:
    return ask(agent, **{"token": "s2", "terminal": "t-lgwan", "factor": "card_pin"} | form)


def test_a_user_who_may_is_active_and_in_the_book(hall: Hall, agent: TestClient) -> None:
    hall.seats.until["s2"] = NOW + timedelta(minutes=10)
    said = log_on(agent)
    ends_at = int((NOW + timedelta(minutes=10)).timestamp())
    (session,) = hall.live()
    assert said | {"reasons": ()} == {
        "active": True,
        "scope": LGWAN,
        "sub": "s2",
        "client_id": "log-on",
        "iat": int(NOW.timestamp()),
        "exp": ends_at,
        "ends_at": ends_at,
        "sid": session.id,
        "reasons": (),
    }
    assert [reason["code"] for reason in said["reasons"]] == ["cleared"]  # type: ignore[attr-defined]
    assert (session.nas_id, session.method, session.state) == ("agent:log-on", Method.agent, SessionState.confirmed)
    assert (session.factor, ask_again(session).factor) == (Factor.card_pin, Factor.card_pin)


def test_a_user_who_may_not_is_told_all_reasons_and_what_to_do(hall: Hall, agent: TestClient) -> None:
    hall.seats.absent = {"s2"}
    said = log_on(agent)
    assert said == {
        "active": False,
        "reasons": [
            {
                "code": "present",
                "ja": "足りません",
                "en": "It is missing",
                "do_ja": "担当へ",
                "do_en": "Ask the desk",
            }
        ],
    }
    assert hall.live() == []
    assert [each.decision.answer for each in hall.decisions()] == [Answer.quarantine]


def test_a_tier_that_takes_no_agents_is_not_to_be_had_by_one(hall: Hall, agent: TestClient) -> None:
    said = ask(agent, token="s1", terminal="t-mynum", factor="card_pin")
    assert [reason["code"] for reason in said["reasons"]] == ["method"]  # type: ignore[attr-defined]


def test_asked_again_a_session_goes_on_or_ends(hall: Hall, agent: TestClient) -> None:
    sid = str(log_on(agent)["sid"])
    assert log_on(agent, session=sid)["sid"] == sid
    assert [each.id for each in hall.live()] == [sid]
    hall.seats.absent = {"s2"}
    assert log_on(agent, session=sid)["active"] is False
    assert hall.live() == []
    hall.seats.absent = set()
    assert log_on(agent, session=sid)["sid"] != sid


def test_a_session_is_its_agents_and_its_users_own(hall: Hall, agent: TestClient) -> None:
    sid = str(log_on(agent)["sid"])
    assert log_on(agent, token="s3", session=sid)["sid"] != sid
    hall.keep_password(hall.settings.agents_folder / "vpn")  # type: ignore[operator]
    other = Hall(hall.store, hall.settings.servers_folder.parent, lambda: NOW, agents=True)
    told = b64encode(f"vpn:{PASSWORD}".encode()).decode()
    with other.asking() as vpn:
        vpn.headers["Authorization"] = f"Basic {told}"
        assert vpn.post("/v1/tiers/revoke", data={"token": sid}).status_code == 200
    assert sid in {each.id for each in hall.live()}
    assert agent.post("/v1/tiers/revoke", data={"token": sid}).status_code == 200
    assert sid not in {each.id for each in hall.live()}


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(minutes=1)], ids=["wrong-clock", "ahead"])
def test_what_an_agent_saw_seats_the_person_at_the_terminal(hall: Hall, agent: TestClient, ahead: timedelta) -> None:
    log_on(agent, factor_at=(NOW + ahead).isoformat())
    with hall.store.reading(NOW) as tx:
        seat = list_seats(tx)["t-lgwan"]
        told = {(each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=10)}
    assert (seat.person_id, seat.factor, seat.at, seat.told_by) == ("s2", Factor.card_pin, NOW, "agent:log-on")
    assert (TIER_CHANGED, "s2") in told


@pytest.mark.parametrize(
    "form", [{"token": "s2"}, {"token": "s2", "terminal": "t-nobody", "factor": "card_pin"}], ids=["vpn", "unknown"]
)
def test_nobody_is_seated_where_nothing_was_seen(hall: Hall, agent: TestClient, form: dict[str, str]) -> None:
    ask(agent, **form, scope="lgwan")
    with hall.store.reading(NOW) as tx:
        assert list_seats(tx) == {}


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({}, "token"),
        ({"token": "S 2"}, "token"),
        ({"token": "s2", "factor": "voice"}, "factor"),
        ({"token": "s2", "factor_at": "noon"}, "factor_at"),
        ({"token": "s2", "terminal": "t\n"}, "terminal"),
        ({"token": "s2", "else": "x"}, "else"),
        ({"token": "s" * BYTES_MAX}, "フォーム"),
    ],
    ids=["nothing", "token", "factor", "time", "terminal", "else", "large"],
)
def test_what_is_no_question_is_refused_by_its_field(agent: TestClient, form: dict[str, str], named: str) -> None:
    answered = agent.post("/v1/tiers/introspect", data=form)
    assert (answered.status_code, answered.json()["error"]) == (400, "invalid_request")
    assert answered.json()["error_description"].startswith(named)


def test_a_network_servers_password_is_no_agents(hall: Hall) -> None:
    with hall.asking() as server:
        assert server.post("/v1/tiers/introspect", data={"token": "s2"}).status_code == 401
    assert hall.decisions() == []


def test_without_a_folder_of_agents_there_is_no_door(store_file: Store, tmp_path: Path) -> None:
    with Hall(store_file, tmp_path, lambda: NOW).asking() as server:
        assert server.post("/v1/tiers/introspect", data={"token": "s2"}).status_code == 404


class Machine:
    """A Linux terminal whose log-on asks."""

    def __init__(self, folder: Path, port: int) -> None:
        self.put_off = folder / "put-off"
        (folder / "password").write_text(PASSWORD)
        self.settings = folder / "log-on.toml"
        self.settings.write_text(
            f'url = "http://127.0.0.1:{port}"\nagent = "log-on"\npassword_file = "{folder}/password"\n'
            f'terminal = "t-lgwan"\nfactor = "card_pin"\nstate_folder = "{folder}/state"\n'
            f'put_off = ["touch", "--", "{self.put_off}"]\n'
        )

    def run(self, kind: str = "", *arguments: str, user: str = "s2") -> tuple[int, str]:
        told = {"SEKISHO_LOG_ON": str(self.settings), "PAM_USER": user, "PAM_TYPE": kind, "PAM_TTY": "tty1"}
        command = [sys.executable, str(SCRIPT), *arguments]
        done = subprocess.run(
            command,
            env=os.environ | told,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            cwd=self.settings.parent,
        )
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout


@pytest.mark.real
def test_the_example_logs_on_asks_again_and_logs_off(store_file: Store, tmp_path: Path) -> None:
    port = free_port()
    hall = Hall(store_file, tmp_path, lambda: datetime.now(UTC), agents=True, port=port)
    machine = Machine(tmp_path, port)
    with hall.listening():
        hall.seats.absent = {"s2"}
        assert machine.run("open_session") == (1, "足りません 担当へ\nIt is missing Ask the desk\n")
        hall.seats.absent = set()
        assert machine.run("open_session") == (0, "")
        assert [each.person_id for each in hall.live()] == ["s2"]
        assert machine.run("", "--again") == (0, "")
        assert not machine.put_off.exists()
        assert machine.run("close_session") == (0, "")
        assert hall.live() == []
        assert machine.run("open_session") == (0, "")
        hall.seats.absent = {"s2"}
        assert machine.run("", "--again")[0] == 0
        assert machine.put_off.exists()
        assert hall.live() == []
    code, said = machine.run("open_session")
    assert code == 1
    assert "ネットワークの確認ができません" in said


def test_the_published_description_is_of_this_door() -> None:
    published = json.loads((Path(__file__).parents[3] / "contract/published/network-tiers.openapi.json").read_text())
    assert set(published["paths"]) == {"/introspect", "/revoke"}
