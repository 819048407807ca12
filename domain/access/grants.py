"""Who may open a door in spite of its lock: grants that end together, with the last of them."""

from dataclasses import dataclass, replace

WAITING_MAX = 32
"""Grants whose own time is over wait on while others prolong the release: so many; the oldest beyond are not taken."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody may open until ``until_mono`` seconds.

    ``cause`` is the number its taken or not_taken will name, 0 for none; ``pending`` while that word is still to come.
    """

    cause: int
    until_mono: float
    extended: bool
    egress: bool
    pending: bool


Grants = tuple[Grant, ...]
"""In the order of asking."""


def add_grant(grants: Grants, grant: Grant) -> Grants:
    """Let somebody in; the same cause again, or another way out without one, only moves its end."""
    same = next((other for other in grants if _is_same(other, grant)), None)
    if same is None:
        return (*grants, grant)
    moved = Grant(
        grant.cause,
        max(same.until_mono, grant.until_mono),
        extended=same.extended or grant.extended,
        egress=same.egress or grant.egress,
        pending=same.pending,
    )
    return (*(other for other in grants if other is not same), moved)


def _is_same(one: Grant, other: Grant) -> bool:
    return one.cause == other.cause and (one.cause != 0 or one.egress is other.egress)


def take_grants(grants: Grants, latest_mono: float) -> Grants:
    """Let everybody who waits pass; the lock stays free until ``latest_mono`` at most."""
    return tuple(replace(g, until_mono=min(g.until_mono, latest_mono), pending=False) for g in grants)


def end_grants(grants: Grants, mono: float) -> Grants:
    """Give those that still count at ``mono``: none once the last has ended; before that, those that wait wait on."""
    running = tuple(grant for grant in grants if grant.until_mono > mono)
    if not running:
        return ()
    waiting = [grant for grant in grants if grant.until_mono <= mono and grant.pending]
    return (*waiting[-WAITING_MAX:], *running)
