"""Identifiers: one word a thing, one spelling everywhere, and what a well-formed one looks like."""

import re
from typing import NewType

DeviceId = NewType("DeviceId", str)
"""An edge controller: equals its certificate's common name, its MQTT client id and its topic segment."""

ReaderId = NewType("ReaderId", str)
DoorId = NewType("DoorId", str)
AccessPointId = NewType("AccessPointId", str)
"""One side of a door (ONVIF AccessPoint)."""

AreaId = NewType("AreaId", str)
PersonId = NewType("PersonId", str)
"""A person inside Sekisho; the HR staff number, never a My Number."""

LevelId = NewType("LevelId", str)
"""A set of (access point, schedule) pairs that people are granted (ONVIF AccessProfile)."""

ScheduleId = NewType("ScheduleId", str)
CredentialToken = NewType("CredentialToken", str)
"""32 hex digits: a keyed hash of what the card said. The card's own number never leaves the reader."""

ID_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
"""Safe as a topic segment, a file name, a certificate name and a URL segment: no '+', '#', '/', dots or spaces."""

TOKEN_PATTERN = r"^[0-9a-f]{32}$"  # noqa: S105 (a pattern, not a password)

PAGE_WORDS = frozenset(
    [
        "cancel",
        "cases",
        "change",
        "code",
        "counts",
        "export",
        "file",
        "handovers",
        "import",
        "inbox",
        "labels",
        "last-leaver",
        "letter",
        "new",
        "offers",
        "overdue",
        "part",
        "register",
        "rounds",
        "shelter-boxes",
        "tags",
        "use",
        "waiting",
    ]
)
"""Pages stand under these words where others stand under the id of a thing: a thing called so would hide behind one."""

_ID = re.compile(ID_PATTERN)
_TOKEN = re.compile(TOKEN_PATTERN)


def is_id(text: str) -> bool:
    """Tell whether ``text`` may name a device, door, area, person or the like."""
    return _ID.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Tell whether ``text`` is a credential token."""
    return _TOKEN.fullmatch(text) is not None
