"""A webhook signed by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.

The receiver checks ``webhook-signature`` with the shared secret, refuses a ``webhook-timestamp`` more than five minutes
from its own clock, and forgets an id it has seen no sooner than that: a repetition comes with the same ``webhook-id``.
The body names a kind, ids and a short text, never a name.
"""

import json
from collections.abc import Callable
from datetime import datetime

from standardwebhooks import Webhook

from sync.http_client import open_client
from sync.notify.http_post import post, sort_answer
from sync.notify.settings import WebhookSettings
from sync.notify.way import Letter, Told

REPLAY_WINDOW_SECONDS = 300
"""How far the receiver's clock may be from the signed time (Standard Webhooks, Verifying signatures)."""


class WebhookWay:
    """One receiver; ``now`` is the clock that signs."""

    def __init__(
        self, settings: WebhookSettings, now: Callable[[], datetime], *, timeout_seconds: float = 15.0
    ) -> None:
        self._url = settings.url
        self._signer = Webhook(settings.load_secret())
        self._now = now
        self._client = open_client(timeout_seconds)

    def send(self, letter: Letter) -> Told:
        """Send a letter's ids and short text; signed anew at every try, under the same id."""
        body = write_body(letter)
        signed_at = self._now()
        headers = {
            "content-type": "application/json",
            "webhook-id": letter.id,
            "webhook-timestamp": str(int(signed_at.timestamp())),
            "webhook-signature": self._signer.sign(letter.id, signed_at, body),
        }
        return sort_answer(post(self._client, self._url, headers, content=body.encode()), "webhook")

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()


def write_body(letter: Letter) -> str:
    """Give the body: what happened, when, and to whom by the id that the receiver knows."""
    body = {
        "type": f"sekisho.{letter.kind}",
        "timestamp": letter.created_at.isoformat(),
        "data": {"recipient": letter.target, "text": letter.short, "link": letter.link},
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
