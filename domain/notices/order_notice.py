"""What a head's order without an application gives the ordered person to hear: it was given, or it ended. Pure."""

from dataclasses import dataclass
from datetime import date

from domain.notices.message import Message

ORDERED = "overtime_ordered"
ENDED = "overtime_ended"


@dataclass(frozen=True, slots=True)
class OrderNotice:
    """An order that was given to a person for a duty day; ``by`` gave or ended it, ``overtime`` is its H.MM."""

    order_id: str
    person_id: str
    on: date
    overtime: str
    by: str
    is_over: bool = False


def derive_order_messages(notice: OrderNotice) -> tuple[Message, ...]:
    """Give the message to the person; nobody is told of what he did himself."""
    if notice.person_id == notice.by:
        return ()
    kind = ENDED if notice.is_over else ORDERED
    on = notice.on.isoformat()
    filling = {"on": on, "overtime": notice.overtime}
    return (Message(notice.person_id, kind, notice.order_id, f"/attendance/days/{on}", filling),)
