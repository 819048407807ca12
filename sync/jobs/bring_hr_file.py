"""A file from HR as it came through a door: written down, sealed, before anybody looks at it."""

import hashlib
import os
from dataclasses import dataclass
from datetime import date

from contract.hr_file import seal_hr_file
from contract.sealed_bytes import NONCE_BYTES
from store.hr_files import NewHrFile, insert_hr_file
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it came: its kind, the door (source), its name there, its bytes, and the day it takes effect."""

    kind: str
    source: str
    name: str
    data: bytes
    effective_on: date


def bring_file(tx: Tx, site_key: bytes, arrival: Arrival) -> tuple[int, bool]:
    """Write a file down as it came; gives its id, and False when it is on its way already or was applied last."""
    sealed = seal_hr_file(site_key, arrival.data, os.urandom(NONCE_BYTES))
    digest = hashlib.sha256(arrival.data).hexdigest()
    new = NewHrFile(arrival.kind, arrival.source, arrival.name, digest, sealed, arrival.effective_on)
    return insert_hr_file(tx, new)
