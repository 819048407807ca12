"""LINE WORKS by its API 2.0: a service account's signed claim gets a token, the bot tells a user a short text.

The claim is a JWT (RS256) that names the client and the service account and lives for an hour; the token lives for as
long as the answer says and is asked for anew before it ends or when it is refused (developers.worksmobile.com,
auth-jwt, rate-limits).
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import jwt

from sync.http_client import open_client
from sync.notify.http_post import Answer, post, sort_answer
from sync.notify.settings import LineWorksSettings
from sync.notify.way import Letter, Outcome, Told

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIM_LIFE = timedelta(minutes=60)
TOKEN_MARGIN = timedelta(minutes=5)
"""A token is asked for anew so long before it ends."""
TOKEN_LIFE_MAX = timedelta(days=1)
TEXT_MAX = 1000


class LineWorksWay:
    """One bot of one tenant; ``now`` is the clock that claims and tokens are measured by."""

    def __init__(
        self, settings: LineWorksSettings, now: Callable[[], datetime], *, timeout_seconds: float = 15.0
    ) -> None:
        self._settings = settings
        self._now = now
        self._client = open_client(timeout_seconds)
        self._token = ""
        self._token_until = now()

    def send(self, letter: Letter) -> Told:
        """Tell a user; a token that was taken back before its time is asked for once more."""
        trouble = self._ready_token()
        if trouble is not None:
            return trouble
        answer = self._tell(letter)
        if answer.status == 401:
            self._token = ""
            trouble = self._ready_token()
            if trouble is not None:
                return trouble
            answer = self._tell(letter)
        return sort_answer(answer, "LINE WORKS")

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()

    def _tell(self, letter: Letter) -> Answer:
        settings = self._settings
        url = f"{settings.api_url}/v1.0/bots/{quote(settings.bot_id, safe='')}/users/{quote(letter.target, safe='')}"
        content = {"content": {"type": "text", "text": f"{letter.short}\n{letter.link}"[:TEXT_MAX]}}
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        return post(self._client, f"{url}/messages", headers, content=json.dumps(content, ensure_ascii=False).encode())

    def _ready_token(self) -> Told | None:
        now = self._now()
        if self._token and now < self._token_until:
            return None
        settings = self._settings
        form = {
            "assertion": self._claim(now),
            "grant_type": GRANT,
            "client_id": settings.client_id,
            "client_secret": settings.load_client_secret(),
            "scope": "bot",
        }
        answer = post(self._client, f"{settings.auth_url}/oauth2/v2.0/token", {}, data=form)
        told = sort_answer(answer, "LINE WORKS token")
        if told.outcome is Outcome.poison:  # a claim that is refused is refused for every letter
            return Told(Outcome.closed, told.fault)
        if told.outcome is not Outcome.sent:
            return told
        token, life = _read_token(answer.value)
        if not token:
            return Told(Outcome.transient, "LINE WORKS token unreadable")
        self._token = token
        self._token_until = now + max(life - TOKEN_MARGIN, timedelta(0))
        return None

    def _claim(self, now: datetime) -> str:
        claims = {
            "iss": self._settings.client_id,
            "sub": self._settings.service_account,
            "iat": int(now.timestamp()),
            "exp": int((now + CLAIM_LIFE).timestamp()),
        }
        return jwt.encode(claims, self._settings.load_private_key(), algorithm="RS256")


def _read_token(value: object) -> tuple[str, timedelta]:
    if not isinstance(value, dict):
        return "", timedelta(0)
    token, life = value.get("access_token"), str(value.get("expires_in", ""))
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        return "", timedelta(0)
    seconds = int(life[:9]) if life.isascii() and life.isdigit() else 0
    return token, min(timedelta(seconds=seconds), TOKEN_LIFE_MAX)
