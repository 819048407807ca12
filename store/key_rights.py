"""What key cabinets are told: what is at home on each hook, and who may take what of it.

A policy is made from it (``store.rights``). A city without cabinets pays one small question for it.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, or_, select, tuple_, union_all

from domain.access.rights import list_below
from domain.civil import civil_minute
from domain.ids import PersonId
from domain.key_boxes import KeyHook, KeyRight, name_target
from domain.keys.custody import CustodyState
from domain.keys.entitlement import Source, Taker, TakerKind
from domain.keys.key import Target, TargetKind
from store.entitlements import load_parents
from store.key_tables import key, key_copy, key_custody, key_entitlement, key_ring, ring_member
from store.policy_inputs import save_inputs_changed
from store.reservation_tables import reservee
from store.rights_tables import post
from store.tables import account, person
from store.tx import Tx

AHEAD = timedelta(days=14)
"""A box is told of what may be taken within this; it is looked at again every day."""

KEPT = timedelta(days=7)
"""A right that is over stays known for so long: by it somebody brings back what is still out."""


def load_key_hooks(tx: Tx) -> dict[str, tuple[KeyHook, ...]]:
    """Give what is at home on the hooks of each cabinet, by cabinet; what lies in a drawer has none.

    A ring hangs where the first of its copies is at home. Retired copies and keys hang nowhere.
    """
    rings = _load_rings(tx)
    found: dict[str, list[KeyHook]] = {}
    hung: dict[str, tuple[str, KeyHook]] = {}
    for row in tx.connection.execute(_hung_copies()):
        ring = rings.get(row.id)
        if ring is None:
            target = name_target(TargetKind.key.value, row.key_id)
            hook = KeyHook(row.home_position, target, (row.id,), row.tag, two_person=row.two_person)
            found.setdefault(row.home_cabinet_id, []).append(hook)
            continue
        ring_id, ring_tag = ring
        place, known = hung.get(ring_id, (row.home_cabinet_id, None))
        target = name_target(TargetKind.ring.value, ring_id)
        hook = known or KeyHook(row.home_position, target, (), ring_tag or row.tag)
        copies, both = (*hook.copies, row.id), hook.two_person or row.two_person
        hung[ring_id] = place, KeyHook(hook.position, target, copies, hook.tag, two_person=both)
    for place, hook in hung.values():
        found.setdefault(place, []).append(hook)
    return {each: tuple(sorted(hooks, key=_by_position)) for each, hooks in sorted(found.items())}


def load_key_rights(
    tx: Tx, targets: Collection[str], persons: Collection[str] | None = None
) -> dict[PersonId, tuple[KeyRight, ...]]:
    """Give what (some) persons may take of what hangs in cabinets, or might until lately.

    Args:
        tx: the transaction; ``tx.now`` is the instant.
        targets: what hangs in cabinets, as :func:`domain.key_boxes.name_target` names it.
        persons: whom to look at; None: everybody.
    """
    if not targets:
        return {}
    found: dict[PersonId, list[KeyRight]] = {}
    reach = _Reach(tx, persons)
    for row in tx.connection.execute(_current_entitlements(tx, targets)):
        ends = min((each for each in (row.until_at, row.ended_at) if each is not None), default=None)
        if ends is not None and ends <= row.from_at:
            continue
        right = KeyRight(row.id, name_target(row.target_kind, row.target_id), row.from_at, ends)
        for who in reach.list_persons(Taker(TakerKind(row.taker_kind), row.taker_id)):
            found.setdefault(PersonId(who), []).append(right)
    return {who: tuple(rights) for who, rights in found.items()}


def save_key_right_changed(tx: Tx, target: Target, taker: Taker) -> None:
    """Say that somebody may take something or no longer may: whoever it reaches, if it hangs in a cabinet at all."""
    if _is_hung(tx, target):
        save_inputs_changed(tx, _Reach(tx, None).list_persons(taker))


def _by_position(hook: KeyHook) -> tuple[int, tuple[str, ...]]:
    return hook.position, hook.copies


def _hung_copies() -> Select[tuple[str, str, str, int, str | None, bool]]:
    return (
        select(
            key_copy.c.id,
            key_copy.c.key_id,
            key_copy.c.home_cabinet_id,
            key_copy.c.home_position,
            key_copy.c.tag,
            key.c.two_person,
        )
        .join_from(key_copy, key, key.c.id == key_copy.c.key_id)
        .join(key_custody, key_custody.c.copy_id == key_copy.c.id)
        .where(
            key_copy.c.home_position.is_not(None),
            key_custody.c.state != CustodyState.retired.value,
            key.c.retired_on.is_(None),
        )
        .order_by(key_copy.c.home_cabinet_id, key_copy.c.home_position, key_copy.c.id)
    )


def _load_rings(tx: Tx) -> dict[str, tuple[str, str | None]]:
    """Give the ring on which each copy is now, with the ring's tag."""
    query = (
        select(ring_member.c.copy_id, key_ring.c.id, key_ring.c.tag)
        .join_from(ring_member, key_ring, key_ring.c.id == ring_member.c.ring_id)
        .where(ring_member.c.until_at.is_(None))
    )
    return {copy_id: (ring_id, tag) for copy_id, ring_id, tag in tx.connection.execute(query)}


def _current_entitlements(tx: Tx, targets: Collection[str]) -> CompoundSelect[Any]:
    """Ask apart for what ends and what holds for good: years of what is over are then never looked at."""
    c = key_entitlement.c
    columns = (c.id, c.taker_kind, c.taker_id, c.target_kind, c.target_id, c.from_at, c.until_at, c.ended_at)
    lately = tx.now - KEPT
    known = (
        tuple_(c.target_kind, c.target_id).in_(sorted(tuple(each.split("/")) for each in targets)),
        c.source != Source.emergency.value,
        c.from_at < tx.now + AHEAD,
        or_(c.ended_at.is_(None), c.ended_at > lately),
    )
    both = union_all(*(select(*columns).where(*known, ends) for ends in (c.until_at > lately, c.until_at.is_(None))))
    return both.order_by(both.selected_columns.from_at, both.selected_columns.id)


def _is_hung(tx: Tx, target: Target) -> bool:
    members = select(ring_member.c.copy_id).where(ring_member.c.ring_id == target.id, ring_member.c.until_at.is_(None))
    own: ColumnElement[bool] = key_copy.c.key_id == target.id
    theirs = own if target.kind is TargetKind.key else key_copy.c.id.in_(members)
    hung = select(key_copy.c.id).where(theirs, key_copy.c.home_position.is_not(None)).limit(1)
    return tx.connection.scalar(hung) is not None


class _Reach:
    """Whom takers reach today; each is looked up once."""

    def __init__(self, tx: Tx, persons: Collection[str] | None) -> None:
        self._tx = tx
        self._persons = None if persons is None else frozenset(persons)
        self._known: dict[Taker, frozenset[str]] = {}
        self._parents: dict[str, str] | None = None

    def list_persons(self, taker: Taker) -> frozenset[str]:
        """Give the persons, of those that are looked at."""
        if taker not in self._known:
            found = frozenset(self._find(taker))
            self._known[taker] = found if self._persons is None else found & self._persons
        return self._known[taker]

    def _find(self, taker: Taker) -> Iterable[str]:
        match taker.kind:
            case TakerKind.person:
                return (taker.id,)
            case TakerKind.reservee:
                own = reservee.c.id == taker.id, reservee.c.person_id.is_not(None)
                return self._tx.connection.scalars(select(reservee.c.person_id).where(*own)).all()
            case TakerKind.department:
                return self._find_in_department(taker.id)
            case TakerKind.role:
                return self._find_in_role(taker.id)

    def _find_in_department(self, department_id: str) -> set[str]:
        if self._parents is None:
            self._parents = load_parents(self._tx)
        below = sorted(list_below(department_id, self._parents))
        today = civil_minute(self._tx.now)[0]
        held = (
            post.c.department_id.in_(below),
            or_(post.c.from_on.is_(None), post.c.from_on <= today),
            or_(post.c.until_on.is_(None), post.c.until_on >= today),
        )
        own = select(person.c.id).where(person.c.department_id.in_(below))
        found = set(self._tx.connection.scalars(own))
        return found | set(self._tx.connection.scalars(select(post.c.person_id).where(*held)))

    def _find_in_role(self, role: str) -> set[str]:
        open_ = account.c.person_id.is_not(None), account.c.disabled_at.is_(None)
        rows = self._tx.connection.execute(select(account.c.person_id, account.c.roles).where(*open_))
        return {who for who, roles in rows if role in roles.split(" ")}
