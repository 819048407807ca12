"""Where FreeRADIUS is, which Debian keeps out of an ordinary user's path."""

import os
import shutil
from pathlib import Path


def find_freeradius() -> Path | None:
    """Give the program; None where it is not installed."""
    found = shutil.which("freeradius", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    return None if found is None else Path(found)
