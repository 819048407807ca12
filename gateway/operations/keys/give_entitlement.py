"""Say who may take which key, end it, and approve long loans: what a reservation promises comes this way too."""

from domain.keys.due_rule import MINUTES_MAX, DueKind
from domain.keys.entitlement import Entitlement, Source, TakerKind
from domain.keys.key import TargetKind
from domain.keys.key_fault import KeyFault, KeyFaultError, Why, refuse
from gateway.custody.ledger import demand_form_id, demand_words
from store.key_borrowers import list_reservee_names
from store.key_entitlements import end_entitlement as save_ended
from store.key_entitlements import insert_entitlement, load_entitlement, save_approval
from store.key_rings import list_rings
from store.keys import load_key
from store.outbox import Notice, insert_notices
from store.people import list_departments, load_person
from store.tx import Tx

_DAY_MINUTES = 1440


def give_entitlement(tx: Tx, given: Entitlement, *, by: str) -> Entitlement:
    """Let a taker take a key or ring from one instant until another; sent twice it is one entitlement.

    Raises:
        KeyFaultError: it names every field that is none; an emergency's is made by its loan alone.
    """
    demand_form_id(given.id)
    standing = load_entitlement(tx, given.id)
    if standing is not None:
        if (standing.entitlement.target, standing.entitlement.taker) == (given.target, given.taker):
            return standing.entitlement
        raise refuse("id", Why.taken)
    if faults := _find_faults(tx, given):
        raise KeyFaultError(*faults)
    if insert_entitlement(tx, given, by=by):
        insert_notices(tx, [Notice("key.entitled", given.id, "{}")])
    return given


def end_entitlement(tx: Tx, entitlement_id: str, *, by: str, reason: str) -> bool:
    """End an entitlement now; what is out under it stays due as it is. Tells whether it was ended by this.

    Raises:
        KeyFaultError: there is none of that id, no reason, or it is an emergency's, which ends by being looked over.
    """
    demand_words(reason=reason)
    if not reason.strip():
        raise refuse("reason", Why.no_reason)
    given = load_entitlement(tx, entitlement_id)
    if given is None:
        raise refuse("entitlement", Why.unknown)
    if given.entitlement.source is Source.emergency:
        raise refuse("entitlement", Why.wrong_step)
    ended = save_ended(tx, entitlement_id, by=by, reason=reason.strip())
    if ended:
        insert_notices(tx, [Notice("key.entitlement_ended", entitlement_id, "{}")])
    return ended


def approve_long_loan(tx: Tx, entitlement_id: str, *, by: str) -> None:
    """Approve that under an entitlement a key is lent for a month or longer (長期貸出).

    Raises:
        KeyFaultError: there is none of that id, it was approved, or whoever gave it would approve it.
    """
    given = load_entitlement(tx, entitlement_id)
    if given is None:
        raise refuse("entitlement", Why.unknown)
    if given.given_by == by:
        raise refuse("approved_by", Why.same_person)
    if not save_approval(tx, entitlement_id, by):
        raise refuse("entitlement", Why.moved_on)


def _find_faults(tx: Tx, given: Entitlement) -> list[KeyFault]:
    faults = []
    if given.source is Source.emergency or given.approved_by is not None or given.ended_at is not None:
        faults.append(KeyFault("entitlement", Why.malformed, {"expected": "reservation, person, role"}))
    known = (
        load_key(tx, given.target.id) is not None
        if given.target.kind is TargetKind.key
        else given.target.id in list_rings(tx, [given.target.id])
    )
    if not known:
        faults.append(KeyFault(given.target.kind.value, Why.unknown))
    if not _is_taker(tx, given):
        faults.append(KeyFault("taker", Why.unknown))
    if given.until_at is not None and given.until_at <= max(given.from_at, tx.now):
        faults.append(KeyFault("until_at", Why.malformed, {"expected": "> from"}))
    if (fault := _judge_due(given)) is not None:
        faults.append(fault)
    return faults


def _is_taker(tx: Tx, given: Entitlement) -> bool:
    match given.taker.kind:
        case TakerKind.person:
            return load_person(tx, given.taker.id) is not None
        case TakerKind.reservee:
            return bool(list_reservee_names(tx, [given.taker.id]))
        case TakerKind.department:
            return any(each.id == given.taker.id for each in list_departments(tx))
        case TakerKind.role:
            return bool(given.taker.id.strip())


def _judge_due(given: Entitlement) -> KeyFault | None:
    rule = given.due
    most = _DAY_MINUTES - 1 if rule.kind is DueKind.office_day else MINUTES_MAX
    least = 1 if rule.kind in {DueKind.relative, DueKind.office_day} else 0
    fine = least <= rule.minutes <= most
    fine &= rule.kind is not DueKind.absolute or rule.at is not None
    fine &= rule.kind is not DueKind.end_of_reservation or given.used_until is not None
    return None if fine else KeyFault("due_at", Why.malformed, {"expected": f"{least}-{most} min"})
