"""Mail over a real server: encrypted, with a password, Japanese whole, and each failure sorted."""

import socket
from pathlib import Path

import pytest
from pydantic import ValidationError

from sync.notify.mail import MailWay
from sync.notify.settings import MailSettings
from sync.notify.way import SENT, Outcome
from tests.sync.notify.letters import letter
from tests.sync.notify.mail_server import mail_server


def test_letters_arrive_whole_on_one_connection(tmp_path: Path) -> None:
    with mail_server(tmp_path) as post:
        way = MailWay(post.settings)
        assert [way.send(letter(number)) for number in (1, 2)] == [SENT, SENT]
        way.close()
    first, second = post.letters
    assert first["Subject"] == "決裁を待つ申請があります"
    assert first["To"] == "hagi@city.example"
    assert first["Message-ID"] == "<msg_1_mail@city.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content().replace("\r\n", "\n") == letter().text
    assert second["Message-ID"] != first["Message-ID"]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("550 5.1.1 no such user", Outcome.poison),
        ("450 4.2.1 busy", Outcome.overload),
        ("451 4.3.0 try later", Outcome.transient),
        ("421 4.7.0 too many", Outcome.overload),
    ],
)
def test_a_refused_recipient_does_not_stop_the_next(tmp_path: Path, reply: str, outcome: Outcome) -> None:
    with mail_server(tmp_path) as post:
        post.recipient_replies = [reply]
        way = MailWay(post.settings)
        told = way.send(letter())
        assert told.outcome is outcome
        assert "hagi" not in told.fault
        assert way.send(letter(2)) == SENT
        way.close()
    assert len(post.letters) == 1


@pytest.mark.parametrize(("reply", "outcome"), [("554 5.7.1 spam", Outcome.poison), ("452 full", Outcome.overload)])
def test_refused_contents(tmp_path: Path, reply: str, outcome: Outcome) -> None:
    with mail_server(tmp_path) as post:
        post.data_replies = [reply]
        way = MailWay(post.settings)
        assert way.send(letter()).outcome is outcome
        way.close()


def test_a_wrong_password_and_an_unknown_certificate_close_the_way(tmp_path: Path) -> None:
    with mail_server(tmp_path, password="wrong") as post:
        assert MailWay(post.settings).send(letter()).outcome is Outcome.closed
    with mail_server(tmp_path, ca=False) as post:
        told = MailWay(post.settings).send(letter())
        assert (told.outcome, told.fault) == (Outcome.closed, "SSLCertVerificationError")
        assert post.letters == []


def test_a_server_without_starttls_gets_neither_password_nor_letter(tmp_path: Path) -> None:
    with mail_server(tmp_path, tls=False) as post:
        told = MailWay(post.settings).send(letter())
    assert (told.outcome, told.fault) == (Outcome.closed, "SMTPNotSupportedError")
    assert post.letters == []


def test_nobody_there_and_nobody_who_answers() -> None:
    settings = MailSettings(host="127.0.0.1", port=1, sender="a@b.example")
    assert MailWay(settings).send(letter()).outcome is Outcome.transient
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = MailSettings(host="127.0.0.1", port=silent.getsockname()[1], sender="a@b.example")
        assert MailWay(settings, timeout_seconds=0.2).send(letter()).outcome is Outcome.transient


def test_a_line_break_in_a_header_is_poison(tmp_path: Path) -> None:
    with mail_server(tmp_path) as post:
        way = MailWay(post.settings)
        assert way.send(letter(target="a@b.example\r\nBcc: c@d.example")).outcome is Outcome.poison
        assert way.send(letter()) == SENT
        way.close()


@pytest.mark.parametrize(
    "said",
    [
        {"host": "mail.city.example", "security": "none"},
        {"host": "127.0.0.1", "user": "x"},
        {"host": "127.0.0.1", "sender": "x"},
        {"host": "127.0.0.1", "port": 0},
    ],
)
def test_settings_that_would_leak_or_fail_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MailSettings.model_validate({"sender": "a@b.example", **said})
