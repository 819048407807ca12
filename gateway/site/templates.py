"""Files made from the repository's templates, put in place whole or not at all."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.site.layout import FIRMWARE_CONFIGS

TEMPLATES = FIRMWARE_CONFIGS / "templates"


def write_template(name: str, path: Path, values: Mapping[str, Any], *, mode: int = 0o644) -> None:
    """Fill the template ``name`` (``radius/radiusd.conf.j2``) with ``values`` and put it at ``path``."""
    write_whole(path, _open_templates(TEMPLATES).get_template(name).render(values).encode(), mode)


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` in place of what was there, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    new.chmod(mode)
    new.replace(path)


@cache
def _open_templates(folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (settings files, no HTML; every value is quoted by the toml filter)
    )
    made.filters["toml"] = _toml
    return made


def _toml(value: Any) -> str:
    """Write a value as TOML: JSON's strings, numbers and booleans are TOML's (DEL aside, which ids and paths lack)."""
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
