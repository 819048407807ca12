"""How masters are named: what the key is for, and its version, ``desfire-1``. Cards tell the version they carry."""

import re

VERSION_MIN = 1
VERSION_MAX = 255
"""A DESFire key version is one byte; 0 is what a card has before it is ours."""

DESK_ALONE = frozenset({"desfire_application"})
"""Names of masters that change what is on cards: a desk needs them, a door never does."""

LABEL = re.compile(r"[a-z][a-z0-9_]{0,31}-([1-9][0-9]{0,2})")


def master_label(name: str, version: int) -> str:
    """Give the label of a master.

    Raises:
        ValueError: the name or the version cannot stand in a label; says what was expected.
    """
    return check_label(f"{name}-{version}")


def check_label(label: str) -> str:
    """Give the label back.

    Raises:
        ValueError: it is none; says what was expected.
    """
    found = LABEL.fullmatch(label)
    if found is None or int(found[1]) > VERSION_MAX:
        raise ValueError(
            f"鍵の名前 {label[:40]!r}: 名前-版（例 desfire-1、版は{VERSION_MIN}〜{VERSION_MAX}）"
            f" / key label: expected name-version such as desfire-1, the version {VERSION_MIN} to {VERSION_MAX}"
        )
    return label


def split_label(label: str) -> tuple[str, int]:
    """Give a label's name and version.

    Raises:
        ValueError: it is no label.
    """
    name, _, version = check_label(label).rpartition("-")
    return name, int(version)
