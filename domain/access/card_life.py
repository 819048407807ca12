"""The life of a card as a table: which move leads from which state to which, who may make it, and when a reason is due.

``MOVES`` is the whole truth; pages offer what it allows and operations refuse what it does not. A card that was
replaced never opens anything again: one of the two would be a spare key. ``revoked`` is the end, except for HR, whose
file may name a card anew.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.access.policy import CredentialStatus as Status


class Actor(StrEnum):
    """Who moves a card: the cards' desk, HR's file, or the centre itself when a day is over."""

    desk = "desk"
    hr = "hr"
    centre = "centre"


@dataclass(frozen=True, slots=True)
class Move:
    """One step. ``needs_reason``: it makes a card good again that was not, or ends one, so somebody says why."""

    name: str
    before: frozenset[Status]
    after: Status
    actors: frozenset[Actor]
    needs_reason: bool = False


def _move(name: str, before: str, after: Status, actors: str = "desk", *, needs_reason: bool = False) -> Move:
    return Move(
        name,
        frozenset(Status(word) for word in before.split()),
        after,
        frozenset(Actor(word) for word in actors.split()),
        needs_reason,
    )


MOVES = (
    _move("hand_out", "issued", Status.active),
    _move("suspend", "active", Status.suspended),
    _move("resume", "suspended", Status.active, needs_reason=True),
    _move("report_lost", "issued active suspended damaged", Status.lost),
    _move("report_stolen", "issued active suspended damaged lost", Status.stolen),
    _move("report_damaged", "issued active suspended", Status.damaged),
    _move("find", "lost stolen", Status.suspended, needs_reason=True),
    _move("take_back", "issued active suspended lost stolen damaged expired", Status.returned),
    _move("hand_out_again", "returned", Status.active, needs_reason=True),
    _move("expire", "issued active suspended", Status.expired, "centre"),
    _move("renew", "expired", Status.active, needs_reason=True),
    _move(
        "revoke",
        "issued active suspended lost stolen damaged returned expired",
        Status.revoked,
        "desk hr",
        needs_reason=True,
    ),
    _move("reinstate", "revoked", Status.active, "hr"),
)
"""Every lawful move, in the order in which a page offers them."""

USABLE = frozenset((Status.active,))
"""The only state in which a card opens anything."""

WANTED = frozenset((Status.lost, Status.stolen))
"""States in which somebody must look when the card is tapped."""

GONE_FROM_HOLDER = frozenset(
    (Status.returned, Status.revoked, Status.expired, Status.damaged, Status.lost, Status.stolen)
)
"""States in which another card may take this one's place."""

REASSIGNABLE = frozenset((Status.returned,))
"""States in which the card may become another person's."""


def list_moves(before: Status, actor: Actor, *, replaced: bool) -> tuple[Move, ...]:
    """Give what the actor may do with a card now.

    Args:
        before: the card's state.
        actor: who asks.
        replaced: another card took its place.
    """
    return tuple(
        move
        for move in MOVES
        if before in move.before and actor in move.actors and not (replaced and move.after in USABLE)
    )


def find_move(before: Status, after: Status, actor: Actor, *, replaced: bool) -> Move | None:
    """Give the move between two states; None where there is none for this actor."""
    return next((move for move in list_moves(before, actor, replaced=replaced) if move.after is after), None)
