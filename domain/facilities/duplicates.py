"""Reservees that may be one: whom to look at first, and what two become when they are merged."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.reservee_fault import ReserveeFault, ReserveeWhy


class Alike(StrEnum):
    """In what two reservees are alike."""

    email = "email"
    phone = "phone"
    kana = "kana"
    name = "name"


_WEIGHTS = MappingProxyType({Alike.email: 4, Alike.phone: 3, Alike.kana: 2, Alike.name: 2})
_ENOUGH = 3
"""A contact alone is enough to look, a reading alone is not: many are called the same."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A reservee that may be the same one, and in what it is alike."""

    reservee: Reservee
    alike: tuple[Alike, ...]

    @property
    def weight(self) -> int:
        """How much speaks for it."""
        return sum(_WEIGHTS[each] for each in self.alike)


def rank_likely(of: Reservee, others: Iterable[Reservee]) -> list[Likely]:
    """Give those that may be the same reservee, the likeliest first; merged and forgotten ones are none."""
    found = [
        Likely(other, tuple(each for each in Alike if getattr(of, each) and getattr(of, each) == getattr(other, each)))
        for other in others
        if other.id != of.id and other.is_standing
    ]
    likely = [each for each in found if each.weight >= _ENOUGH]
    return sorted(likely, key=lambda each: (-each.weight, each.reservee.registered_at, each.reservee.id))


def assess_merge(stays: Reservee, goes: Reservee) -> tuple[ReserveeFault, ...]:
    """Name what speaks against merging one reservee into another."""
    if stays.id == goes.id:
        return (ReserveeFault("goes", ReserveeWhy.same_reservee),)
    gone = [("stays", stays), ("goes", goes)]
    if faults := tuple(ReserveeFault(name, ReserveeWhy.unknown_reservee) for name, one in gone if not one.is_standing):
        return faults
    if goes.kind is ReserveeKind.staff:
        return (ReserveeFault("goes", ReserveeWhy.staff_stays),)
    return ()


def merge_into(stays: Reservee, goes: Reservee) -> Reservee:
    """Give the reservee that stays, with what it lacked of the one that goes.

    A contact that was confirmed stays so only with the contacts that it was confirmed with; of two blocks the longer
    one holds, so that nobody escapes one by being found twice.
    """
    names = ("kana", "contact_name", "email", "phone")
    filled = {name: getattr(stays, name) or getattr(goes, name) for name in names}
    merged = replace(stays, **filled)
    if not (stays.email or stays.phone):
        merged = replace(merged, confirmed_at=goes.confirmed_at)
    if goes.blocked_until is not None and (stays.blocked_until is None or goes.blocked_until > stays.blocked_until):
        merged = replace(merged, blocked_until=goes.blocked_until, blocked_reason=goes.blocked_reason)
    return merged
