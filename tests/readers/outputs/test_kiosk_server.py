"""The kiosk's server: what it gives, to whom, and that nobody can make it do more."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.ids import AccessPointId
from readers.events import Signal
from readers.outputs.kiosk.display import KioskDisplay
from readers.outputs.kiosk.screen import LISTENERS_MAX
from readers.outputs.settings import KioskSettings
from readers.words import Words
from tests.servers import free_port

MAIN, STAFF = AccessPointId("main_in"), AccessPointId("staff_in")
SOON = 10.0


def kiosk_settings(port: int) -> KioskSettings:
    return KioskSettings.model_validate(
        {
            "port": port,
            "points": {
                "main_in": {"name": "正面玄関・入", "name_en": "Main <entrance>", "hold": True, "door": "main"},
                "staff_in": {"name": "職員通用口・入", "name_en": "Staff door, in"},
            },
        }
    )


@contextmanager
def kiosk_on(port: int) -> Iterator[KioskDisplay]:
    display = KioskDisplay(kiosk_settings(port))
    until = time.monotonic() + SOON
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.01)
    yield display
    display.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def kiosk(port: int) -> Iterator[KioskDisplay]:
    with kiosk_on(port) as display:
        yield display


def ask(
    port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


class Stream:
    """An open page, as far as its stream goes."""

    def __init__(self, port: int, point: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
        self._connection.request("GET", f"/events/{point}")
        self.answer = self._connection.getresponse()

    def next(self) -> dict[str, object] | None:
        """Give the next thing told (heartbeats are nothing); None at the end."""
        while True:
            line = self.answer.readline()
            if not line:
                return None
            if line.startswith(b"data: ") and (told := json.loads(line[6:])):
                return dict(told)

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


def listen(port: int, point: str) -> Stream:
    stream = Stream(port, point)
    assert stream.answer.status == 200
    stream.answer.readline()  # the retry line: from here on it hears
    return stream


@pytest.mark.usefixtures("kiosk")
def test_what_is_served(port: int) -> None:
    status, headers, body = ask(port, "/main_in")
    page = body.decode()
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "正面玄関・入" in page
    assert "Main &lt;entrance&gt;" in page
    assert 'data-events="/events/main_in"' in page
    assert 'class="hold">' in page
    assert ask(port, "/")[2] == body
    assert 'class="hold" hidden>' in ask(port, "/staff_in")[2].decode()
    for path, kind in (("/kiosk.css", "text/css"), ("/kiosk.js", "text/javascript"), ("/mark.svg", "image/svg+xml")):
        status, headers, _ = ask(port, path)
        assert (status, headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
    status, headers, body = ask(port, "/main_in", "HEAD")
    assert (status, body) == (200, b"")


@pytest.mark.usefixtures("kiosk")
@pytest.mark.parametrize("path", ["/", "/kiosk.js", "/nowhere"])
def test_every_answer_is_shut_tight(port: int, path: str) -> None:
    _, headers, _ = ask(port, path)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Python" not in headers["Server"]


@pytest.mark.usefixtures("kiosk")
@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/nowhere", "GET", {}, 404),
        ("/events/nowhere", "GET", {}, 404),
        ("/events/main_in", "HEAD", {}, 404),
        ("/../settings.py", "GET", {}, 404),
        ("/%2e%2e/settings.py", "GET", {}, 404),
        ("/", "POST", {}, 405),
        ("/main_in", "PUT", {}, 405),
        ("/", "GET", {"Host": "kiosk.example"}, 421),
        ("/events/main_in", "GET", {"Host": "kiosk.example:80"}, 421),
    ],
)
def test_what_is_not_served(port: int, path: str, method: str, headers: dict[str, str], status: int) -> None:
    assert ask(port, path, method, headers)[0] == status


@pytest.mark.usefixtures("kiosk")
def test_only_loopback_listens(port: int) -> None:
    """The socket is bound to the loopback address itself, so no other interface reaches it."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = [row[1] for row in table if row[3] == "0A" and row[1].endswith(f":{port:04X}")]
    assert listening == [f"0100007F:{port:04X}"]


def test_each_page_hears_its_own_point(kiosk: KioskDisplay, port: int) -> None:
    main, staff = listen(port, "main_in"), listen(port, "staff_in")
    kiosk.notice(MAIN)
    signals: tuple[Signal, ...] = ("granted", "refused", "unrecorded", "retry")
    for signal in signals:
        kiosk.present(MAIN, signal, Words("出勤 8:25", "In 8:25"))
    kiosk.present(AccessPointId("elsewhere"), "granted", Words("出勤 8:25", "In 8:25"))
    kiosk.notice(STAFF)
    assert main.next() == {"show": "noticed"}
    for signal in signals:
        assert main.next() == {"show": signal, "ja": "出勤 8:25", "en": "In 8:25"}
    assert staff.next() == {"show": "noticed"}
    main.close()
    staff.close()


def test_alarms_reach_the_doors_people_until_they_end(kiosk: KioskDisplay, port: int) -> None:
    main, staff = listen(port, "main_in"), listen(port, "staff_in")
    kiosk.alarm("journal_failed", "disk")
    kiosk.alarm("door_held_open", "west")
    kiosk.alarm("door_held_open", "main")
    told = main.next()
    assert told is not None
    assert told["alarm"] == "door_held_open"
    assert told["ja"] == "扉が開いたままです。閉めてください"
    late = listen(port, "main_in")
    again = late.next()
    assert again is not None
    assert again["alarm"] == "door_held_open"
    kiosk.alarm("door_restored", "main")
    calm = {main_told["calm"] for main_told in (main.next(), main.next(), main.next()) if main_told}
    assert calm == {"door_forced_open", "door_held_open", "door_held_open_prealarm"}
    later = listen(port, "main_in")
    kiosk.notice(MAIN)
    assert later.next() == {"show": "noticed"}
    both = [staff.next(), staff.next()]  # a point that names no door hears every door of the box
    assert [each["alarm"] for each in both if each] == ["door_held_open", "door_held_open"]
    for stream in (main, staff, late, later):
        stream.close()


def test_pages_beyond_the_limit_and_pages_that_do_not_read(kiosk: KioskDisplay, port: int) -> None:
    streams = [listen(port, "main_in") for _ in range(LISTENERS_MAX)]
    assert ask(port, "/events/main_in")[0] == 503
    began = time.monotonic()
    for _ in range(5000):
        kiosk.present(MAIN, "refused", Words("登録のないカードです", "Card not registered"))
    assert time.monotonic() - began < 5
    kiosk.present(MAIN, "granted", Words("退勤 17:15", "Out 17:15"))
    while (told := streams[0].next()) != {"show": "granted", "ja": "退勤 17:15", "en": "Out 17:15"}:
        assert told is not None
    for stream in streams:
        stream.close()
    until = time.monotonic() + SOON
    while ask_stream_status(port) == 503:  # noticed at the next heartbeat
        assert time.monotonic() < until
        time.sleep(0.1)


def ask_stream_status(port: int) -> int:
    stream = Stream(port, "main_in")
    status = stream.answer.status
    stream.close()
    return status


def test_a_request_that_never_ends_holds_nobody_up(kiosk: KioskDisplay, port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
    for each in slow:
        each.sendall(b"GET / HTTP/1.1\r\nHost: 127")
    assert ask(port, "/")[0] == 200
    for each in slow:
        each.close()


def test_closing_ends_the_streams_and_a_taken_port_is_waited_for(port: int) -> None:
    with kiosk_on(port):
        stream = listen(port, "main_in")
        second = KioskDisplay(kiosk_settings(port))
        second.notice(MAIN)  # a display without its port is silent, and nothing else
    assert stream.next() is None
    stream.close()
    until = time.monotonic() + SOON
    while True:
        try:
            assert ask(port, "/")[0] == 200
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
    second.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "kiosk"]
