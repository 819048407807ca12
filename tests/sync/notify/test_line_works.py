"""LINE WORKS: the claim is verified by another's code, tokens end and are renewed, limits hold the way."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.notify.line_works import LineWorksWay
from sync.notify.settings import LineWorksSettings
from sync.notify.way import SENT, Outcome
from tests.sync.notify.faulty_post import Receiver, receiver_of
from tests.sync.notify.letters import NOW, letter
from tests.sync.notify.mail_server import secret_file

KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)


class Clock:
    now = NOW

    def __call__(self) -> object:
        return self.now


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiver_of(PUBLIC) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def way(receiver: Receiver, clock: Clock, tmp_path: Path) -> Iterator[LineWorksWay]:
    settings = LineWorksSettings(
        client_id="client",
        client_secret_file=secret_file(tmp_path / "secret", "a-secret-of-the-test"),
        service_account="sekisho@city",
        private_key_file=secret_file(tmp_path / "key.pem", PRIVATE),
        bot_id="2000001",
        auth_url=receiver.url,
        api_url=receiver.url,
    )
    opened = LineWorksWay(settings, clock)  # type: ignore[arg-type]
    yield opened
    opened.close()


def test_a_short_text_and_a_link_reach_the_user(way: LineWorksWay, receiver: Receiver) -> None:
    assert [way.send(letter(target="hagi@works")) for _ in range(3)] == [SENT] * 3
    assert receiver.tokens == ["token-0"]
    path, headers, body = receiver.came[0]
    assert path == "/v1.0/bots/2000001/users/hagi%40works/messages"
    assert headers["authorization"] == "Bearer token-0"
    assert "決裁を待つ申請があります。" in body.decode()
    assert "2025-11-04" not in body.decode()


def test_a_token_is_renewed_before_it_ends(way: LineWorksWay, receiver: Receiver, clock: Clock) -> None:
    way.send(letter())
    clock.now = NOW + timedelta(hours=23, minutes=54)
    way.send(letter())
    assert len(receiver.tokens) == 1
    clock.now = NOW + timedelta(hours=23, minutes=55)
    assert way.send(letter()) == SENT
    assert len(receiver.tokens) == 2


def test_a_token_that_was_taken_back_is_asked_for_once_more(way: LineWorksWay, receiver: Receiver) -> None:
    way.send(letter())
    receiver.good_tokens.clear()
    assert way.send(letter()) == SENT
    assert len(receiver.tokens) == 2


def test_a_bot_without_rights_closes_the_way(way: LineWorksWay, receiver: Receiver) -> None:
    receiver.answers = [(403, {})]
    assert way.send(letter()).outcome is Outcome.closed


@pytest.mark.parametrize(
    ("answer", "outcome", "pause_seconds"),
    [
        ((429, {"rateLimit-reset": "41"}), Outcome.overload, 41),
        ((429, {}), Outcome.overload, 60),
        ((500, {}), Outcome.transient, 0),
        ((404, {}), Outcome.poison, 0),
        (None, Outcome.transient, 0),
    ],
)
def test_every_answer_is_sorted(
    way: LineWorksWay,
    receiver: Receiver,
    answer: tuple[int, dict[str, str]] | None,
    outcome: Outcome,
    pause_seconds: float,
) -> None:
    receiver.answers = [answer]
    told = way.send(letter(target="hagi@works"))
    assert (told.outcome, told.pause_seconds) == (outcome, pause_seconds)
    assert "hagi" not in told.fault
    assert way.send(letter()) == SENT


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((400, {"error": "invalid_grant"}), Outcome.closed),
        ((401, {}), Outcome.closed),
        ((500, {}), Outcome.transient),
        ((429, {}), Outcome.overload),
        ((200, {}), Outcome.transient),
        ((200, ["?"]), Outcome.transient),
        ((200, {"access_token": "a\r\nb", "expires_in": 1}), Outcome.transient),
    ],
)
def test_without_a_token_nothing_is_told(
    way: LineWorksWay, receiver: Receiver, answer: tuple[int, object], outcome: Outcome
) -> None:
    receiver.token_answers = [answer]
    assert way.send(letter()).outcome is outcome
    assert receiver.came == []
