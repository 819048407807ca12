"""Terminals as their page shows them: whose each is, and how its certificate stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.directory import list_names
from store.terminals import KeptTerminal, list_terminals
from store.tx import Tx

ENDS_SOON = timedelta(days=30)


class Shown(StrEnum):
    """Which terminals are shown."""

    in_use = "in_use"
    to_look_at = "to_look_at"  # the certificate is missing, over or ends soon
    ended = "ended"


class Certified(StrEnum):
    """How a terminal's certificate stands."""

    valid = "valid"
    ends_soon = "ends_soon"
    over = "over"
    missing = "missing"
    needless = "needless"  # it shows itself by its address


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """A terminal, who keeps it by name, and how its certificate stands."""

    terminal: KeptTerminal
    keeper: str
    certified: Certified


def view_terminals(tx: Tx, tier_id: str, shown: Shown) -> tuple[Sequence[TerminalLine], Mapping[Shown, int]]:
    """Give a tier's terminals, or all, of those that are to be shown; and how many there are of each sort."""
    kept = [each for each in list_terminals(tx) if not tier_id or each.tier_id == tier_id]
    names = list_names(tx, {each.kept_by for each in kept if each.kept_by})
    lines = [TerminalLine(each, names.get(each.kept_by, ""), look_at(each, tx.now)) for each in kept]
    sorts = [(line, sort) for line in lines for sort in _sort(line)]
    return [line for line, sort in sorts if sort is shown], Counter(sort for _, sort in sorts)


def look_at(terminal: KeptTerminal, now: datetime) -> Certified:
    """Tell how a terminal's certificate stands."""
    until_at = terminal.certificate_until
    if until_at is None:
        return Certified.needless if terminal.mac else Certified.missing
    if until_at <= now:
        return Certified.over
    return Certified.ends_soon if until_at <= now + ENDS_SOON else Certified.valid


def _sort(line: TerminalLine) -> tuple[Shown, ...]:
    if line.terminal.ended_for is not None:
        return (Shown.ended,)
    fine = line.certified in {Certified.valid, Certified.needless}
    return (Shown.in_use,) if fine else (Shown.in_use, Shown.to_look_at)
