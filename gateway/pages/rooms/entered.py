"""The form that books a room, as it was sent: texts, none longer than the form would send.

Fields bear the names of a wish's own, so that a fault of the rules finds the field it speaks of.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.facilities.booking import PURPOSE_LENGTH_MAX
from domain.facilities.check_reservee import EMAIL_LENGTH_MAX, NAME_LENGTH_MAX
from domain.facilities.reservee import ReserveeKind
from domain.facilities.series import OCCURRENCES_MAX, Takes
from domain.ids import ID_PATTERN
from gateway.pages.drawing.dates import DATE_PATTERN

NEW = "new"
"""Stands for a reservee who is registered with the booking."""

THINGS_MAX = 50
TYPED_MAX = 2 * PURPOSE_LENGTH_MAX
"""What is taken in; how much is asked for is the rules' business."""

CHOOSE_PATTERN = r"^(|[0-9]{4}-[0-9]{2}-[0-9]{2} [a-z0-9_-]{1,63} [0-9]{1,4} [0-9]{1,4})$"
"""A day, a slot or ``-``, and minutes: what is free instead."""

OTHERWISE_PATTERN = r"^(|[0-9]{4}-[0-9]{2}-[0-9]{2} (out|[a-z0-9_-]{1,63} [a-z0-9_-]{1,63} [0-9]{1,4} [0-9]{1,4}))$"
"""A day of a series: left out, or in a room, a slot or ``-``, at minutes."""

_Id = Annotated[str, Field(pattern=f"(^$)|({ID_PATTERN})")]
_Date = Annotated[str, Field(pattern=DATE_PATTERN)]
_Short = Annotated[str, Field(max_length=20)]
_Name = Annotated[str, Field(max_length=2 * NAME_LENGTH_MAX)]


class Repeat(StrEnum):
    """How a booking comes again."""

    once = "once"
    daily = "daily"
    weekly = "weekly"
    fortnightly = "fortnightly"
    monthly_day = "monthly_day"
    monthly_weekday = "monthly_weekday"
    monthly_last = "monthly_last"


class BookAct(StrEnum):
    """What the form is sent for."""

    look = "look"  # what would it cost, and can it be had
    search = "search"  # for a reservee
    book = "book"  # of a series its list comes first
    series = "series"  # as it was listed
    wait = "wait"


class Entered(BaseModel):
    """A form as it was sent; every field is text, and empty where the form has none of that name."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    act: BookAct = BookAct.look
    on: _Date = ""
    slot_id: _Id = ""
    from_at: _Short = ""
    until_on: _Date = ""
    until_at: _Short = ""
    party: _Short = ""
    places: _Short = ""
    purpose: Annotated[str, Field(max_length=TYPED_MAX)] = ""
    purpose_class: Annotated[str, Field(max_length=64)] = ""
    options: Annotated[list[_Id], Field(max_length=THINGS_MAX)] = []
    unit_ids: Annotated[list[_Id], Field(max_length=THINGS_MAX)] = []
    unit_counts: Annotated[list[_Short], Field(max_length=THINGS_MAX)] = []
    who: _Name = ""
    reservee_id: _Id = ""
    new_kind: Literal[ReserveeKind.citizen, ReserveeKind.group] = ReserveeKind.citizen
    new_class: _Id = ""
    new_name: _Name = ""
    new_kana: _Name = ""
    new_contact_name: _Name = ""
    new_email: Annotated[str, Field(max_length=2 * EMAIL_LENGTH_MAX)] = ""
    new_phone: Annotated[str, Field(max_length=40)] = ""
    repeat: Repeat = Repeat.once
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(max_length=7)] = []
    last_on: _Date = ""
    takes: Takes = Takes.free
    otherwise: Annotated[
        list[Annotated[str, Field(pattern=OTHERWISE_PATTERN)]], Field(max_length=OCCURRENCES_MAX + 1)
    ] = []
    choose: Annotated[str, Field(pattern=CHOOSE_PATTERN)] = ""

    def count_of(self, equipment_id: str) -> str:
        """Give how many of a piece of equipment were asked for, as typed."""
        return dict(zip(self.unit_ids, self.unit_counts, strict=False)).get(equipment_id, "")

    @property
    def comes_again(self) -> bool:
        """Tell whether it is a series."""
        return self.repeat is not Repeat.once
