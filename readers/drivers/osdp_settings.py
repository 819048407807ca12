"""``[[osdp_lines]]`` of ``edge.toml``: RS-485 lines, the readers on them, and what is wired to those."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contract.fields import Id
from readers.setting_paths import SecretFile

READERS_MAX = 32
"""Readers on one line: what RS-485 drives, and what the library's masks hold."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OsdpInputSettings(_Section):
    """``[[osdp_lines.readers.inputs]]``: a wired input of a reader."""

    number: Annotated[int, Field(ge=0, lt=32)]
    id: Id
    active_when: Literal["closed", "open"] = "closed"


class OsdpReaderSettings(_Section):
    """``[[osdp_lines.readers]]``: a reader's address, and its key (a file of 32 hexadecimal digits, mode 600)."""

    address: Annotated[int, Field(ge=0, le=126)]
    key_file: SecretFile
    inputs: tuple[OsdpInputSettings, ...] = ()

    @model_validator(mode="after")
    def _numbers_once(self) -> "OsdpReaderSettings":
        if len({each.number for each in self.inputs}) < len(self.inputs):
            raise ValueError("inputs: an input's number is there twice")
        return self


class OsdpLineSettings(_Section):
    """``[[osdp_lines]]``: a serial device, its speed and the readers on it."""

    path: Annotated[str, Field(pattern=r"^/[^?]+$")]
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400] = 9600
    readers: Annotated[tuple[OsdpReaderSettings, ...], Field(min_length=1, max_length=READERS_MAX)]

    @model_validator(mode="after")
    def _addresses_once(self) -> "OsdpLineSettings":
        if len({reader.address for reader in self.readers}) < len(self.readers):
            raise ValueError("readers: an address is there twice")
        return self
