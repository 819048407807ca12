"""The settings of freee人事労務's public API: which 事業所, and the file its token stands in."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sync.http_client import is_private
from sync.secret_file import check_secret_file
from sync.setting_paths import Folder

TOKEN_CHARACTERS_MAX = 4096


def _private(url: str) -> str:
    if not is_private(url):
        raise ValueError("expected an https address")
    return url


class FreeeSettings(BaseModel):
    """``[freee]``: the service that takes each closed month over HTTPS in place of a file.

    ``token_file`` holds the access token alone; it is read anew for each month, so whoever renews tokens just lays the
    new one. ``pay_months_later``: a month is paid so many months after it was worked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    company_id: Annotated[int, Field(ge=1)]
    token_file: Annotated[Folder, AfterValidator(check_secret_file)]
    url: Annotated[str, AfterValidator(_private)] = "https://api.freee.co.jp/hr"
    pay_months_later: Annotated[int, Field(ge=0, le=3)] = 0
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 30.0

    def read_token(self) -> str:
        """Read the access token.

        Raises:
            OSError: the file cannot be read.
        """
        with self.token_file.open(encoding="ascii", errors="replace") as file:
            return file.read(TOKEN_CHARACTERS_MAX).strip()
