"""What somebody was asked about a divergent day: messages of one kind, found by the day they ask about."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from store.notice_tables import message
from store.tx import Tx

ASKED = "divergence_asked"
"""The kind of these messages."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question to a person: the sentence, when it was asked, and when it was read, if it was."""

    note: str
    asked_at: datetime
    read_at: datetime | None


def question_subject(on: date, question_id: str) -> str:
    """Name a question about a day; ``question_id`` is made by the form, so that sending it twice asks once."""
    return f"{on.isoformat()}/{question_id}"


def list_questions(tx: Tx, person_id: str, on: date) -> list[AskedQuestion]:
    """Give what a person was asked about a day, the first question first."""
    about = message.c.subject.startswith(f"{on.isoformat()}/", autoescape=True)
    query = select(message.c.filling, message.c.created_at, message.c.read_at).where(
        message.c.person_id == person_id, message.c.kind == ASKED, about
    )
    rows = tx.connection.execute(query.order_by(message.c.id))
    return [
        AskedQuestion(json.loads(filling).get("note", ""), asked_at, read_at) for filling, asked_at, read_at in rows
    ]
