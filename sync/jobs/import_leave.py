"""HR's file of leave in: what it would change, and the change itself."""

from domain.access.rights import PersonKind
from domain.attendance.leave_grants import full_day_minutes
from store.hr_leave import LeaveLot, insert_hr_leave, list_hr_leave
from store.people import list_persons
from store.tx import Tx
from sync.hr.differences import compare
from sync.hr.leave_csv import read_leave
from sync.hr.plan import Plan, Reading


def plan_leave(tx: Tx, reading: Reading) -> Plan:
    """Hold a file of leave against what HR's files have granted so far.

    A lot is (person, kind, first day, last day). What differs becomes a grant of the difference, so the same file again
    changes nothing, whatever was taken meanwhile; lots that the file does not name stay.

    Raises:
        CsvError: anything in the file is wrong.
    """
    staff = {each.id: each for each in list_persons(tx) if each.kind == PersonKind.staff}
    day_minutes = full_day_minutes(reading.profile.on(reading.effective_on))
    said = read_leave(reading.lines, reading.columns, staff, reading.leave_kinds, day_minutes)
    standing = list_hr_leave(tx)
    differences = compare(
        {_name(lot): {"minutes": str(minutes)} for lot, minutes in standing.items()},
        {_name(lot): {"minutes": str(minutes)} for lot, minutes in said.items()},
        whole=False,
    )
    owed = [(lot, minutes - standing.get(lot, 0)) for lot, minutes in said.items()]

    def write(tx: Tx) -> None:
        insert_hr_leave(
            tx, [(lot, more) for lot, more in owed if more or lot not in standing], "HR のファイル / HR's file"
        )

    return Plan(differences, write)


def _name(lot: LeaveLot) -> str:
    return f"{lot.person_id}/{lot.kind}/{lot.from_on}/{lot.until_on or '-'}"
