"""The webhook: an independent verifier takes each letter, and takes none that was changed or kept back."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from sync.notify.settings import WebhookSettings
from sync.notify.way import SENT, Outcome
from sync.notify.webhook import WebhookWay
from tests.sync.notify.faulty_post import receiver_of
from tests.sync.notify.letters import letter
from tests.sync.notify.mail_server import secret_file

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def settings(folder: Path, url: str, secret: str = SECRET) -> WebhookSettings:
    return WebhookSettings(url=f"{url}/hook", secret_file=secret_file(folder / "hook.secret", secret))


def now() -> datetime:
    return datetime.now(UTC)


def test_an_independent_verifier_takes_it(tmp_path: Path) -> None:
    with receiver_of() as receiver:
        way = WebhookWay(settings(tmp_path, receiver.url), now)
        assert way.send(letter(target="employee-7")) == SENT
        assert way.send(letter(target="employee-7")) == SENT
        way.close()
    (path, headers, body), (_, again, _) = receiver.came
    assert path == "/hook"
    assert headers["webhook-id"] == again["webhook-id"]
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "sekisho.application_waiting"
    assert told["data"] == {"recipient": "employee-7", "text": letter().short, "link": letter().link}
    assert letter().text not in json.dumps(told, ensure_ascii=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"employee-7", b"employee-8"), headers)


def test_what_is_replayed_later_is_refused(tmp_path: Path) -> None:
    with receiver_of() as receiver:
        way = WebhookWay(settings(tmp_path, receiver.url), lambda: datetime(2025, 11, 4, tzinfo=UTC))
        way.send(letter())
        way.close()
    (_, headers, body) = receiver.came[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers)


@pytest.mark.parametrize(
    ("answer", "outcome", "pause_seconds"),
    [
        ((204, {}), Outcome.sent, 0),
        ((429, {"Retry-After": "7"}), Outcome.overload, 7),
        ((503, {}), Outcome.overload, 60),
        ((429, {"Retry-After": "9" * 30}), Outcome.overload, 3600),
        ((500, {}), Outcome.transient, 0),
        ((400, {}), Outcome.poison, 0),
        ((401, {}), Outcome.closed, 0),
        ((410, {}), Outcome.closed, 0),
        ((302, {"Location": "http://127.0.0.1:1/"}), Outcome.closed, 0),
        (None, Outcome.transient, 0),
    ],
)
def test_every_answer_is_sorted(
    tmp_path: Path, answer: tuple[int, dict[str, str]] | None, outcome: Outcome, pause_seconds: float
) -> None:
    with receiver_of() as receiver:
        receiver.answers = [answer]
        way = WebhookWay(settings(tmp_path, receiver.url), now)
        told = way.send(letter())
        way.close()
    assert (told.outcome, told.pause_seconds) == (outcome, pause_seconds)
    assert len(receiver.came) == 1


def test_nobody_there(tmp_path: Path) -> None:
    way = WebhookWay(settings(tmp_path, "http://127.0.0.1:1"), now)
    assert way.send(letter()).outcome is Outcome.transient
    way.close()


@pytest.mark.parametrize("secret", ["whsec_AAAA", "not base64!", ""])
def test_a_weak_secret_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(ValidationError, match="expected"):
        settings(tmp_path, "https://hook.city.example", secret)


def test_a_plain_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="https"):
        settings(tmp_path, "http://hook.city.example")
