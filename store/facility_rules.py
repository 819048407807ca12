"""A facility's rules as rows: hours, closures, special days, booking windows, quotas, terms, ways in.

What was a mistake is retired, what is over ends on its last day; neither is deleted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Table, select, update

from domain.facilities.booking_rules import BookingWindow, Terms
from domain.facilities.closures import ClosureRule
from domain.facilities.entry import EntryRule
from domain.facilities.opening import Opening, OpeningRules, SpecialDays
from domain.facilities.quotas import Quota
from store.bulk import upsert_rows
from store.facility_columns import read_columns, write_columns
from store.opening_tables import (
    booking_window,
    closure_rule,
    entry_rule,
    facility_terms,
    opening,
    quota,
    special_days,
)
from store.tx import Tx

Rule = Opening | ClosureRule | SpecialDays | BookingWindow | Quota | Terms | EntryRule
_Kind = TypeVar("_Kind", Opening, ClosureRule, SpecialDays, BookingWindow, Quota, Terms, EntryRule)

_TABLES: Mapping[type, Table] = MappingProxyType(
    {
        Opening: opening,
        ClosureRule: closure_rule,
        SpecialDays: special_days,
        BookingWindow: booking_window,
        Quota: quota,
        Terms: facility_terms,
        EntryRule: entry_rule,
    }
)


@dataclass(frozen=True, slots=True)
class RulesOfHouse:
    """The rules that stand for one facility."""

    opening: OpeningRules
    windows: tuple[BookingWindow, ...]
    quotas: tuple[Quota, ...]
    terms: tuple[Terms, ...]
    entries: tuple[EntryRule, ...] = ()


def save_rule(tx: Tx, facility_id: str, rule: Rule) -> None:
    """Keep a rule of a facility; what stands under its id is replaced, and one that was retired stands again."""
    values: dict[str, Any] = {**write_columns(rule), "facility_id": facility_id, "retired_at": None}
    upsert_rows(tx, _TABLES[type(rule)], tuple(values), [tuple(values.values())])


def retire_rule(tx: Tx, kind: type[Rule], rule_id: str) -> bool:
    """Let a rule hold no more at ``tx.now``, on no day; False when there is none that stands."""
    table = _TABLES[kind]
    standing = (table.c.id == rule_id) & table.c.retired_at.is_(None)
    return tx.connection.execute(update(table).where(standing).values(retired_at=tx.now)).rowcount == 1


def load_rules(tx: Tx, facilities: Collection[str]) -> dict[str, RulesOfHouse]:
    """Give the rules that stand for facilities, in seven questions however many they are."""
    openings = _load(tx, Opening, facilities)
    closures = _load(tx, ClosureRule, facilities)
    special = _load(tx, SpecialDays, facilities)
    windows = _load(tx, BookingWindow, facilities)
    quotas = _load(tx, Quota, facilities)
    terms = _load(tx, Terms, facilities)
    entries = _load(tx, EntryRule, facilities)
    return {
        id_: RulesOfHouse(
            OpeningRules(tuple(openings[id_]), tuple(closures[id_]), tuple(special[id_])),
            tuple(windows[id_]),
            tuple(quotas[id_]),
            tuple(terms[id_]),
            tuple(entries[id_]),
        )
        for id_ in facilities
    }


def _load(tx: Tx, kind: type[_Kind], facilities: Collection[str]) -> dict[str, list[_Kind]]:
    table = _TABLES[kind]
    standing = select(table).where(table.c.facility_id.in_(sorted(facilities)), table.c.retired_at.is_(None))
    found: dict[str, list[_Kind]] = {id_: [] for id_ in facilities}
    for row in tx.connection.execute(standing.order_by(table.c.id)):
        found[row.facility_id].append(read_columns(kind, row))
    return found
