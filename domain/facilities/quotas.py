"""How much one reservee may book: reservations or minutes, standing at once or in a day, week or month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.validity import is_in_force


class Counts(StrEnum):
    """What a quota counts."""

    reservations = "reservations"
    minutes = "minutes"


class Per(StrEnum):
    """Within what it counts, by the day of use."""

    standing = "standing"  # booked and not yet used: 同時に予約できる件数
    day = "day"
    week = "week"  # Monday to Sunday
    month = "month"


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so much for one reservee, in a facility or, with ``room_id``, in one room.

    One of a class stands in place of the one for everybody that counts the same; several that differ hold together.
    """

    id: str
    counts: Counts
    per: Per
    most: int
    room_id: str | None = None
    user_class: str | None = None
    valid_from: date | None = None
    """Of the day of use."""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """What a reservee has booked or wishes to book in a facility; ``is_standing`` until it was used or given back."""

    room_id: str
    on: date
    minutes: int
    is_standing: bool = True


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A quota that a wish would exceed, what is used of it, and what the wish would add."""

    quota: Quota
    used: int
    asked: int


def list_quotas(quotas: Iterable[Quota], room_id: str, user_class: str, on: date) -> list[Quota]:
    """Give the quotas that hold for a class in a room on a day of use."""
    counting: dict[tuple[object, ...], Quota] = {}
    for each in quotas:
        if each.room_id in {None, room_id} and each.user_class in {None, user_class} and is_in_force(each, on):
            key = (each.counts, each.per, each.room_id)
            if key not in counting or each.user_class is not None:
                counting[key] = each
    return list(counting.values())


def find_exceeded(
    quotas: Iterable[Quota], user_class: str, wish: Booked, booked: Iterable[Booked]
) -> tuple[Exceeded, ...]:
    """Give every quota that a wish would exceed.

    Args:
        quotas: the facility's.
        user_class: of the reservee.
        wish: what is asked for.
        booked: what the reservee has in the facility besides; cancelled and rejected ones are none.
    """
    besides = list(booked)
    found = []
    for quota in list_quotas(quotas, wish.room_id, user_class, wish.on):
        used = sum(_amount(quota, each) for each in besides if _counts(quota, each, wish.on))
        if used + _amount(quota, wish) > quota.most:
            found.append(Exceeded(quota, used, _amount(quota, wish)))
    return tuple(found)


def _counts(quota: Quota, booked: Booked, on: date) -> bool:
    if quota.room_id not in {None, booked.room_id}:
        return False
    if quota.per is Per.standing:
        return booked.is_standing
    if quota.per is Per.day:
        return booked.on == on
    if quota.per is Per.week:
        return booked.on - timedelta(days=booked.on.weekday()) == on - timedelta(days=on.weekday())
    return (booked.on.year, booked.on.month) == (on.year, on.month)


def _amount(quota: Quota, booked: Booked) -> int:
    return 1 if quota.counts is Counts.reservations else booked.minutes
