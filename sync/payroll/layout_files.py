"""Find and read layouts: those of known products by name, a city's own by its path."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from sync.payroll.cells import PayrollFileError
from sync.payroll.layout import Encoding, Layout, TimeUnit

BYTES_MAX = 200_000
_SHIPPED = files("sync.payroll") / "layouts"


class LayoutError(PayrollFileError):
    """A layout is not there, is malformed, or needs what the city has not given; the text says what to do."""


def list_layouts() -> tuple[str, ...]:
    """Give the names of the shipped layouts, in order."""
    return tuple(sorted(each.name.removesuffix(".toml") for each in _SHIPPED.iterdir() if each.name.endswith(".toml")))


def load_layout(name: str, *, city_file: Path | None = None) -> Layout:
    """Give a layout that can be written.

    Args:
        name: a shipped layout's name.
        city_file: the city's own file, in place of the shipped one of that name.

    Raises:
        LayoutError: there is none of that name, the file is malformed, or the city's columns are missing.
    """
    if city_file is not None:
        layout = _read(_bytes_of(city_file), str(city_file))
        if layout.name != name:
            raise LayoutError(
                f"{city_file}: name が {layout.name} です。{name} にしてください / expected name = {name!r}"
            )
    elif name in list_layouts():
        layout = _read((_SHIPPED / f"{name}.toml").read_bytes(), f"{name}.toml")
    else:
        raise LayoutError(
            f"レイアウト {name} はありません / there is no layout {name}; expected one of {', '.join(list_layouts())}"
        )
    if layout.city_columns:
        raise LayoutError(
            f"{layout.title} の項目の並びは公開されていません。市の項目対応表（TOML）を指定してください / "
            f"the columns of {layout.name} are not published: give the city's own layout file with its columns"
        )
    return layout


def adapt_layout(layout: Layout, *, time: TimeUnit | None = None, encoding: Encoding | None = None) -> Layout:
    """Give a layout in the notation and encoding that the product at hand is set to; None leaves it as it is."""
    changes = {name: value for name, value in (("time", time), ("encoding", encoding)) if value is not None}
    return layout.model_copy(update=changes)


def layout_schema() -> str:
    """Give the JSON Schema of a layout file, for whoever writes one."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Layout.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(BYTES_MAX + 1)
    except OSError as error:
        raise LayoutError(f"レイアウトを読めません / cannot read the layout {file}: {error.strerror}") from None


def _read(data: bytes, told: str) -> Layout:
    if len(data) > BYTES_MAX:
        raise LayoutError(f"{told}: 大きすぎます / too large, expected at most {BYTES_MAX} bytes")
    try:
        plain = tomllib.loads(data.decode())
        return Layout.model_validate(plain)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LayoutError(f"{told}: TOML として読めません / no TOML: {error}") from None
    except ValidationError as error:
        lines = [
            f"{told}: {'.'.join(str(part) for part in fault['loc']) or 'layout'}: "
            f"正しくありません / {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_url=False)
        ]
        raise LayoutError("\n".join(lines)) from None
