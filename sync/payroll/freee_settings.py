"""The settings of freee人事労務's public API: which 事業所, and as which application we ask."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sync.http_client import is_private
from sync.setting_paths import SecretFile

SECRET_CHARACTERS_MAX = 4096


def _private(url: str) -> str:
    if not is_private(url):
        raise ValueError("expected an https address")
    return url


Private = Annotated[str, AfterValidator(_private)]


class FreeeSettings(BaseModel):
    """``[freee]``: the service that takes each closed month over HTTPS in place of a file.

    ``client_id`` and ``client_secret_file`` are the application's that the city registered at freee, ``redirect_url``
    its コールバックURL. Somebody authorises it once (``sekisho sync freee-authorise``); from then on the tokens are
    renewed and kept sealed in the database. ``pay_months_later``: a month is paid so many months after it was worked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    company_id: Annotated[int, Field(ge=1)]
    client_id: Annotated[str, Field(min_length=1, max_length=256)]
    client_secret_file: SecretFile
    redirect_url: Annotated[str, Field(min_length=1, max_length=2000)] = "urn:ietf:wg:oauth:2.0:oob"
    url: Private = "https://api.freee.co.jp/hr"
    auth_url: Private = "https://accounts.secure.freee.co.jp/public_api"
    pay_months_later: Annotated[int, Field(ge=0, le=3)] = 0
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 30.0

    def load_client_secret(self) -> str:
        """Read the application's secret.

        Raises:
            OSError: the file cannot be read.
        """
        with self.client_secret_file.open(encoding="ascii", errors="replace") as file:
            return file.read(SECRET_CHARACTERS_MAX).strip()
