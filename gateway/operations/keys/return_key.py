"""Take keys back: by the tag that was held to the desk's reader, or by copy at the desk; from anybody's hand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.keys.custody import Custody, CustodyState, Deed, Hand, KeyAct
from domain.keys.key import Place
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, demand_words, do_deed, hold_copies
from store.key_custody import KeyDeed, list_custodies_of_loan, load_deed
from store.key_rings import load_ring_of_tag
from store.keys import is_position, load_copy_of_tag
from store.tx import Tx

LENT_JUST_NOW = timedelta(seconds=30)
"""A tag held to the desk's reader so soon after its key went out lies there still: that is no return."""

_RETURNS = frozenset((KeyAct.give_back, KeyAct.found))


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What was brought: ``id`` is made by the form or from the tap. ``places`` says where each was hung, else home."""

    id: str
    copy_ids: frozenset[str]
    by: str
    hand: Hand = Hand.desk
    places: Mapping[str, Place] = field(default_factory=dict)
    reason: str = ""
    deposit_yen: int = 0
    """What was given back of the deposit."""
    done_at: datetime | None = None
    """When it was, where that is told late; None: now."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What is back, and what of the same loans is out still (a ring with a copy missing), by id."""

    copy_ids: tuple[str, ...]
    missing: tuple[str, ...]


def return_key(tx: Tx, brought: BroughtBack) -> Returned:
    """Take copies back; lost ones are found by that. The same form sent twice is one return.

    Raises:
        KeyFaultError: one is not out, retired or unknown, or its place is none; nothing was changed.
    """
    demand_form_id(brought.id)
    demand_words(reason=brought.reason)
    held = hold_copies(tx, brought.copy_ids)
    if (standing := load_deed(tx, brought.id)) is not None:
        if standing.deed.act not in _RETURNS or standing.deed.done_by != brought.by:
            raise refuse("id", Why.taken)
        return Returned(tuple(sorted(held)), _find_missing_of(tx, standing.deed.loan_id))
    if unknown := [place for place in brought.places.values() if not is_position(tx, place)]:
        raise refuse("position", Why.unknown, expected=str(unknown[0].position))
    out = [each for each in held.values() if each.state is not CustodyState.lost]
    lost = [each for each in held.values() if each.state is CustodyState.lost]
    missing = _find_missing(tx, out)
    if out:
        _do(tx, brought, KeyAct.give_back, out, brought.id)
    if lost:
        _do(tx, brought, KeyAct.found, lost, f"{brought.id}-found" if out else brought.id)
    return Returned(tuple(sorted(held)), missing)


def return_by_tag(tx: Tx, tag: str, *, deed_id: str, reader_id: str, tapped_at: datetime) -> Returned | None:
    """Take back whatever bears a tag; None when nothing does, it is not out, or it was lent only just now.

    A ring's own tag stands for all that is out of the ring.
    """
    copy, ring = load_copy_of_tag(tx, tag), load_ring_of_tag(tx, tag)
    wanted = [copy.id] if copy is not None else list(ring.list_copies(tx.now)) if ring is not None else []
    if not wanted:
        return None
    held = hold_copies(tx, wanted)
    back = [each for each in held.values() if _comes_back(each, tapped_at)]
    if not back:
        return None
    return return_key(tx, BroughtBack(deed_id, frozenset(each.copy_id for each in back), reader_id, Hand.tap))


def _comes_back(custody: Custody, tapped_at: datetime) -> bool:
    if custody.state is CustodyState.lost:
        return True
    return custody.state is CustodyState.out and tapped_at - custody.since_at >= LENT_JUST_NOW


def _find_missing(tx: Tx, brought: Collection[Custody]) -> tuple[str, ...]:
    here = {each.copy_id for each in brought}
    out = {id_ for each in brought for id_ in _find_missing_of(tx, each.loan_id)}
    return tuple(sorted(out - here))


def _find_missing_of(tx: Tx, loan_id: str | None) -> tuple[str, ...]:
    return () if loan_id is None else tuple(list_custodies_of_loan(tx, loan_id))


def _do(tx: Tx, brought: BroughtBack, act: KeyAct, copies: Collection[Custody], deed_id: str) -> None:
    loans = {each.loan_id for each in copies}
    loan_id = loans.pop() if len(loans) == 1 else None
    deed = Deed(act, brought.hand, brought.by, loan_id=loan_id, reason=brought.reason.strip())
    done = KeyDeed(
        deed_id, deed, brought.done_at or tx.now, deposit_yen=brought.deposit_yen if act is KeyAct.give_back else 0
    )
    do_deed(tx, done, copies, places=brought.places)
