"""Days elsewhere: hours without taps (在宅, 出張, 研修), and hours on site that are watch and no work (宿日直).

Declared hours count like presence as far as they lie in regular hours or in an order: a declaration alone makes no
overtime. Hours of watch (C7) make no overtime, need no order and are no divergence; what is ordered in them is work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.profile import InForce
from domain.attendance.spans import Span, Spans, axis_minute, intersect, merge


class ElsewhereKind(StrEnum):
    """The kinds of hours elsewhere; the words under which they are stored."""

    home = "home"  # 在宅勤務
    trip = "trip"  # 出張
    training = "training"  # 研修
    night_duty = "night_duty"  # 宿日直
    standby = "standby"  # 災害待機: watch, or work where the profile says so


_WITHOUT_TAPS = frozenset({ElsewhereKind.home, ElsewhereKind.trip, ElsewhereKind.training})


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Hours of a duty day that were agreed; minutes from 00:00 of it, past 1440 on the day after."""

    on: date
    kind: ElsewhereKind
    starts_minute: int
    ends_minute: int
    ref: str = ""

    @property
    def span(self) -> Span:
        """Give the hours on the axis."""
        return axis_minute(self.on, self.starts_minute), axis_minute(self.on, self.ends_minute)


def counts_as_presence(item: Elsewhere, profile: InForce) -> bool:
    """Tell whether the hours stand for presence without a tap."""
    return item.kind in _WITHOUT_TAPS or (item.kind is ElsewhereKind.standby and profile.on(item.on).standby_is_work)


def declared_spans(items: Iterable[Elsewhere], profile: InForce, due: Spans) -> Spans:
    """Give the declared hours that stand for presence, as far as they lie in ``due`` (regular hours and orders)."""
    return intersect(merge(item.span for item in items if counts_as_presence(item, profile)), due)


def watch_spans(items: Iterable[Elsewhere], profile: InForce) -> Spans:
    """Give the hours of watch, which are neither work nor a stay to explain."""
    return merge(item.span for item in items if not counts_as_presence(item, profile))
