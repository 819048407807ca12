"""Read and write fee tables: from a TOML file, from a section of a facility's file, from and to stored bytes."""

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from contract.fee_table_file import DAYS, FeeTableFile
from contract.profile_faults import ProfileFault, explain_fault
from domain.civil import format_clock
from domain.facilities.fee_table import FeeTable, Rate, Scope
from domain.zones.my_number import WORDS, find_my_numbers

BYTES_MAX = 512 * 1024


class FeeTableFileError(ValueError):
    """A fee table that cannot be read; ``faults`` name each wrong field."""

    def __init__(self, faults: tuple[ProfileFault, ...]) -> None:
        super().__init__("\n".join(f"{fault.field}: {fault.expected}" for fault in faults))
        self.faults = faults


def read_fee_table(plain: Mapping[str, Any]) -> FeeTable:
    """Give the table of plain values, as a TOML or YAML file has them; whether its rows fit is asked elsewhere.

    Raises:
        FeeTableFileError: a field is wrong; every one is named by its path.
    """
    return _parse(json.dumps(plain, ensure_ascii=False, default=_written).encode())


def read_fee_toml(data: bytes) -> FeeTable:
    """Give the table of a TOML file.

    Raises:
        FeeTableFileError: it is too large, no TOML, holds what may be a 個人番号, or a field is wrong.
    """
    if len(data) > BYTES_MAX:
        raise FeeTableFileError((ProfileFault("file", f"大きすぎます / larger than {BYTES_MAX // 1024} KiB"),))
    try:
        text = data.decode()
        if find_my_numbers(text):
            raise FeeTableFileError((ProfileFault("file", WORDS),))
        return read_fee_table(tomllib.loads(text))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise FeeTableFileError((ProfileFault("file", f"TOML として読めません / not TOML: {error}"),)) from None


def write_fee_table(table: FeeTable) -> bytes:
    """Give a table's bytes as they are stored: the same table gives the same bytes."""
    return json.dumps(_plain(table), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load_fee_table(content: bytes) -> FeeTable:
    """Give a stored table.

    Raises:
        FeeTableFileError: the bytes are none of :func:`write_fee_table`.
    """
    return _parse(content)


def fee_table_schema() -> dict[str, str]:
    """Give the JSON Schema that editors complete a fee table with, by its file's name."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **FeeTableFile.model_json_schema()}
    return {"fee_table.schema.json": json.dumps(schema, indent=2, ensure_ascii=False, default=sorted) + "\n"}


def _parse(content: bytes) -> FeeTable:
    try:
        return FeeTableFile.model_validate_json(content).table()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise FeeTableFileError(tuple(explain_fault(fault) for fault in faults)) from None


def _plain(value: Any) -> Any:
    """Write values as the file has them: scopes beside their row, sets in order, days and bands in words."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if not hasattr(value, "__dataclass_fields__"):
        return value
    plain = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Rate):
        band = format_clock(plain.pop("from_minute")), format_clock(plain.pop("to_minute"))
        plain["from_clock"], plain["to_clock"] = band
    scope = plain.pop("scope", {})
    if isinstance(value, Scope):
        plain["days"] = [DAYS[day] for day in plain["days"]]
    return plain | scope


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
