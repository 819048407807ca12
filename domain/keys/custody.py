"""Where a copy is, and the table of everything that can be done about it. Pure: one copy, one deed, one new place.

in_custody 保管 → out 貸出 → in_custody; lost 紛失 leads back by being found, retired 廃止 leads nowhere. *Overdue* is
no state: it is read off the clock (``domain.keys.due``), so that no job has to run for it to be true.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.keys.key import Place


class CustodyState(StrEnum):
    """Where a copy is."""

    in_custody = "in_custody"
    out = "out"
    lost = "lost"
    retired = "retired"


class KeyAct(StrEnum):
    """One line of the ledger."""

    register = "register"
    issue = "issue"
    give_back = "give_back"
    offer = "offer"  # the holder wants to hand it over to somebody
    accept = "accept"
    withdraw = "withdraw"
    extend = "extend"
    inspect = "inspect"
    count_seen = "count_seen"
    report_lost = "report_lost"
    found = "found"
    retire = "retire"
    rekey = "rekey"  # retired, because its lock was changed
    remove_without_authority = "remove_without_authority"
    wrong_position = "wrong_position"
    correct = "correct"


class Hand(StrEnum):
    """Through what a deed is done."""

    desk = "desk"
    tap = "tap"  # a card or tag held to a desk's reader
    cabinet = "cabinet"  # what a key cabinet reports


class HolderKind(StrEnum):
    """Whose hands."""

    person = "person"  # staff, contractors
    reservee = "reservee"  # who reserved, known by no card
    unknown = "unknown"  # taken without anybody's leave


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Who has a copy; an unknown one has no id."""

    kind: HolderKind
    id: str = ""


NOBODY_KNOWN = Holder(HolderKind.unknown)


@dataclass(frozen=True, slots=True)
class Custody:
    """Where one copy is. In custody it has a place, out a holder and a loan, lost and retired none of these.

    ``since_at`` is when it came there, ``seen_at`` when anybody or anything last had proof of it. ``version`` counts
    the deeds about it.
    """

    copy_id: str
    state: CustodyState
    since_at: datetime
    seen_at: datetime
    place: Place | None = None
    holder: Holder | None = None
    loan_id: str | None = None
    entitlement_id: str | None = None
    due_at: datetime | None = None
    offered_to: Holder | None = None
    damaged: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done: ``done_by`` a login, a person or a reader; the rest as the act needs it (:data:`STEPS`)."""

    act: KeyAct
    hand: Hand
    done_by: str
    second_by: str = ""
    holder: Holder | None = None
    """To whom: of an issue, an offer, an acceptance, a correction."""
    place: Place | None = None
    """Where it hangs afterwards; None: where it is at home."""
    due_at: datetime | None = None
    loan_id: str | None = None
    entitlement_id: str | None = None
    reason: str = ""
    damaged: bool = False
    """What an inspection found."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where an act leads, through which hands, and whether it needs a reason."""

    to: CustodyState
    by: frozenset[Hand]
    needs_reason: bool = False


_S, _A = CustodyState, KeyAct
_DESK = frozenset((Hand.desk,))
_HANDS = frozenset((Hand.desk, Hand.tap))
_ALL = frozenset(Hand)

STEPS: Mapping[tuple[CustodyState | None, KeyAct], Step] = MappingProxyType(
    {
        (None, _A.register): Step(_S.in_custody, _DESK),
        (_S.in_custody, _A.issue): Step(_S.out, _ALL),
        (_S.in_custody, _A.inspect): Step(_S.in_custody, _DESK),
        (_S.in_custody, _A.count_seen): Step(_S.in_custody, _DESK),
        (_S.in_custody, _A.wrong_position): Step(_S.in_custody, frozenset((Hand.desk, Hand.cabinet))),
        (_S.in_custody, _A.remove_without_authority): Step(_S.out, frozenset((Hand.cabinet,))),
        (_S.in_custody, _A.report_lost): Step(_S.lost, _DESK, needs_reason=True),
        (_S.in_custody, _A.retire): Step(_S.retired, _DESK, needs_reason=True),
        (_S.in_custody, _A.rekey): Step(_S.retired, _DESK),
        (_S.in_custody, _A.correct): Step(_S.in_custody, _DESK, needs_reason=True),
        (_S.out, _A.give_back): Step(_S.in_custody, _ALL),
        (_S.out, _A.wrong_position): Step(_S.in_custody, frozenset((Hand.cabinet,))),
        (_S.out, _A.offer): Step(_S.out, _HANDS),
        (_S.out, _A.accept): Step(_S.out, _HANDS),
        (_S.out, _A.withdraw): Step(_S.out, _HANDS),
        (_S.out, _A.extend): Step(_S.out, _DESK),
        (_S.out, _A.inspect): Step(_S.out, _DESK),
        (_S.out, _A.report_lost): Step(_S.lost, _DESK, needs_reason=True),
        (_S.out, _A.correct): Step(_S.out, _DESK, needs_reason=True),
        (_S.lost, _A.found): Step(_S.in_custody, _ALL),
        (_S.lost, _A.retire): Step(_S.retired, _DESK, needs_reason=True),
        (_S.lost, _A.rekey): Step(_S.retired, _DESK),
    }
)
"""(where it is, what is done) → where it is then. What has no row cannot be done."""
