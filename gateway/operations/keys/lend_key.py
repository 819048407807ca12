"""Lend a key or a ring: entitled before lent, two persons where the key asks for them, due at a time."""

from dataclasses import dataclass
from datetime import datetime

from domain.keys.custody import Custody, Deed, Hand, Holder, HolderKind, KeyAct
from domain.keys.due import derive_due, is_long
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Borrower, Entitlement, Source, Taker, TakerKind, choose_entitlement, list_claims
from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import KeyFault, KeyFaultError, Why, refuse
from gateway.custody.emergency_messages import tell_emergency
from gateway.custody.holders import load_borrower, with_names
from gateway.custody.ledger import demand_form_id, demand_words, do_deed, find_repeat
from gateway.custody.office_days import list_office_days
from gateway.custody.second_person import demand_second
from gateway.custody.targets import Held, choose_copies, hold_target
from gateway.operations.keys.begin_use import begin_by_key, demand_promise
from gateway.plan_images import PNG, PlanImageError, read_plan_image
from store.accounts import load_account
from store.key_custody import KeyDeed, list_deed_copies
from store.key_entitlements import insert_entitlement, list_entitlements_for
from store.key_signatures import insert_signature
from store.tx import Tx

SIGNATURE_BYTES_MAX = 64 * 1024
EMERGENCY_MINUTES = 12 * 60
"""A key that two persons lent in an emergency is due after this, unless they say otherwise."""

DEPOSIT_YEN_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class LoanWish:
    """Who is to have what. ``id`` is made by the form and becomes the loan's.

    ``by`` and ``second_by`` are logins. ``due_at`` None: as the entitlement's rule says; earlier may be asked for.
    ``copy_id`` is the very copy that somebody holds in the hand. ``signature`` is the PNG of a borrower without a card.
    """

    id: str
    target: Target
    borrower: Holder
    by: str
    hand: Hand = Hand.desk
    second_by: str = ""
    due_at: datetime | None = None
    copy_id: str | None = None
    deposit_yen: int = 0
    reason: str = ""
    emergency: bool = False
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """What was lent: the copies, to be back at ``due_at``."""

    id: str
    copy_ids: tuple[str, ...]
    due_at: datetime
    entitlement_id: str


def lend_key(tx: Tx, wish: LoanWish) -> Loan:
    """Lend a key or a ring; the same form sent twice is one loan. For a reservation its use begins by that.

    Raises:
        KeyFaultError: it cannot be lent so; nothing was changed.
    """
    demand_form_id(wish.id)
    demand_words(reason=wish.reason)
    if not 0 <= wish.deposit_yen <= DEPOSIT_YEN_MAX:
        raise refuse("deposit_yen", Why.malformed, expected=f"0-{DEPOSIT_YEN_MAX}")
    signed = _read_signature(wish)
    held = hold_target(tx, wish.target)
    if (standing := find_repeat(tx, wish.id, Deed(KeyAct.issue, wish.hand, wish.by))) is not None:
        return _read_loan(tx, standing)
    chosen = choose_copies(tx, held, wish.copy_id)
    borrower = load_borrower(tx, wish.borrower)
    _demand_second(tx, wish, held)
    entitlement = _entitle(tx, wish, borrower)
    demand_promise(tx, entitlement)
    due_at = _settle_due(tx, wish, entitlement)
    if not wish.emergency:
        _demand_room(tx, held, borrower, due_at)
        if wish.deposit_yen < held.deposit_yen:
            raise refuse("deposit_yen", Why.deposit_missing, asked_yen=held.deposit_yen)
    if entitlement.source is Source.emergency:
        insert_entitlement(tx, entitlement, by=wish.by)
    done = _issue(tx, wish, chosen, entitlement, due_at)
    if signed is not None:
        insert_signature(tx, wish.id, wish.borrower.id, signed)
    if entitlement.source is Source.reservation:
        begin_by_key(tx, entitlement.source_id, by=wish.by)
    if entitlement.source is Source.emergency:
        tell_emergency(tx, wish.id, [each.copy_id for each in chosen], due_at, done.deed.reason)
    return _read_loan(tx, done)


def _read_signature(wish: LoanWish) -> bytes | None:
    if wish.signature is None:
        return None
    if wish.borrower.kind is not HolderKind.reservee:
        raise refuse("signature", Why.malformed, expected="card")
    if len(wish.signature) > SIGNATURE_BYTES_MAX:
        raise refuse("signature", Why.too_long, most_bytes=SIGNATURE_BYTES_MAX)
    try:
        image = read_plan_image(wish.signature)
    except PlanImageError as error:
        raise refuse("signature", Why.malformed, expected="PNG") from error
    if image.media_type != PNG:
        raise refuse("signature", Why.malformed, expected="PNG")
    return image.data


def _demand_second(tx: Tx, wish: LoanWish, held: Held) -> None:
    """Two persons: another account than the one that lends, and neither the borrower, unless there is no time."""
    if not held.two_person and not wish.emergency:
        return
    account, lender = demand_second(tx, wish.second_by, by=wish.by), load_account(tx, wish.by)
    persons = [each.person_id for each in (account, lender) if each is not None and each.person_id is not None]
    own = wish.borrower.id in persons and not wish.emergency
    if len(set(persons)) < len(persons) or own:
        raise refuse("second", Why.same_person)


def _entitle(tx: Tx, wish: LoanWish, borrower: Borrower) -> Entitlement:
    if wish.emergency:
        if not wish.reason.strip():
            raise refuse("reason", Why.no_reason)
        kinds = {HolderKind.person: TakerKind.person, HolderKind.reservee: TakerKind.reservee}
        taker = Taker(kinds[borrower.holder.kind], borrower.holder.id)
        rule = DueRule(DueKind.relative, EMERGENCY_MINUTES)
        return Entitlement(f"emergency-{wish.id}", Source.emergency, wish.id, taker, wish.target, tx.now, tx.now, rule)
    found = choose_entitlement(list_entitlements_for(tx, [wish.target]), wish.target, borrower, tx.now)
    if isinstance(found, KeyFault):
        raise KeyFaultError(found)
    return found


def _settle_due(tx: Tx, wish: LoanWish, entitlement: Entitlement) -> datetime:
    days = list_office_days(tx) if entitlement.due.kind is DueKind.office_day else ()
    latest = derive_due(entitlement.due, tx.now, used_until=entitlement.used_until, office_days=days)
    due_at = wish.due_at or latest
    if due_at <= tx.now:
        raise refuse("due_at", Why.due_past)
    if due_at > latest:
        raise refuse("due_at", Why.due_late, until_at=latest)
    if is_long(tx.now, due_at) and entitlement.approved_by is None:
        raise refuse("due_at", Why.long_loan)
    return due_at


def _demand_room(tx: Tx, held: Held, borrower: Borrower, due_at: datetime) -> None:
    """Keep a key free for whoever has reserved it next: there must be more free copies than such reservations."""
    known = list_entitlements_for(tx, [held.target])
    claims = list_claims(known, held.target, borrower, tx.now, due_at)
    free = len(held.free) if held.target.kind is TargetKind.key else 1
    if len(claims) >= free and claims:
        raise refuse("due_at", Why.reserved_next, from_at=claims[0].used_from)


def _issue(tx: Tx, wish: LoanWish, chosen: list[Custody], entitlement: Entitlement, due_at: datetime) -> KeyDeed:
    deed = Deed(
        KeyAct.issue,
        wish.hand,
        wish.by,
        wish.second_by,
        wish.borrower,
        due_at=due_at,
        loan_id=wish.id,
        entitlement_id=entitlement.id,
        reason=wish.reason.strip(),
    )
    ring_id = wish.target.id if wish.target.kind is TargetKind.ring else None
    done = KeyDeed(wish.id, deed, tx.now, ring_id, wish.deposit_yen)
    try:
        do_deed(tx, done, chosen)
    except KeyFaultError as error:
        raise with_names(tx, error) from error
    return done


def _read_loan(tx: Tx, done: KeyDeed) -> Loan:
    deed = done.deed
    return Loan(done.id, tuple(list_deed_copies(tx, done.id)), deed.due_at or done.done_at, deed.entitlement_id or "")
