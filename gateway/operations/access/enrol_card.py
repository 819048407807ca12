"""Wait for the next card at a reader: it is to be a person's. The card itself comes in with its tap (card_news)."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from store.directory import load_directory_line
from store.enrolments import Enrolment, Outcome, claim_reader, end_enrolment, load_enrolment
from store.outbox import Notice, insert_notices
from store.tx import Tx

WAIT_MAX = timedelta(seconds=60)
LABEL_LENGTH_MAX = 40


class EnrolFault(StrEnum):
    """Why nobody can wait for a card."""

    no_person = "no_person"
    no_reader = "no_reader"
    reader_taken = "reader_taken"
    bad_label = "bad_label"


class EnrolFaultError(Exception):
    """Nobody waits for a card."""

    def __init__(self, fault: EnrolFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def enrol_card(
    tx: Tx, enrolment_id: str, *, person_id: str, reader_id: str, label: str, by: str, readers: Collection[str]
) -> Enrolment:
    """Let the next card held to a reader within WAIT_MAX be a person's; asking twice with one id is asking once.

    Args:
        tx: the transaction.
        enrolment_id: made by the form.
        person_id: whose card it is to be.
        reader_id: where it will be held.
        label: what is printed on it.
        by: the account that asks.
        readers: the site's readers.

    Raises:
        EnrolFaultError: there is no such person or reader, the label is empty or too long, or somebody else waits at
            this reader.
    """
    if not label.strip() or len(label) > LABEL_LENGTH_MAX:
        raise EnrolFaultError(EnrolFault.bad_label)
    if reader_id not in readers:
        raise EnrolFaultError(EnrolFault.no_reader)
    if load_directory_line(tx, person_id) is None:
        raise EnrolFaultError(EnrolFault.no_person)
    known = load_enrolment(tx, enrolment_id)
    if known is not None and known.asked_by == by:
        return known
    asked = Enrolment(enrolment_id, reader_id, person_id, label.strip(), by, tx.now, tx.now + WAIT_MAX)
    if not claim_reader(tx, asked):
        raise EnrolFaultError(EnrolFault.reader_taken)
    insert_notices(tx, [Notice("card.awaited", enrolment_id, "{}")])
    return asked


def cancel_enrolment(tx: Tx, enrolment_id: str) -> bool:
    """Wait no longer; tells whether it still waited."""
    waited = end_enrolment(tx, enrolment_id, Outcome.cancelled)
    if waited:
        insert_notices(tx, [Notice("card.cancelled", enrolment_id, "{}")])
    return waited
