"""Whom somebody leads today: those to whom he may order overtime, as head or in a head's place."""

from domain.civil import civil_minute
from domain.workflow.inbox import derive_reach
from domain.workflow.route import StepRole, list_deciders
from store.deciders import load_organisation
from store.directory import DirectoryLine, list_people_by_department, list_staff
from store.tx import Tx


def list_led(tx: Tx, person_id: str) -> list[DirectoryLine]:
    """Give the people whose head a person is today, by department and kana; oneself is never among them.

    Who heads a department has the head above it; so those who decide anything are looked at one by one.
    """
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    reach = derive_reach(person_id, organisation)
    if person_id not in reach.named:
        return []
    own = list_people_by_department(tx, reach.departments[StepRole.head])
    known = {line.person_id for line in own}
    others = list_staff(tx, reach.named - known)

    def is_led(line: DirectoryLine) -> bool:
        heads = list_deciders(StepRole.head, line.department_id, organisation, frozenset({line.person_id}))
        return line.person_id != person_id and person_id in {head.person_id for head in heads}

    led = [line for line in (*own, *others) if is_led(line)]
    return sorted(led, key=lambda line: (line.department_id, line.kana, line.person_id))
