"""freee's token endpoint: a code that somebody was shown, or the last refresh token, for a pair of tokens.

RFC 6749 sections 4.1.3 and 6. A refresh token gets one pair and holds for 90 days, an access token for six hours
(developer.freee.co.jp, リファレンス「認可コード」, FAQ「トークンの有効期限について」). A request that got no answer may
have used its refresh token up; asking again with the same one tells.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from sync.http_client import open_client
from sync.notify.http_post import Answer, post, sort_answer
from sync.notify.way import Outcome
from sync.payroll.freee_settings import FreeeSettings
from sync.payroll.token_pair import TokenPair, read_answer

CODES = frozenset(
    {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"}
    | {"invalid_scope"}
)
"""What an error may be called (RFC 6749 section 5.2); anything else is not repeated to anybody."""
REFUSALS = frozenset({400, 401})
"""The statuses of a refusal; freee says 401 of a refresh token that was used up. Another one is not about the token."""

REFUSED = (
    "freee が更新を受け付けません（{code}）。sekisho sync freee-authorise で許可し直してください / "
    "freee does not renew our tokens ({code}): authorise again with sekisho sync freee-authorise"
)
NOT_OUR_CLIENT = (
    "freee がアプリを認めません。client_id と client_secret_file を確かめてください / "
    "freee does not know our application: check client_id and client_secret_file"
)


class GrantRefusedError(Exception):
    """The service gives no pair for this code or token, now or later; the text says what to do."""


class ClientRefusedError(Exception):
    """The service does not know us by our id and secret; the code or token may be as good as before."""


class NoTokensError(Exception):
    """No pair came this time; the text says why, ``pause_seconds`` how long the other side asks to wait."""

    def __init__(self, words: str, pause_seconds: float = 0.0) -> None:
        super().__init__(words)
        self.pause_seconds = pause_seconds


class Granted(NamedTuple):
    """A pair of tokens and the end of the one for requests."""

    pair: TokenPair
    ends_at: datetime


def authorise_url(settings: FreeeSettings) -> str:
    """Give the page on which somebody of the 事業所 authorises us and is shown a code."""
    asked = {"response_type": "code", "client_id": settings.client_id, "redirect_uri": settings.redirect_url}
    return f"{settings.auth_url}/authorize?{urlencode({**asked, 'prompt': 'select_company'})}"


def exchange_code(settings: FreeeSettings, code: str, clock: Callable[[], datetime]) -> Granted:
    """Give the first pair for a code; it is good for ten minutes, once.

    Raises:
        GrantRefusedError, ClientRefusedError, NoTokensError: there is none.
        OSError: the application's secret cannot be read.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": settings.redirect_url}
    return _ask(settings, form, clock)


def renew_tokens(settings: FreeeSettings, refresh: str, clock: Callable[[], datetime]) -> Granted:
    """Give the next pair for the refresh token of the last one, which is used up by it.

    Raises:
        GrantRefusedError, ClientRefusedError, NoTokensError: there is none.
        OSError: the application's secret cannot be read.
    """
    return _ask(settings, {"grant_type": "refresh_token", "refresh_token": refresh}, clock)


def _ask(settings: FreeeSettings, form: Mapping[str, str], clock: Callable[[], datetime]) -> Granted:
    asked_at = clock()
    client = {"client_id": settings.client_id, "client_secret": settings.load_client_secret()}
    with open_client(settings.timeout_seconds) as line:
        answer = post(line, f"{settings.auth_url}/token", {"accept": "application/json"}, data={**form, **client})
    told = sort_answer(answer, "freee")
    if told.outcome in {Outcome.transient, Outcome.overload}:
        raise NoTokensError(f"freee に届きません / no tokens came of freee ({told.fault})", told.pause_seconds)
    if answer.status in REFUSALS:
        raise _read_refusal(answer)
    found = read_answer(answer.value) if told.outcome is Outcome.sent else None
    if found is None:
        raise NoTokensError(f"freee の返事が読めません / freee's answer holds no tokens (HTTP {answer.status})")
    return Granted(found.pair(), found.ends_at(asked_at))


def _read_refusal(answer: Answer) -> GrantRefusedError | ClientRefusedError:
    said = answer.value.get("error") if isinstance(answer.value, dict) else None
    if said == "invalid_client":
        return ClientRefusedError(NOT_OUR_CLIENT)
    code = said if isinstance(said, str) and said in CODES else f"HTTP {answer.status}"
    return GrantRefusedError(REFUSED.format(code=code))
