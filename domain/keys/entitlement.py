"""Who may take which key: a permitted reservation, a department or role, a person by name, or two persons in need.

An entitlement opens nothing and holds nothing; it says that a loan may be made. A loan names the one it was made under.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.keys.custody import Holder, HolderKind
from domain.keys.due_rule import DueRule
from domain.keys.key import Target
from domain.keys.key_fault import KeyFault, Why


class Source(StrEnum):
    """Where an entitlement comes from; of several that hold, the one that stands first here is used."""

    reservation = "reservation"
    person = "person"  # somebody gave it to this person
    role = "role"  # a department or a role has it
    emergency = "emergency"  # two persons lent without one


class TakerKind(StrEnum):
    """Whom an entitlement names."""

    person = "person"
    reservee = "reservee"
    department = "department"
    role = "role"


@dataclass(frozen=True, slots=True, order=True)
class Taker:
    """Whom an entitlement names, by id."""

    kind: TakerKind
    id: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """From ``from_at`` until ``until_at`` (outside; None: for good) a taker may take a key or ring.

    ``source_id`` is the reservation's id or whatever gave it. A reservation uses the room from ``used_from`` until
    ``used_until``, from where due times count. ``approved_by`` approved a long loan under it. ``ended_at`` ended it
    before its time.
    """

    id: str
    source: Source
    source_id: str
    taker: Taker
    target: Target
    from_at: datetime
    until_at: datetime | None
    due: DueRule
    used_from: datetime | None = None
    used_until: datetime | None = None
    approved_by: str | None = None
    ended_at: datetime | None = None

    def ends_at(self) -> datetime | None:
        """Give the instant from which it does not hold any more; None: it holds for good."""
        ends = [each for each in (self.until_at, self.ended_at) if each is not None]
        return min(ends, default=None)

    def holds_at(self, at: datetime) -> bool:
        """Tell whether something may be taken under it at an instant."""
        ends_at = self.ends_at()
        return self.from_at <= at and (ends_at is None or at < ends_at)


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who wants a key, and everything that an entitlement may name of them at the time."""

    holder: Holder
    departments: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    reservees: frozenset[str] = frozenset()

    def is_named(self, taker: Taker) -> bool:
        """Tell whether an entitlement for this taker is theirs."""
        match taker.kind:
            case TakerKind.person:
                return self.holder == Holder(HolderKind.person, taker.id)
            case TakerKind.reservee:
                return taker.id in self.reservees or self.holder == Holder(HolderKind.reservee, taker.id)
            case TakerKind.department:
                return taker.id in self.departments
            case TakerKind.role:
                return taker.id in self.roles


_RANK: Mapping[Source, int] = MappingProxyType({source: rank for rank, source in enumerate(Source)})


def choose_entitlement(
    entitlements: Iterable[Entitlement], target: Target, borrower: Borrower, now: datetime
) -> Entitlement | KeyFault:
    """Give the entitlement under which somebody may take a key or ring now, or why nobody of that name may.

    Of several the reservation's goes first, then the one that begins first. Of several faults the most helpful one is
    told: what begins soon before what is over.
    """
    mine = [
        each
        for each in entitlements
        if each.target == target and each.source is not Source.emergency and borrower.is_named(each.taker)
    ]
    if held := [each for each in mine if each.holds_at(now)]:
        return min(held, key=lambda each: (_RANK[each.source], each.from_at, each.id))
    live = [each for each in mine if each.ended_at is None]
    if early := [each for each in live if each.from_at > now]:
        return KeyFault("entitlement", Why.too_early, {"from_at": min(each.from_at for each in early)})
    if mine:
        over = max(ends_at for each in mine if (ends_at := each.ends_at()) is not None)
        return KeyFault("entitlement", Why.entitlement_over, {"until_at": over})
    return KeyFault("entitlement", Why.not_permitted)


def list_claims(
    entitlements: Iterable[Entitlement], target: Target, borrower: Borrower, now: datetime, due_at: datetime
) -> list[Entitlement]:
    """Give other parties' reservations that use the same thing between now and a due time, the first one first."""
    claims = [
        each
        for each in entitlements
        if each.target == target
        and each.ended_at is None
        and not borrower.is_named(each.taker)
        and each.used_from is not None
        and each.used_until is not None
        and each.used_from < due_at
        and now < each.used_until
    ]
    return sorted(claims, key=lambda each: (each.used_from or now, each.id))
