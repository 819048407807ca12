"""What goes in and comes out about draws and waiting lists, as the published description says."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.fields import Id
from domain.facilities.lottery import CHOICES_MAX
from domain.facilities.waiting import WaitingState
from gateway.citizens.api.bodies import Count


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LotBody(_Body):
    """A time in a room that is drawn for; ``wins`` entries can win it."""

    id: str
    room_id: str
    slot_id: str | None
    from_at: datetime
    until_at: datetime
    wins: int


class RoundBody(_Body):
    """A draw. ``seed`` is published once it is drawn; its SHA-256 in hexadecimal digits stands from the beginning."""

    id: str
    facility_id: str
    name: str
    name_en: str
    enter_from_at: datetime
    enter_until_at: datetime
    choices_most: int
    wins_most: int
    lots: list[LotBody]
    seed_hash: str
    seed: str | None
    drawn_at: datetime | None
    draw_url: str | None
    """Where everything lies by which the draw is replayed; it names entries alone."""


class EnteringBody(_Body):
    """What somebody enters a draw with: lots in the order of preference."""

    choices: Annotated[list[Id], Field(max_length=CHOICES_MAX)]
    party: Count
    purpose: Annotated[str, Field(max_length=400)]


class EntryBody(_Body):
    """Somebody's entry; ``won`` are the lots that it won, once it is drawn. ``id`` is what the published draw names."""

    id: str
    round_id: str
    choices: list[str]
    party: int
    purpose: str
    entered_at: datetime
    won: list[str]


class WaitingBody(_Body):
    """Somebody on the list. A place that is offered is the reservation named, kept until ``offered_until``."""

    id: str
    room_id: str
    from_at: datetime
    until_at: datetime
    party: int
    purpose: str
    slot_id: str | None
    places: int | None
    state: WaitingState
    asked_at: datetime
    reservation_id: str | None
    offered_until: datetime | None


class OfferAnswer(_Body):
    """Whether an offered place is taken, which applies for it, or left to the next one."""

    answer: Literal["accept", "decline"]
