"""The register of terminals as a file, and their certificates as they were issued: names, days and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

from cryptography import x509
from cryptography.x509.oid import NameOID
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from contract.csv_rows import DayCell, FaultyLine, PersonCell, read_csv_rows, read_each
from contract.fields import Id
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy, refuse_zone

TERMINAL_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "端末番号": "id",
        "名称": "name",
        "系": "tier_id",
        "種類": "terminal_class",
        "MACアドレス": "mac",
        "管理者": "kept_by",
        "席の読取機": "seat_point_id",
        "使用開始日": "issued_on",
    }
)
"""The columns in Japanese; their English names are the fields'."""
TERMINAL_NEEDED = ("id", "name", "tier_id", "terminal_class")

TERMINAL_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
"""What a terminal's certificate may call it: a host's name."""
NAME_LENGTH_MAX = 80
PEM_BYTES_MAX = 1024 * 1024
CERTIFICATES_MAX = 500

_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "id": "証明書の名前 A–Z a–z 0–9 . - _ (63)",
        "name": f"1–{NAME_LENGTH_MAX} 字 characters",
        "tier_id": f"1–{NAME_LENGTH_MAX} 字 characters",
        "terminal_class": "a–z 0–9 - _ (63)",
        "mac": "00:00:5e:00:53:01",
        "kept_by": "職員番号 a–z 0–9 - _ (63)",
        "seat_point_id": "a–z 0–9 - _ (63)",
        "issued_on": "YYYY-MM-DD",
    }
)


def read_mac(text: object) -> object:
    """Let an address parted by colons, hyphens or dots be twelve small hex digits; for a model's field."""
    return "".join(mark for mark in text.lower() if mark not in ":-. ") if isinstance(text, str) else text


class TerminalRow(BaseModel):
    """A terminal; ``tier_id`` may be the tier's name, too. Without a keeper it is shared."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    id: Annotated[str, StringConstraints(pattern=TERMINAL_ID_PATTERN)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH_MAX)]
    tier_id: Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH_MAX)]
    terminal_class: Id
    mac: Annotated[str, BeforeValidator(read_mac), StringConstraints(pattern=r"^[0-9a-f]{12}$")] | None = None
    kept_by: PersonCell | None = None
    seat_point_id: Id | None = None
    issued_on: DayCell | None = None


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """What a certificate says: whose it is, from when until when it counts, and its serial number in hex."""

    terminal_id: str
    from_at: datetime
    until_at: datetime
    serial: str


def read_terminal_file(data: bytes) -> tuple[list[tuple[int, TerminalRow]], list[FaultyLine]]:
    """Give a file's terminals, each with its line, and the lines that are none.

    Raises:
        ZoneFaultsError: it is no such file as a whole (``file``).
    """
    return read_each(read_csv_rows(data, TERMINAL_COLUMNS, TERMINAL_NEEDED), TerminalRow, _EXPECTED, numbers=("mac",))


def explain_terminal(error: ValidationError) -> ZoneFaultsError:
    """Say by field what a terminal is not that a form told of."""
    wrong = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
    return ZoneFaultsError(tuple(ZoneFault(name, ZoneWhy.malformed, {"expected": _EXPECTED[name]}) for name in wrong))


def read_certificates(data: bytes) -> list[IssuedCertificate]:
    """Give what the certificates of a PEM file (RFC 7468) say.

    Raises:
        ZoneFaultsError: there is none in it, too many, one without a name, or a private key (``file``).
    """
    if b"PRIVATE KEY" in data:
        raise refuse_zone("file", ZoneWhy.private_key)
    if len(data) > PEM_BYTES_MAX:
        raise refuse_zone("file", ZoneWhy.malformed, expected=f"≤ {PEM_BYTES_MAX // 1024} KiB")
    try:
        found = [_read_certificate(each) for each in x509.load_pem_x509_certificates(data)]
    except (ValueError, UnicodeError):
        raise refuse_zone("file", ZoneWhy.malformed, expected="-----BEGIN CERTIFICATE-----") from None
    if len(found) > CERTIFICATES_MAX:
        raise refuse_zone("file", ZoneWhy.malformed, expected=f"≤ {CERTIFICATES_MAX}")
    return found


def _read_certificate(certificate: x509.Certificate) -> IssuedCertificate:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        raise refuse_zone("file", ZoneWhy.malformed, expected="CN = 端末番号 terminal id")
    return IssuedCertificate(
        str(names[0].value),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        f"{certificate.serial_number:x}",
    )
