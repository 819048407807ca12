"""Ask somebody to explain a divergent day: a message with a sentence. It settles nothing."""

from dataclasses import dataclass
from datetime import date

from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.notices.message import Message
from domain.workflow.route import Organisation, StepRole, list_deciders
from store.divergence_questions import ASKED, question_subject
from store.messages import insert_messages
from store.people import load_person
from store.tx import Tx

NOTE_LENGTH_MAX = 60
"""As much as a message tells of one thing (``contract.message_words``)."""


@dataclass(frozen=True, slots=True)
class DivergenceQuestion:
    """What is asked: of whom, about which day, in which sentence; ``id`` is made by the form."""

    id: str
    person_id: str
    on: date
    note: str


def ask_about_divergence(tx: Tx, question: DivergenceQuestion, *, by: str, organisation: Organisation) -> bool:
    """Ask the person; False when this very question was asked already.

    Raises:
        RefusedMonthError: there is no such person, it is oneself, one is neither HR nor a head of the person, or the
            sentence is missing or longer than ``NOTE_LENGTH_MAX``.
    """
    person = load_person(tx, question.person_id)
    if person is None:
        raise RefusedMonthError((MonthFault("person_id", MonthWhy.unknown, question.person_id),))
    heads = list_deciders(StepRole.head, person.department_id, organisation, frozenset({person.id}))
    faults = []
    if by == person.id:
        faults.append(MonthFault("by", MonthWhy.own_month, person.id))
    elif by not in organisation.hr | {each.person_id for each in heads}:
        faults.append(MonthFault("by", MonthWhy.not_yours, person.id))
    if not 0 < len(question.note.strip()) <= NOTE_LENGTH_MAX:
        faults.append(MonthFault("note", MonthWhy.no_reason, person.id))
    if faults:
        raise RefusedMonthError(tuple(faults))
    filling = {"on": question.on.isoformat(), "note": question.note.strip()}
    link = f"/attendance/days/{question.on.isoformat()}"
    return (
        insert_messages(tx, [Message(person.id, ASKED, question_subject(question.on, question.id), link, filling)]) == 1
    )
