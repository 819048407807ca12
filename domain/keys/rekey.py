"""What a lost key puts at risk, and the case that is kept until its locks are changed or the risk is taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.keys.key import Copy, Key, LockGroup, Opening, Ring, list_openings
from domain.keys.key_fault import Why, refuse


class RekeyState(StrEnum):
    """Where a case stands."""

    opened = "opened"
    cylinders_changed = "cylinders_changed"
    copies_made = "copies_made"
    old_retired = "old_retired"
    closed = "closed"
    dismissed = "dismissed"


class RekeyAct(StrEnum):
    """What is done about a case."""

    change_cylinders = "change_cylinders"
    make_copies = "make_copies"
    retire_old = "retire_old"
    close = "close"
    dismiss = "dismiss"  # the key is back, or somebody answers for the risk


_S, _A = RekeyState, RekeyAct

STEPS: Mapping[tuple[RekeyState, RekeyAct], RekeyState] = MappingProxyType(
    {
        (_S.opened, _A.change_cylinders): _S.cylinders_changed,
        (_S.cylinders_changed, _A.make_copies): _S.copies_made,
        (_S.copies_made, _A.retire_old): _S.old_retired,
        (_S.old_retired, _A.close): _S.closed,
        (_S.opened, _A.dismiss): _S.dismissed,
    }
)
"""(where it stands, what is done) → where it stands then. What has no row cannot be done."""

OVER = frozenset((_S.closed, _S.dismissed))


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a lost key puts at risk.

    ``openings`` is everything that it opens, by its master level too. ``keys`` are the shapes that open any of it and
    no longer will, or only with new metal, once those locks are changed; ``copies`` and ``rings`` are theirs.
    """

    openings: tuple[Opening, ...]
    keys: tuple[str, ...]
    copies: tuple[str, ...]
    rings: tuple[str, ...]


def derive_exposure(
    lost: Key,
    keys: Iterable[Key],
    groups: Mapping[str, LockGroup],
    copies: Iterable[Copy],
    rings: Iterable[Ring],
    *,
    at: datetime,
) -> Exposure:
    """Give what is at risk while a copy of a key is lost, each in order of its id."""
    known = tuple(keys)
    openings = list_openings(lost, known, groups)
    at_risk = frozenset(openings)
    touched = {each.id for each in known if at_risk & frozenset(list_openings(each, known, groups))} | {lost.id}
    theirs = {each.id for each in copies if each.key_id in touched}
    of_rings = {each.id for each in rings if theirs & frozenset(each.list_copies(at))}
    return Exposure(openings, tuple(sorted(touched)), tuple(sorted(theirs)), tuple(sorted(of_rings)))


def step_rekey(state: RekeyState, act: RekeyAct, *, reason: str = "") -> RekeyState:
    """Give where a case stands after an act.

    Raises:
        KeyFaultError: ``wrong_step``, or ``no_reason`` of a dismissal without one.
    """
    after = STEPS.get((state, act))
    if after is None:
        raise refuse("case", Why.wrong_step, state=state.value)
    if act is RekeyAct.dismiss and not reason.strip():
        raise refuse("reason", Why.no_reason)
    return after


def list_rekey_acts(state: RekeyState) -> tuple[RekeyAct, ...]:
    """Give what can be done about a case, in the order in which a page offers it."""
    return tuple(act for act in RekeyAct if (state, act) in STEPS)
