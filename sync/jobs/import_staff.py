"""HR's staff file in: what it would change, and, once that was seen, the change itself."""

from datetime import date

from domain.access.rights import PersonKind
from store.hr_grants import list_level_grants, save_level_grants
from store.people import (
    list_cards,
    list_departments,
    list_persons,
    save_card_status,
    upsert_cards,
    upsert_departments,
    upsert_persons,
)
from store.tx import Tx
from sync.hr.changes import Master, StaffChanges, derive_changes
from sync.hr.plan import Plan, Reading
from sync.hr.staff_csv import StaffFile, read_staff
from sync.hr.staff_differences import tell_staff


def preview_staff(tx: Tx, file: StaffFile, on: date) -> StaffChanges:
    """Give what the file would change on a day; writes nothing.

    Raises:
        CsvError: the file names somebody who is no staff.
    """
    return derive_changes(file, _load_master(tx), on)


def plan_staff(tx: Tx, reading: Reading) -> Plan:
    """Hold the lines of a staff file against the master; whom it no longer names leaves on the day it takes effect.

    Raises:
        CsvError: anything in the file is wrong, or it names somebody who is no staff.
    """
    file = read_staff(reading.lines, reading.site_key, reading.columns)
    master = _load_master(tx)
    changes = derive_changes(file, master, reading.effective_on)
    return Plan(tell_staff(changes, master), lambda tx: write_staff(tx, changes))


def write_staff(tx: Tx, changes: StaffChanges) -> None:
    """Let the changes stand."""
    upsert_departments(tx, changes.departments)
    upsert_persons(tx, [*changes.added, *(after for _, after in changes.changed), *changes.left])
    save_card_status(tx, changes.revoked, "revoked")
    upsert_cards(tx, changes.cards)
    save_level_grants(tx, changes.levels)


def _load_master(tx: Tx) -> Master:
    people = list_persons(tx)
    return Master(
        departments={each.id: each for each in list_departments(tx)},
        persons={each.id: each for each in people if each.kind == PersonKind.staff},
        cards={each.token: each for each in list_cards(tx)},
        levels=list_level_grants(tx),
        others=frozenset(each.id for each in people if each.kind != PersonKind.staff),
    )
