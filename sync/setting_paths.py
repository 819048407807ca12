"""Paths in the connector's settings: relative ones count from the settings file, secrets are their owner's alone."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from sync.secret_file import check_secret_file


def beside_settings(path: Path, info: ValidationInfo) -> Path:
    """Give the path seen from the folder of the settings file."""
    return Path((info.context or {}).get("folder", Path()), path)


def _readable(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"expected a readable file; there is none at {path}")
    return path


Folder = Annotated[Path, AfterValidator(beside_settings)]
ReadableFile = Annotated[Folder, AfterValidator(_readable)]
SecretFile = Annotated[Folder, AfterValidator(check_secret_file)]
