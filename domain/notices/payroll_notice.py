"""What HR hears of payroll's service. Pure."""

from collections.abc import Collection
from datetime import date

from domain.notices.message import Message

PAYROLL_CLOSED = "payroll_closed"


def closed_messages(hr: Collection[str], service: str, on: date) -> tuple[Message, ...]:
    """Tell each of HR, once a day, that a service takes nothing from us until somebody has authorised us again."""
    subject = f"{service}/{on.isoformat()}"
    return tuple(Message(who, PAYROLL_CLOSED, subject, "/attendance/pay") for who in sorted(hr))
