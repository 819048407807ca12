"""What is offered to be lent: for a booking or of a key by itself, which copy, until when and why, what it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.civil import JST
from domain.keys.due import derive_due
from domain.keys.due_rule import DueKind
from domain.keys.entitlement import Entitlement, Source
from domain.keys.key import Cabinet, Copy, Key, Place, Ring, Target, TargetKind
from domain.keys.key_fault import KeyFault, KeyFaultError, Why
from gateway.custody.holders import with_names
from gateway.custody.office_days import list_office_days
from gateway.custody.targets import Held, look_at_target
from store.desk_days import DeskBooking
from store.key_entitlements import list_entitlements_of
from store.key_rings import list_rings
from store.keys import list_cabinets, list_keys
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CopyChoice:
    """A copy that could be handed out, and where it hangs now."""

    copy: Copy
    cabinet: Cabinet | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Due:
    """When it is to be back, by which rule; ``used_until`` is the end of the use, ``minutes`` the rule's value."""

    at: datetime
    kind: DueKind
    minutes: int
    used_until: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One key or ring that is offered.

    ``copies`` are free, the one to hand out first; of a ring they are all on it. ``faults`` say why nothing of it can
    go out. ``ready_at`` is when it may be taken first, where that is still to come; ``due`` is missing where the
    borrower's own entitlement decides.
    """

    target: Target
    name: str
    name_en: str
    key: Key
    copies: tuple[CopyChoice, ...]
    faults: tuple[KeyFault, ...]
    two_person: bool
    deposit_yen: int
    due: Due | None
    ready_at: datetime | None


def write_target(target: Target) -> str:
    """Write a key or ring as a form sends it: ``key:hall``."""
    return f"{target.kind.value}:{target.id}"


def read_target(text: str) -> Target | None:
    """Read it; None where it is none."""
    kind, _, id_ = text.partition(":")
    return Target(TargetKind(kind), id_) if kind in set(TargetKind) and id_ else None


def load_offers(tx: Tx, booking: DeskBooking) -> tuple[Offer, ...]:
    """Give what a booking entitles to, in order of the keys' names."""
    given = list_entitlements_of(tx, Source.reservation, booking.id)
    standing = {each.target: each for each in given if each.ended_at is None}
    offers = [_offer(tx, target, entitlement) for target, entitlement in standing.items()]
    return tuple(sorted(offers, key=lambda each: (each.name, each.target)))


def load_offer(tx: Tx, target: Target) -> Offer:
    """Give a key or ring by itself: whoever is entitled to it may take it.

    Raises:
        KeyFaultError: there is no such thing.
    """
    return _offer(tx, target, None)


def _offer(tx: Tx, target: Target, entitlement: Entitlement | None) -> Offer:
    ring = list_rings(tx, [target.id]).get(target.id) if target.kind is TargetKind.ring else None
    held: Held | None = None
    try:
        held = look_at_target(tx, target)
        faults = _find_faults(tx, held)
    except KeyFaultError as error:
        if entitlement is None:
            raise
        faults = error.faults
    keys = held.keys if held is not None else tuple(list_keys(tx, [target.id]).values())
    due, late = _find_due(tx, entitlement)
    if entitlement is not None and (ends_at := entitlement.ends_at()) is not None and ends_at <= tx.now:
        late = (KeyFault("entitlement", Why.entitlement_over, {"until_at": ends_at}),)
    ready_at = entitlement.from_at if entitlement is not None and entitlement.from_at > tx.now else None
    return Offer(
        target,
        *_name(ring, keys, target),
        keys[0],
        () if held is None or faults or late else _list_copies(tx, held),
        faults or late,
        held.two_person if held is not None else False,
        held.deposit_yen if held is not None else 0,
        due,
        ready_at,
    )


def _name(ring: Ring | None, keys: Sequence[Key], target: Target) -> tuple[str, str]:
    if ring is not None:
        return ring.name, ring.name_en
    return (keys[0].name, keys[0].name_en) if keys else (target.id, target.id)


def _find_faults(tx: Tx, held: Held) -> tuple[KeyFault, ...]:
    """Give why nothing can go out: of a ring every fault, of a key those of its copies when none is free."""
    if not held.faults or (held.target.kind is TargetKind.key and held.free):
        return ()
    return with_names(tx, KeyFaultError(*(held.faults[id_] for id_ in sorted(held.faults)))).faults


def _list_copies(tx: Tx, held: Held) -> tuple[CopyChoice, ...]:
    cabinets: Mapping[str, Cabinet] = list_cabinets(tx)
    chosen = held.free if held.target.kind is TargetKind.key else list(held.custodies.values())
    return tuple(
        CopyChoice(held.copies[each.copy_id], cabinets.get(each.place.cabinet_id) if each.place else None, each.place)
        for each in chosen
    )


def _find_due(tx: Tx, entitlement: Entitlement | None) -> tuple[Due | None, tuple[KeyFault, ...]]:
    if entitlement is None:
        return None, ()
    rule = entitlement.due
    taken_at = max(tx.now, entitlement.from_at)
    days = list_office_days(tx) if rule.kind is DueKind.office_day else ()
    try:
        at = derive_due(rule, taken_at, used_until=entitlement.used_until, office_days=days)
    except KeyFaultError as error:
        return None, error.faults
    return Due(at, rule.kind, rule.minutes, entitlement.used_until), ()


def round_due(at: datetime) -> str:
    """Write a due time for a form's field, to the whole minute, never later than it is."""
    return (at.astimezone(JST) - timedelta(seconds=at.second, microseconds=at.microsecond)).strftime("%Y-%m-%dT%H:%M")
