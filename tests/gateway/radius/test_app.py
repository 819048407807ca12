"""What network servers ask, and what is in the database when they are answered."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from fastapi.testclient import TestClient

from contract.radius_api import BYTES_MAX
from domain.zones.decide_tier import Answer
from domain.zones.tier_session import PENDING_MAX, SessionAct, SessionState
from gateway.radius.app import PERMIT_SECONDS_MAX, QUARANTINE_SECONDS
from gateway.zones.tier_news import SESSION_MOVED, TIER_CHANGED
from store.migrate import migrate
from store.outbox import list_unsent
from store.port_sessions import list_session_steps, load_session
from store.tx import Store
from tests.domain.zones.cases import LGWAN, MYNUM, NOW
from tests.gateway.radius.hall import PRINT, PRINTER_MAC, Hall

STATION = "02-00-00-00-00-01"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):  # type: ignore[no-untyped-def]
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "sekisho.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def hall(migrated: Path, tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    store = Store(f"sqlite:///{copyfile(migrated, tmp_path / 'sekisho.db')}")
    yield Hall(store, tmp_path, clock)
    store.close()


@pytest.fixture
def server(hall: Hall) -> Iterator[TestClient]:
    with hall.asking() as client:
        yield client


def attributes(**told: str | int) -> bytes:
    """What rlm_rest sends; ``__`` stands for a hyphen."""
    return json.dumps(
        {name.replace("_", "-"): {"type": "string", "value": [value]} for name, value in told.items()}
    ).encode()


def log_on(terminal: str, **other: str | int) -> bytes:
    said = {
        "User_Name": terminal,
        "TLS_Client_Cert_Common_Name": terminal,
        "EAP_Type": "TLS",
        "Calling_Station_Id": STATION,
        "NAS_Port_Id": "Gi0/7",
        "FreeRADIUS_Client_Shortname": "floor-2",
    }
    return attributes(**said | other)


def decide(server: TestClient, body: bytes) -> dict[str, str]:
    answered = server.post("/radius/v1/decide", content=body)
    assert answered.status_code == 200
    return {name: each["value"][0] for name, each in answered.json().items()}


def account(server: TestClient, kind: str, session: str, **other: str | int) -> int:
    said: dict[str, str | int] = {
        "Acct_Status_Type": kind,
        "Acct_Session_Id": "80000001",
        "Calling_Station_Id": STATION,
        "Class": f"0x{session.encode().hex()}",
        "FreeRADIUS_Client_Shortname": "floor-2",
    }
    return server.post("/radius/v1/account", content=attributes(**said | other)).status_code


def permitted(server: TestClient, terminal: str = "t-lgwan", **other: str | int) -> str:
    """Log on, and give the session."""
    said = decide(server, log_on(terminal, **other))
    assert said["control:Tmp-String-0"] == "permit"
    return bytes.fromhex(said["reply:Class"].removeprefix("0x")).decode()


def test_a_permit_is_in_the_book_before_it_is_told(hall: Hall, server: TestClient) -> None:
    hall.seats.until["s2"] = NOW + timedelta(minutes=90)
    said = decide(server, log_on("t-lgwan", User_Name="t-mynum"))
    assert (said["reply:Tunnel-Private-Group-Id"], said["reply:Session-Timeout"]) == ("20", 90 * 60)
    (session,) = hall.live()
    assert (session.terminal_id, session.person_id, session.state) == ("t-lgwan", "s2", SessionState.pending)
    assert (session.nas_id, session.port, session.station) == ("floor-2", "Gi0/7", STATION)
    assert said["reply:Class"] == f"0x{session.id.encode().hex()}"
    (written,) = hall.decisions()
    assert (written.decision.answer, written.asked_by) == (Answer.permit, "floor-2")


def test_who_is_absent_waits_in_quarantine_with_a_session_and_the_my_number_tier_rejects(
    hall: Hall, server: TestClient
) -> None:
    hall.seats.absent = {"s1", "s2"}
    said = decide(server, log_on("t-lgwan"))
    assert (said["reply:Tunnel-Private-Group-Id"], said["reply:Session-Timeout"]) == ("99", QUARANTINE_SECONDS)
    assert decide(server, log_on("t-mynum")) == {"control:Tmp-String-0": "deny"}
    assert [(each.terminal_id, each.vlan, each.ends_at) for each in hall.live()] == [("t-lgwan", 99, None)]
    assert [each.decision.failed for each in hall.decisions()] == [("present",), ("present", "sure")]


def test_z3_a_my_number_terminal_without_a_bound_person_says_so(hall: Hall, server: TestClient) -> None:
    hall.seats.seated.clear()
    assert decide(server, log_on("t-mynum")) == {"control:Tmp-String-0": "deny"}
    (written,) = hall.decisions()
    assert {"known", "factor"} <= set(written.decision.failed)


def test_without_an_end_a_terminal_is_decided_again_after_half_a_day(hall: Hall, server: TestClient) -> None:
    said = decide(server, log_on("t-mynum"))
    assert said["reply:Session-Timeout"] <= PERMIT_SECONDS_MAX


def test_a_printer_is_known_by_its_address_alone(hall: Hall, server: TestClient) -> None:
    body = attributes(
        User_Name="02:00:00:00:00:AA", Calling_Station_Id="02-00-00-00-00-AA", FreeRADIUS_Client_Shortname="floor-2"
    )
    assert decide(server, body)["reply:Tunnel-Private-Group-Id"] == "40"
    assert [(each.terminal_id, each.tier_id) for each in hall.live()] == [("p-1", PRINT)]


REFUSED = {
    "a password": ({"User_Name": "t-lgwan"}, "method"),
    "an address under a name": ({"User_Name": "t-lgwan", "Calling_Station_Id": PRINTER_MAC}, "method"),
    "an address beside a method": (
        {"User_Name": PRINTER_MAC, "Calling_Station_Id": PRINTER_MAC, "EAP_Type": "PEAP"},
        "method",
    ),
    "a certificate by PEAP": ({"TLS_Client_Cert_Common_Name": "t-lgwan", "EAP_Type": "PEAP"}, "method"),
    "an unknown address": ({"User_Name": "0200000000bb", "Calling_Station_Id": "0200000000bb"}, "no_tier"),
    "an unknown certificate": ({"TLS_Client_Cert_Common_Name": "t-other", "EAP_Type": "TLS"}, "no_tier"),
    "nothing": ({}, "method"),
}


@pytest.mark.parametrize(("said", "code"), REFUSED.values(), ids=REFUSED)
def test_z1_z4_nothing_but_a_certificate_or_a_known_printer_opens(
    hall: Hall, server: TestClient, said: dict[str, str], code: str
) -> None:
    body = attributes(**{"FreeRADIUS_Client_Shortname": "floor-2"} | said)
    assert decide(server, body) == {"control:Tmp-String-0": "deny"}
    assert hall.live() == []
    (written,) = hall.decisions()
    assert written.decision.failed == (code,)


def test_z4_an_address_opens_no_tier_that_takes_certificates(hall: Hall, server: TestClient) -> None:
    hall.seats.issue("camera", LGWAN, mac="0200000000cc")
    hall.seats.issue("till", MYNUM, mac="0200000000dd")
    for mac in ("0200000000cc", "0200000000dd"):
        body = attributes(User_Name=mac, Calling_Station_Id=mac, FreeRADIUS_Client_Shortname="floor-2")
        assert decide(server, body) == {"control:Tmp-String-0": "deny"}
    assert [each.decision.failed for each in hall.decisions()] == [("method",), ("method",)]


@pytest.mark.parametrize(
    "client",
    [{"FreeRADIUS_Client_Shortname": "other"}, {"FreeRADIUS_Client_Shortname": "", "NAS_IP_Address": "10.0.0.1"}],
    ids=["name", "address"],
)
def test_z1_a_switch_that_is_not_of_the_site_opens_nothing(
    hall: Hall, server: TestClient, client: dict[str, str]
) -> None:
    assert decide(server, log_on("t-lgwan", **client)) == {"control:Tmp-String-0": "deny"}
    (written,) = hall.decisions()
    assert (written.decision.failed, written.asked_by) == (("stranger",), "radius-1")
    assert account(server, "Start", "", **client) == 400


def test_a_switch_may_be_known_by_its_address(hall: Hall, server: TestClient) -> None:
    permitted(server, FreeRADIUS_Client_Shortname="", NAS_IP_Address="127.0.0.1")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"User-Name":{"value":["a\\u0000"]}}', b"{" + b" " * BYTES_MAX + b"}", b"\xff"],
    ids=["nothing", "list", "control", "large", "bytes"],
)
def test_what_cannot_be_read_is_refused_and_not_left_undecided(hall: Hall, server: TestClient, body: bytes) -> None:
    assert decide(server, body) == {"control:Tmp-String-0": "deny"}
    assert server.post("/radius/v1/account", content=body).status_code == 400


@pytest.mark.parametrize("told", ["", "Basic", "Basic x", "Basic cmFkaXVzLTE6eA==", "Bearer x"])
def test_who_has_no_right_password_is_not_heard(hall: Hall, server: TestClient, told: str) -> None:
    for path in ("decide", "account"):
        answered = server.post(f"/radius/v1/{path}", content=log_on("t-lgwan"), headers={"Authorization": told})
        assert answered.status_code == 401
    assert hall.decisions() == []
    assert server.get("/radius/v1/alive").status_code == 204


def test_the_beginning_confirms_and_decides_again(hall: Hall, server: TestClient) -> None:
    session = permitted(server)
    assert account(server, "Start", session) == 204
    assert account(server, "Start", session) == 204
    (live,) = hall.live()
    assert (live.state, live.switch_session) == (SessionState.confirmed, "80000001")
    assert len(hall.decisions()) == 2
    with hall.store.reading(NOW) as tx:
        assert [each.act for each in list_session_steps(tx, session)] == [SessionAct.start]


def test_trap_8_who_leaves_before_the_beginning_is_told_to_whoever_cuts(hall: Hall, server: TestClient) -> None:
    session = permitted(server)
    hall.seats.absent = {"s2"}
    assert account(server, "Start", session) == 204
    with hall.store.reading(NOW) as tx:
        told = {(each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=10)}
    assert {(SESSION_MOVED, session), (TIER_CHANGED, "s2")} <= told
    assert [each.decision.answer for each in hall.decisions()] == [Answer.permit, Answer.quarantine]
    assert [each.state for each in hall.live()] == [SessionState.confirmed]  # it ends when the switch says so


def test_an_interim_decides_again_and_writes_what_is_new(hall: Hall, server: TestClient, clock: Clock) -> None:
    session = permitted(server)
    account(server, "Start", session)
    clock.now += timedelta(minutes=5)
    assert account(server, "Interim-Update", session) == 204
    assert len(hall.decisions()) == 2
    hall.seats.until["s2"] = NOW + timedelta(minutes=30)
    assert account(server, "Interim-Update", session) == 204
    assert [each.ends_at for each in hall.live()] == [NOW + timedelta(minutes=30)]
    hall.seats.until["s2"] = NOW + timedelta(minutes=60)  # the switch was told the earlier end
    assert account(server, "Interim-Update", session) == 204
    assert [each.ends_at for each in hall.live()] == [NOW + timedelta(minutes=30)]
    hall.seats.seated["t-lgwan"] = "s1"
    assert account(server, "Interim-Update", session) == 204
    assert [each.person_id for each in hall.live()] == ["s1"]
    assert [each.person_id for each in hall.decisions()] == ["s2", "s2", "s2", "s1"]


def test_who_waits_in_quarantine_and_may_now_is_told_to_whoever_cuts(hall: Hall, server: TestClient) -> None:
    hall.seats.absent = {"s2"}
    session = permitted(server)
    account(server, "Start", session)
    with hall.store.transaction(NOW) as tx:
        before = len(list_unsent(tx, limit=100))
    hall.seats.absent = set()
    account(server, "Interim-Update", session)
    with hall.store.transaction(NOW) as tx:
        told = [each.notice for each in list_unsent(tx, limit=100)[before:]]
    assert {(each.kind, each.subject) for each in told} == {(SESSION_MOVED, session), (TIER_CHANGED, "s2")}


def test_the_end_ends_it_and_a_late_beginning_revives_nothing(hall: Hall, server: TestClient) -> None:
    session = permitted(server)
    for kind in ("Start", "Stop", "Stop", "Start", "Interim-Update"):
        assert account(server, kind, session) == 204
    assert hall.live() == []
    with hall.store.reading(NOW) as tx:
        kept = load_session(tx, session)
    assert kept is not None
    assert kept.session.ended_at == NOW


def test_a_new_session_of_a_station_takes_the_place_of_the_one_before(hall: Hall, server: TestClient) -> None:
    first = permitted(server)
    account(server, "Start", first)
    second = permitted(server)
    assert {each.id for each in hall.live()} == {first, second}
    account(server, "Start", second, Acct_Session_Id="80000002")
    assert [each.id for each in hall.live()] == [second]


def test_a_switch_that_began_anew_has_no_session_of_before(hall: Hall, server: TestClient, clock: Clock) -> None:
    session = permitted(server)
    account(server, "Start", session)
    clock.now += timedelta(minutes=1)
    later = permitted(server, Calling_Station_Id="02-00-00-00-00-02")
    assert account(server, "Accounting-On", "", Acct_Session_Id="0", Acct_Delay_Time="30") == 204
    assert [each.id for each in hall.live()] == [later]
    assert account(server, "Accounting-Off", "", Acct_Session_Id="0") == 204
    assert hall.live() == []


@pytest.mark.parametrize("session", ["", "nobody-gave-this"])
def test_a_session_that_nobody_gave_is_booked_reported_and_never_permitted(
    hall: Hall, server: TestClient, session: str
) -> None:
    for kind in ("Start", "Interim-Update", "Interim-Update"):
        assert account(server, kind, session) == 204
    (ghost,) = hall.live()
    assert (ghost.tier_id, ghost.vlan, ghost.terminal_id, ghost.state) == ("", 0, "", SessionState.confirmed)
    assert {each.decision.answer for each in hall.decisions()} == {Answer.reject}
    with hall.store.reading(NOW) as tx:
        assert (SESSION_MOVED, ghost.id) in {
            (each.notice.kind, each.notice.subject) for each in list_unsent(tx, limit=9)
        }
    account(server, "Stop", session)
    assert hall.live() == []


def test_a_session_of_another_switch_is_not_this_ones_to_speak_of(hall: Hall, server: TestClient, clock: Clock) -> None:
    session = permitted(server)
    other = hall.context.site.radius_clients[0].model_copy(update={"id": "floor-3"})
    hall.context.site = hall.context.site.model_copy(
        update={"radius_clients": (*hall.context.site.radius_clients, other)}
    )
    account(server, "Stop", session, FreeRADIUS_Client_Shortname="floor-3")
    assert [each.id for each in hall.live()] == [session]


def test_what_goes_on_under_a_session_that_ended_is_booked_and_decided(
    hall: Hall, server: TestClient, clock: Clock
) -> None:
    session = permitted(server)
    account(server, "Start", session)
    account(server, "Stop", session)
    clock.now += PENDING_MAX
    assert account(server, "Interim-Update", session) == 204  # the switch said it had ended, and it has not
    (found,) = hall.live()
    assert (found.id != session, found.terminal_id, found.vlan, found.switch_session) == (
        True,
        "t-lgwan",
        20,
        "80000001",
    )
    account(server, "Interim-Update", session)
    assert len(hall.live()) == 1


def test_a_session_lives_its_life_on_both_databases(store: Store, tmp_path: Path, clock: Clock) -> None:
    hall = Hall(store, tmp_path, clock)
    with hall.asking() as server:
        first, second = permitted(server), permitted(server)
        for kind in ("Start", "Start", "Interim-Update"):
            assert account(server, kind, second) == 204
        assert [each.id for each in hall.live()] == [first, second][1:]
        assert account(server, "Stop", second) == 204
        assert account(server, "Start", "nobody", Acct_Session_Id="7") == 204
        assert [each.switch_session for each in hall.live()] == ["7"]
        assert account(server, "Accounting-On", "") == 204
        assert hall.live() == []
    assert len(hall.decisions()) == 4
