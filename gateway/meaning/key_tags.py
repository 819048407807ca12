"""What live taps at a desk tell of keys: a key's tag brings it back, a card completes the loan that waits there.

A tag that is nobody's yet becomes the copy's or the ring's that waits for one; where a cabinet is being counted, a tag
is one that was seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import sha256

from contract.records import TapObserved
from domain.access.policy import CredentialStatus
from domain.keys.custody import Hand, Holder, HolderKind
from domain.keys.key import TargetKind
from domain.keys.key_fault import KeyFaultError, Why
from gateway.operations.keys.count_keys import scan_by_tag
from gateway.operations.keys.hand_over_key import Turn, hand_over_key
from gateway.operations.keys.keep_ring import RingWish, keep_ring
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.register_key import change_tag
from gateway.operations.keys.return_key import return_by_tag
from store.cards import load_desk_card
from store.key_custody import list_custodies, list_custodies_of_keys
from store.key_rings import list_rings
from store.key_waits import KeyWait, WaitKind, WaitOutcome, end_wait, list_waiting, save_giver
from store.outbox import Notice, insert_notices
from store.tx import Tx

EARLY_SECONDS_MAX = 2
"""A controller's clock may lie so far behind ours: a card tapped earlier than this before the desk asked is not it."""

ASSURANCE_MIN = 1
"""A claimed number is nobody's card: what lends a key was read from one."""


def follow_key_taps(tx: Tx, taps: Sequence[TapObserved], desk_readers: Collection[str]) -> None:
    """Take back what was held to a desk's reader, and complete what waits there."""
    here = [tap for tap in taps if tap.reader in desk_readers]
    if not here:
        return
    waiting = list_waiting(tx, {tap.reader for tap in here})
    for tap in here:
        if return_by_tag(tx, tap.credential, deed_id=_name(tap), reader_id=tap.reader, tapped_at=tap.at) is not None:
            continue
        asked = waiting.get(tap.reader)
        if asked is None:
            scan_by_tag(tx, tap.credential, by=tap.reader)
        if asked is None or (asked.asked_at - tap.at).total_seconds() > EARLY_SECONDS_MAX:
            continue
        if asked.kind is WaitKind.tag:
            del waiting[tap.reader]
            _put_tag(tx, asked, tap.credential)
            continue
        person_id = _find_person(tx, tap)
        if person_id is None:
            continue
        del waiting[tap.reader]
        if asked.kind is WaitKind.lend:
            _lend(tx, asked, person_id)
        elif (still := _hand_over(tx, asked, person_id)) is not None:
            waiting[tap.reader] = still


def _name(tap: TapObserved) -> str:
    """Name the deed of a tap by what the tap was, so that it is one deed however often it comes."""
    told = f"{tap.reader} {tap.credential} {tap.boot} {tap.mono_ms} {tap.at.isoformat()}"
    return f"tap-{sha256(told.encode()).hexdigest()[:32]}"


def _find_person(tx: Tx, tap: TapObserved) -> str | None:
    card = load_desk_card(tx, tap.credential)
    if card is None or card.status != CredentialStatus.active.value or tap.assurance < ASSURANCE_MIN:
        return None
    return card.person_id


def _lend(tx: Tx, asked: KeyWait, person_id: str) -> None:
    wish = LoanWish(
        asked.id,
        asked.target,
        Holder(HolderKind.person, person_id),
        asked.asked_by,
        Hand.tap,
        asked.second_by,
        due_at=asked.due_at,
        copy_id=asked.copy_id,
        deposit_yen=asked.deposit_yen,
        reason=asked.reason,
    )
    try:
        lend_key(tx, wish)
    except KeyFaultError as error:
        _end(tx, asked, error.why)
    else:
        _end(tx, asked, None)


def _put_tag(tx: Tx, asked: KeyWait, tag: str) -> None:
    try:
        if asked.copy_id is not None:
            change_tag(tx, asked.copy_id, tag)
        else:
            ring = list_rings(tx, [asked.target.id])[asked.target.id]
            keep_ring(tx, RingWish(ring.id, ring.name, ring.name_en, frozenset(ring.list_copies(tx.now)), tag))
    except KeyFaultError as error:
        _end(tx, asked, error.why)
    else:
        _end(tx, asked, None)


def _hand_over(tx: Tx, asked: KeyWait, person_id: str) -> KeyWait | None:
    """Take down the holder's card, then let the next one take the key over."""
    loan_id = _find_loan(tx, asked, asked.giver_id or person_id)
    if loan_id is None:
        _end(tx, asked, Why.wrong_holder)
        return None
    if asked.giver_id is None:
        save_giver(tx, asked.id, person_id)
        insert_notices(tx, [Notice("key.giver_seen", asked.id, "{}")])
        return replace(asked, giver_id=person_id)
    if asked.giver_id == person_id:
        return asked  # the same card still lies there
    giver, taker = (Holder(HolderKind.person, each) for each in (asked.giver_id, person_id))
    try:
        turn = Turn(asked.id, loan_id, asked.asked_by, Hand.tap)
        hand_over_key(tx, turn, giver=giver, taker=taker, second_by=asked.second_by)
    except KeyFaultError as error:
        _end(tx, asked, error.why)
    else:
        _end(tx, asked, None)
    return None


def _find_loan(tx: Tx, asked: KeyWait, person_id: str) -> str | None:
    """Give the loan by which a person has what is to be handed over; None when that one has none of it."""
    holder = Holder(HolderKind.person, person_id)
    if asked.target.kind is TargetKind.ring:
        ring = list_rings(tx, [asked.target.id]).get(asked.target.id)
        copies = list_custodies(tx, ring.list_copies(tx.now)) if ring is not None else {}
    else:
        copies = list_custodies_of_keys(tx, [asked.target.id])
    return next((each.loan_id for each in copies.values() if each.holder == holder), None)


def _end(tx: Tx, asked: KeyWait, fault: Why | None) -> None:
    outcome = WaitOutcome.done if fault is None else WaitOutcome.refused
    end_wait(tx, asked.id, outcome, None if fault is None else fault.value)
    insert_notices(tx, [Notice("key.wait_ended", asked.id, "{}")])
