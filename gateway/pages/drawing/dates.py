"""Civil dates as a form's date field sends them."""

from datetime import MAXYEAR, MINYEAR, date
from typing import Annotated

from fastapi import Form

DATE_PATTERN = r"^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$"
"""``2026-11-24``, or nothing."""

FORM_DATE = Annotated[str, Form(pattern=DATE_PATTERN)]


def read_date(text: str) -> date | None:
    """Give the date of a field; None for nothing, for a day that no month has, or where there are no days around it."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and MINYEAR < found.year < MAXYEAR else None
