"""What is lent: keys, their copies (合鍵) with stamped numbers, rings, the cabinets where they hang, and custodians.

A *key* is a shape: what it opens. A *copy* is one piece of metal of that shape, and what anybody can hold. Copies that
are lent together hang on a *ring*, from one instant to another, so that history follows the copy and not the ring.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.keys.due_rule import DueKind, DueRule


class OpeningKind(StrEnum):
    """What kind of thing a key opens."""

    door = "door"  # of the site's description
    room = "room"  # domain.facilities
    area = "area"  # of the site's description


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """One thing that a key opens, by its id."""

    kind: OpeningKind
    id: str


@dataclass(frozen=True, slots=True)
class LockGroup:
    """Locks that were planned together (シリンダー系列); the groups below one lie in it."""

    id: str
    name: str
    name_en: str
    parent_id: str | None = None


AFTER_USE = DueRule(DueKind.end_of_reservation, 30)
"""A key is due half an hour after the reservation that it was lent for, unless its own rule says otherwise."""


@dataclass(frozen=True, slots=True)
class Key:
    """A shape of key.

    ``master_level`` 0 opens what it lists; a higher one opens beside that whatever the keys of lower levels open in its
    lock group and in the groups below. ``two_person``: it is lent by two persons alone. ``deposit_yen`` 0: none. For a
    reservation it may be taken so many ``early_minutes`` before, and is due as ``due`` says.
    """

    id: str
    name: str
    name_en: str
    lock_group_id: str
    opens: frozenset[Opening] = frozenset()
    master_level: int = 0
    two_person: bool = False
    deposit_yen: int = 0
    early_minutes: int = 0
    due: DueRule = AFTER_USE
    retired_on: date | None = None


OFFICE_ID = "office"
"""The cabinet that every site has: the drawer of whoever looks after keys. It has no positions."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a copy hangs: a cabinet, and the position in it where it has numbered ones."""

    cabinet_id: str = OFFICE_ID
    position: int | None = None


OFFICE = Place()


@dataclass(frozen=True, slots=True)
class Copy:
    """One piece of metal. ``duplicate`` 0 is the original, then the number of the 合鍵; ``tag`` its tag's token."""

    id: str
    key_id: str
    stamped: str
    duplicate: int = 0
    maker: str = ""
    made_on: date | None = None
    tag: str | None = None
    home: Place = OFFICE


@dataclass(frozen=True, slots=True)
class Membership:
    """A copy on a ring from an instant until another one, which is outside."""

    copy_id: str
    from_at: datetime
    until_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Tell whether the copy is on the ring at an instant."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Ring:
    """Copies that are lent together, by dated membership; ``tag`` is the token of the ring's own tag."""

    id: str
    name: str
    name_en: str
    members: tuple[Membership, ...] = ()
    tag: str | None = None

    def list_copies(self, at: datetime) -> tuple[str, ...]:
        """Give the copies that are on it at an instant, by id."""
        return tuple(sorted(each.copy_id for each in self.members if each.holds_at(at)))


class CabinetKind(StrEnum):
    """What a cabinet is for."""

    hooks = "hooks"  # 鍵箱: everyday lending
    shelter_box = "shelter_box"  # 避難所キーボックス: at a shelter's door, opened when one has to be opened


@dataclass(frozen=True, slots=True)
class Cabinet:
    """A box with numbered hooks, 1 to ``positions``; ``site_place`` says where it hangs."""

    id: str
    name: str
    name_en: str
    positions: int
    site_place: str = ""
    kind: CabinetKind = CabinetKind.hooks


class CustodianRole(StrEnum):
    """Who answers for keys."""

    building = "building"  # 庁舎管理者
    room = "room"  # 室管理者


@dataclass(frozen=True, slots=True)
class Custodian:
    """Somebody who answers for a key (``key_id``) or, without one, for all; ``until_on`` is the last day."""

    role: CustodianRole
    person_id: str
    from_on: date
    key_id: str | None = None
    until_on: date | None = None


class TargetKind(StrEnum):
    """What can be lent: any one copy of a key, or a ring as a whole."""

    key = "key"
    ring = "ring"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A key or a ring, as the thing that somebody may take."""

    kind: TargetKind
    id: str


def list_groups_below(group_id: str, groups: Mapping[str, LockGroup]) -> frozenset[str]:
    """Give a lock group and all that lie in it; one that is named in a circle is given once."""
    found, fresh = frozenset[str](), frozenset((group_id,))
    while fresh:
        found |= fresh
        fresh = frozenset(each.id for each in groups.values() if each.parent_id in fresh) - found
    return found


def list_openings(key: Key, keys: Iterable[Key], groups: Mapping[str, LockGroup]) -> tuple[Opening, ...]:
    """Give everything that a key opens, by its master level too, in order."""
    opened = set(key.opens)
    if key.master_level > 0:
        below = list_groups_below(key.lock_group_id, groups)
        for other in keys:
            if other.lock_group_id in below and other.master_level < key.master_level:
                opened |= other.opens
    return tuple(sorted(opened))
