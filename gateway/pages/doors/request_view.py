"""A request to doors as the screens tell it: how many answered, and which did not. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from gateway.orders.doors_meant import list_doors_meant
from gateway.site.description import Site
from gateway.site.places import AreaDescription, DoorDescription
from store.commands import AskedCommand, CommandState
from store.proposals import DoorProposal


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What one door's controller answered; ``cause`` is its reason for not obeying."""

    door: DoorDescription
    state: CommandState
    cause: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """One press of a button. ``place`` is the area or door it was meant for, None for the whole site.

    ``first`` holds what all its commands share.
    """

    first: AskedCommand
    place: AreaDescription | DoorDescription | None
    answers: tuple[DoorAnswer, ...]

    @property
    def total(self) -> int:
        """How many doors were asked."""
        return len(self.answers)

    @property
    def answered(self) -> int:
        """How many have answered, whatever they said."""
        return sum(1 for answer in self.answers if answer.state in {CommandState.obeyed, CommandState.refused})

    @property
    def waits(self) -> bool:
        """Tell whether an answer may still come in time."""
        return any(answer.state is CommandState.waiting for answer in self.answers)

    @property
    def state(self) -> CommandState:
        """Give what stands in one word: the worst of what its doors say."""
        order = (CommandState.waiting, CommandState.silent, CommandState.refused, CommandState.superseded)
        states = {answer.state for answer in self.answers}
        return next((state for state in order if state in states), CommandState.obeyed)

    def state_of(self, door_id: str) -> CommandState:
        """Give what one door's controller made of it; the door was asked."""
        return next(answer.state for answer in self.answers if answer.door.id == door_id)

    def those(self, *states: CommandState) -> list[DoorAnswer]:
        """Give the doors in these states."""
        return [answer for answer in self.answers if answer.state in states]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What waits for a second person, or lapsed. ``first`` and ``place`` as in :class:`RequestView`."""

    first: DoorProposal
    place: AreaDescription | DoorDescription | None
    total: int
    waits: bool


def view_proposal(proposal: DoorProposal, site: Site, now: datetime) -> ProposalView:
    """Put what was proposed beside the site's names; ``total`` counts the doors that it is meant for."""
    meant = list_doors_meant(site, proposal.scope, proposal.scope_id)  # type: ignore[arg-type]
    return ProposalView(proposal, _place(site, proposal), len(meant), proposal.waits(now))


def view_request(commands: Sequence[AskedCommand], site: Site, now: datetime) -> RequestView:
    """Put one request together; ``commands`` are all of it, at least one.

    A door asked by two commands (the second took over what a later request left of the first) is told by the second.
    """
    first = min(commands, key=lambda command: (command.superseded_at is not None, command.id))
    answers: dict[str, DoorAnswer] = {}
    for command in sorted(commands, key=lambda command: command.superseded_at is None):
        for door_id in command.doors:
            answers[door_id] = DoorAnswer(_door(site, door_id), command.state(now), command.cause or "")
    ordered = tuple(sorted(answers.values(), key=lambda answer: (answer.state is CommandState.obeyed, answer.door.id)))
    return RequestView(first, _place(site, first), ordered)


def view_requests(commands: Iterable[AskedCommand], site: Site, now: datetime) -> list[RequestView]:
    """Put requests together, the newest first."""
    ordered = sorted(commands, key=lambda command: (command.issued_at, command.request_id), reverse=True)
    groups = groupby(ordered, key=lambda command: (command.issued_at, command.request_id))
    return [view_request(list(group), site, now) for _, group in groups]


def _place(site: Site, command: AskedCommand | DoorProposal) -> AreaDescription | DoorDescription | None:
    if command.scope == "area":
        return next((area for area in site.areas if area.id == command.scope_id), None)
    return _door(site, command.scope_id) if command.scope == "door" else None


def _door(site: Site, door_id: str) -> DoorDescription:
    """Give a door's description; one that the site's files no longer name is told by its id."""
    known = next((door for door in site.doors if door.id == door_id), None)
    return known or DoorDescription(id=door_id, name=door_id, name_en=door_id, release_seconds=1)
