"""A file in a folder that others read: there whole, or not at all."""

import os
import tempfile
from pathlib import Path


def lay_file(folder: Path, name: str, content: bytes) -> Path:
    """Lay a file into a folder in place of one of that name; gives its path."""
    target = folder / name
    handle, part_name = tempfile.mkstemp(dir=folder, prefix=".part-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(part_name).replace(target)
    except BaseException:
        Path(part_name).unlink(missing_ok=True)
        raise
    return target
