"""Rosters in: what a file would plan, and the planning itself."""

from dataclasses import replace
from datetime import date

from domain.access.rights import PersonKind
from domain.attendance.roster_fault import explain
from domain.attendance.shift import DayKind, Shift
from domain.attendance.shift_text import format_shift
from store.people import list_persons
from store.roster_check import list_roster_faults, plan_roster_days
from store.roster_news import telling_roster_changes
from store.rosters import PlannedShift, list_planned_shifts
from store.shifts import list_shift_kinds
from store.tx import Tx
from sync.hr.cell_reader import CellReader
from sync.hr.differences import compare
from sync.hr.plan import Plan, Reading
from sync.hr.roster_csv import Planned, read_roster

SOURCE = "import"


def plan_roster(tx: Tx, reading: Reading) -> Plan:
    """Hold a roster against what is planned; days that it does not name stay as they are.

    Raises:
        CsvError: a cell is wrong, or a person could not work so: shifts that overlap, breaks that are too short (R7),
            too many days on end, days outside the employment, a closed month. Every fault is named by its cell.
    """
    staff = {each.id: each for each in list_persons(tx) if each.kind == PersonKind.staff}
    reader = CellReader()
    said = read_roster(reading.lines, reading.columns, staff, list_shift_kinds(tx), reader)
    reader.demand_none()
    roster: dict[str, dict[date, Shift]] = {}
    for (person_id, on), cell in said.items():
        roster.setdefault(person_id, {})[on] = replace(cell.shift, on_holidays=cell.shift.kind is DayKind.work)
    for person_id, faults in list_roster_faults(tx, roster, reading.profile).items():
        for fault in faults:
            if fault.on is not None:
                cell = said[person_id, fault.on]
                reader.wrong(cell.row, cell.heading, explain(fault))
    reader.demand_none()
    standing = _list_standing(tx, said)
    after = {_name(*key): {"shift": format_shift(cell.shift)} for key, cell in said.items()}

    def write(tx: Tx) -> None:
        new = [
            PlannedShift(person_id, on, roster[person_id][on], SOURCE, "", cell.code)
            for (person_id, on), cell in said.items()
            if standing.get(_name(person_id, on)) != after[_name(person_id, on)]
        ]
        if not new:
            return
        days = min(each.on for each in new), max(each.on for each in new)
        people = {each.person_id for each in new}
        with telling_roster_changes(tx, people, days, by="", profile=reading.profile):
            plan_roster_days(tx, new)

    return Plan(compare(standing, after, whole=False), write)


def _list_standing(tx: Tx, said: Planned) -> dict[str, dict[str, str]]:
    if not said:
        return {}
    days = min(on for _, on in said), max(on for _, on in said)
    planned = list_planned_shifts(tx, {person_id for person_id, _ in said}, days)
    return {
        _name(person_id, on): {"shift": format_shift(each.shift)}
        for person_id, shifts in planned.items()
        for on, each in shifts.items()
        if (person_id, on) in said
    }


def _name(person_id: str, on: date) -> str:
    return f"{person_id}/{on.isoformat()}"
