"""A form of a day as it was sent: texts, none longer than a form would send.

The fields bear the names of the request's own, so that a fault of the rules finds the field it speaks of.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.attendance.requests import RequestKind
from domain.ids import ID_PATTERN
from gateway.pages.drawing.dates import DATE_PATTERN, read_date

FORM_ID = r"^[0-9A-Za-z_.-]{1,64}$"
REASON_MAX = 1000
"""What is taken in; how much is asked for is the rules' business."""

_Date = Annotated[str, Field(pattern=DATE_PATTERN)]
_Short = Annotated[str, Field(max_length=20)]


class Part(StrEnum):
    """How much of a day a leave takes."""

    day = "day"
    am = "am"
    pm = "pm"
    hours = "hours"


class Entered(BaseModel):
    """A form of a day as it was sent; every field is text, and empty where the form has none of that name.

    ``form`` is the kind of request, ``day`` the day on whose page it stands, ``person`` whom it is about where that is
    somebody else, ``seen`` the number of deeds where an application is sent anew.
    """

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=FORM_ID)]
    form: RequestKind
    day: Annotated[str, Field(pattern=DATE_PATTERN, min_length=10)]
    person: Annotated[str, Field(pattern=f"(^$)|({ID_PATTERN})")] = ""
    seen: Annotated[int, Field(ge=0, le=10_000)] = 0
    from_on: _Date = ""
    until_on: _Date = ""
    worked_on: _Date = ""
    off_on: _Date = ""
    starts_minute: _Short = ""
    ends_minute: _Short = ""
    minute: _Short = ""
    part_minutes: _Short = ""
    breaks: Annotated[str, Field(max_length=200)] = ""
    kind: Annotated[str, Field(max_length=64)] = ""
    part: Literal["", "day", "am", "pm", "hours"] = ""
    direction: Literal["", "in", "out"] = ""
    tap: Annotated[str, Field(max_length=120)] = ""
    subject: Annotated[str, Field(max_length=64)] = ""
    explanation: Literal["", "private", "waiting", "study", "work", "wrong_punch"] = ""
    period: Annotated[str, Field(max_length=7)] = ""
    reason: Annotated[str, Field(max_length=REASON_MAX)] = ""

    @property
    def on(self) -> date:
        """Give the day of the page; the first day there is for a day that no month has."""
        return read_date(self.day) or date.min
