"""The lasting names of keyboard wedges, by which udev opens these readers, and no other keyboard, to the edge."""

import re

EXPECTED = "/dev/input/by-id/…-event-kbd"
_LASTING = re.compile(r"/dev/(input/by-(?:id|path)/[A-Za-z0-9#+.:=@_-]+)")


def wedge_link(path: str) -> str | None:
    """Give the link below /dev that a wedge's path names, as a udev rule matches it.

    None for what names no keyboard by a name that it has after every start: numbers change, and a pattern could match
    another's keyboard.
    """
    found = _LASTING.fullmatch(path.partition("?")[0])
    return found[1] if found else None
