"""Doors that the connector asks for HR's files: SFTP and HTTPS, the other side known by a key that was given."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contract.hr_file import HrFileKind
from sync.setting_paths import ReadableFile, SecretFile

TAKEN_NAMES = frozenset({"desk", "folder"})
_NAME = r"^[a-z][a-z0-9_-]{0,40}$"
_HOST = r"^[A-Za-z0-9:]([A-Za-z0-9.:-]{0,250}[A-Za-z0-9])?$"
_HOST_KEY = re.compile(r"(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2}(?: .*)?")


def _own_name(name: str) -> str:
    if name in TAKEN_NAMES:
        raise ValueError(f"expected another name than {name}: it is the product's own")
    return name


def _host_key(text: str) -> str:
    if not _HOST_KEY.fullmatch(text):
        raise ValueError('expected the server\'s public key, "ssh-ed25519 AAAA…", as its /etc/ssh/*_key.pub has it')
    return text


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise ValueError("expected https://host/path without a name or password in it")
    return url


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=_NAME), AfterValidator(_own_name)]
    kind: HrFileKind


class SftpSource(_Source):
    """One file on an SFTP server. ``host_key`` is the only key that is taken for the server's; ``key_file`` is ours."""

    way: Literal["sftp"]
    host: Annotated[str, Field(pattern=_HOST)]
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,60}$")]
    key_file: SecretFile
    host_key: Annotated[str, AfterValidator(_host_key)]
    path: Annotated[str, Field(min_length=1, max_length=500)]


class HttpsSource(_Source):
    """One file behind an address. ``ca_file`` is the only authority believed; ``token_file`` the bearer token."""

    way: Literal["https"]
    url: Annotated[str, Field(max_length=500), AfterValidator(_https)]
    token_file: SecretFile
    ca_file: ReadableFile


HrSource = Annotated[SftpSource | HttpsSource, Field(discriminator="way")]
