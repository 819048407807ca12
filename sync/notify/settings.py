"""How each way is reached: the ``[notify]`` table of ``sync.toml``; secrets lie in files of their owner alone."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sync.http_client import LOOPBACK, is_private
from sync.setting_paths import ReadableFile, SecretFile

WEBHOOK_SECRET_BYTES_MIN = 24
"""Standard Webhooks 1.0 asks for 24 to 64 random bytes."""


def _https(url: str) -> str:
    if not is_private(url):
        raise ValueError(f"https で始まる宛先にしてください / expected an https address, got {url.partition(':')[0]!r}")
    return url.rstrip("/")


Address = Annotated[str, AfterValidator(_https)]
Word = Annotated[str, Field(min_length=1, max_length=254, pattern=r"^[\x21-\x7e]+$")]


class MailSettings(BaseModel):
    """A mail server. ``security`` ``none`` is for a server on this machine alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Word
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Annotated[Word, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]
    user: Word | None = None
    password_file: SecretFile | None = None
    ca_file: ReadableFile | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "MailSettings":
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("security none はこの機械の中だけです / none is for this machine alone: starttls or tls")
        if (self.user is None) != (self.password_file is None):
            raise ValueError("user と password_file は両方要ります / expected user and password_file together")
        if self.user is not None and self.security == "none":
            raise ValueError("暗号化なしで認証はできません / no password without starttls or tls")
        return self

    def load_password(self) -> str:
        """Read the password; empty without a file."""
        return "" if self.password_file is None else self.password_file.read_text(encoding="utf-8").strip()


class LineWorksSettings(BaseModel):
    """A bot of LINE WORKS, as its Developer Console names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: Word
    client_secret_file: SecretFile
    service_account: Word
    private_key_file: SecretFile
    bot_id: Word
    auth_url: Address = "https://auth.worksmobile.com"
    api_url: Address = "https://www.worksapis.com"

    def load_client_secret(self) -> str:
        """Read the client's secret."""
        return self.client_secret_file.read_text(encoding="utf-8").strip()

    def load_private_key(self) -> str:
        """Read the service account's private key (PEM)."""
        return self.private_key_file.read_text(encoding="utf-8")


class WebhookSettings(BaseModel):
    """A receiver of our own events; the secret file holds ``whsec_`` and base64 of at least 24 bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address
    secret_file: SecretFile

    @model_validator(mode="after")
    def _has_a_secret(self) -> "WebhookSettings":
        try:
            secret = base64.b64decode(self.load_secret().removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) < WEBHOOK_SECRET_BYTES_MIN:
            raise ValueError(
                f"secret_file: whsec_ と base64({WEBHOOK_SECRET_BYTES_MIN}バイト以上)にしてください / "
                f"expected whsec_ and base64 of at least {WEBHOOK_SECRET_BYTES_MIN} bytes"
            )
        return self

    def load_secret(self) -> str:
        """Read the shared secret."""
        return self.secret_file.read_text(encoding="ascii").strip()


class NotifySettings(BaseModel):
    """The ways that are there; ``site_url`` is where the pages are, as recipients reach them.

    ``citizens_url`` is where citizens reserve rooms, for the links in the letters to them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_url: Address
    citizens_url: Address | None = None
    mail: MailSettings | None = None
    line_works: LineWorksSettings | None = None
    webhook: WebhookSettings | None = None
