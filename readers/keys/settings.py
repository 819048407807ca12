"""``[keys]`` of ``edge.toml``: where the masters are from which this box derives the keys of the cards it is shown."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from readers.setting_paths import ExistingFile, SecretFile


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoKeys(_Section):
    """``kind = "none"``: no reader of this box asks a card for a proof."""

    kind: Literal["none"] = "none"


class KeyFileSettings(_Section):
    """``kind = "file"``: masters in an owner-only TOML file."""

    kind: Literal["file"]
    file: SecretFile


class TokenSettings(_Section):
    """``kind = "pkcs11"``: masters in a token, which never gives them away.

    ``module`` is the token maker's library, ``token`` the token's label, ``pin_file`` an owner-only file with the PIN.
    """

    kind: Literal["pkcs11"]
    module: ExistingFile
    token: Annotated[str, Field(pattern=r"^[ -~]{1,32}$")]
    pin_file: SecretFile


KeySettings = Annotated[NoKeys | KeyFileSettings | TokenSettings, Field(discriminator="kind")]
"""The section; a box without it has ``NoKeys()``."""
