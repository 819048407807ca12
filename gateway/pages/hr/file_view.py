"""What a file from HR would change, as its page shows it: by person, and what its columns may mean. Pure."""

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from store.hr_summary import HrSummary, ShownDifference

SHOWN_PEOPLE_MAX = 200
"""So many people's changes are drawn; the counts above them are always whole."""

_DEPARTMENT = "department:"


class Thing(NamedTuple):
    """A person or department of a file; ``name`` is empty for one that is new or unknown here."""

    key: str
    name: str
    is_department: bool


class Changed(NamedTuple):
    """A thing with its fields, before and after."""

    thing: Thing
    fields: tuple[ShownDifference, ...]


class Changes(NamedTuple):
    """What a file would change; ``left_out`` counts the things that are not drawn one by one."""

    added: tuple[Thing, ...]
    changed: tuple[Changed, ...]
    left: tuple[Thing, ...]
    left_out: int


class Column(NamedTuple):
    """A heading of a file, the field that it is taken for, and whether nobody could tell."""

    heading: str
    field: str
    is_unsure: bool


def list_ids(summary: HrSummary) -> set[str]:
    """Give the ids of everybody whom a summary may name: a key begins with one."""
    keys = (*summary.added_keys, *summary.left_keys, *(each.key for each in summary.differences))
    return {key.partition(" ")[0] for key in keys}


def view_changes(summary: HrSummary, names: Mapping[str, str]) -> Changes:
    """Put a summary's differences together by person, with names."""
    by_key = [
        Changed(_thing(key, names), tuple(fields)) for key, fields in groupby(summary.differences, lambda one: one.key)
    ]
    shown = by_key[:SHOWN_PEOPLE_MAX]
    return Changes(
        tuple(_thing(key, names) for key in summary.added_keys[:SHOWN_PEOPLE_MAX]),
        tuple(shown),
        tuple(_thing(key, names) for key in summary.left_keys),
        summary.changed - len(shown) + max(0, summary.added - SHOWN_PEOPLE_MAX),
    )


def list_columns(summary: HrSummary, said: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Give a file's headings with what was said of each, else with the guess."""
    return tuple(
        Column(heading, (said or summary.guess).get(heading, ""), heading not in summary.guess)
        for heading in summary.headings
    )


def _thing(key: str, names: Mapping[str, str]) -> Thing:
    if key.startswith(_DEPARTMENT):
        return Thing(key.removeprefix(_DEPARTMENT), "", is_department=True)
    return Thing(key, names.get(key.partition(" ")[0], ""), is_department=False)
