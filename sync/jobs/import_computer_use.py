"""Logs of computers in: what a file would add, and the adding itself."""

from datetime import datetime

from domain.access.rights import PersonKind
from domain.civil import JST
from store.computers import list_computer_logs, save_computer_logs
from store.people import list_persons
from store.tx import Tx
from sync.hr.computer_use_csv import read_computer_use
from sync.hr.differences import Differences, compare
from sync.hr.plan import Plan, Reading


def plan_computer_use(tx: Tx, reading: Reading) -> Plan:
    """Hold a file of log-ons and log-offs against what is known; the same file again changes nothing.

    Raises:
        CsvError: anything in the file is wrong.
    """
    staff = {each.id: each for each in list_persons(tx) if each.kind == PersonKind.staff}
    logs = read_computer_use(reading.lines, reading.columns, staff, reading.effective_on)
    if not logs:
        return Plan(Differences(), lambda _: None)
    since, until = min(each.used_at for each in logs), max(each.used_at for each in logs)
    known = list_computer_logs(tx, {each.person_id for each in logs}, since, until)
    named = {each[:3] for each in logs}
    differences = compare(
        {_name(*key): {"host": each.host} for key, each in known.items() if key in named},
        {_name(*each[:3]): {"host": each.host} for each in logs},
        whole=False,
    )
    new = [each for each in logs if known.get(each[:3]) != each]

    def write(tx: Tx) -> None:
        save_computer_logs(tx, new)

    return Plan(differences, write)


def _name(person_id: str, used_at: datetime, kind: str) -> str:
    return f"{person_id}/{used_at.astimezone(JST):%Y-%m-%d %H:%M:%S}/{kind}"
