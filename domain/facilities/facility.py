"""What can be reserved: facilities, their rooms and equipment, and the slots (区分) of a day. Values, no rules.

A room is made of *spaces*, the smallest parts that are never shared: a hall of two halves has two spaces, each half is
a room of one of them, and so the halves and the hall can never be taken twice. Minutes of a day may run past 1440.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

RESERVATION_MINUTES_MAX = 31 * 1440
"""No reservation lasts longer, an exhibition's neither; what goes on is reserved month by month."""

BUFFER_MINUTES_MAX = 720
"""The longest preparation, and the longest clean-up."""


class Permits(StrEnum):
    """Who gives 許可 to a reservation of a room."""

    decider = "decider"  # the mayor's office or the 指定管理者, by whoever decides for the facility
    rule = "rule"  # what nothing speaks against is permitted at once: meeting rooms of the staff


@dataclass(frozen=True, slots=True)
class Facility:
    """A house with rooms to reserve. ``department_id`` answers for it; ``operator`` names the 指定管理者, if any."""

    id: str
    name: str
    name_en: str
    department_id: str
    operator: str = ""
    is_public: bool = True
    """Citizens may reserve too; otherwise staff alone."""
    retired_on: date | None = None
    """From this day on nothing can be reserved any more."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room as it is reserved.

    ``capacity`` people fit in. A reservation begins on a multiple of ``step_minutes`` and lasts ``minutes_min`` to
    ``minutes_max``; before and after it the room is held for preparation and clean-up.
    """

    id: str
    facility_id: str
    name: str
    name_en: str
    spaces: tuple[str, ...]
    capacity: int
    step_minutes: int = 30
    minutes_min: int = 30
    minutes_max: int = 720
    before_minutes: int = 0
    after_minutes: int = 0
    permits: Permits = Permits.decider
    area_id: str | None = None
    """The area of the site's description behind its door; None where no door of ours leads to it."""
    retired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Equipment:
    """Things that are reserved with a room, alike and countable; of one room, or of the whole facility."""

    id: str
    facility_id: str
    name: str
    name_en: str
    units: int
    room_id: str | None = None
    retired_on: date | None = None


@dataclass(frozen=True, slots=True)
class SlotKind:
    """A part of the day in which a room is reserved: 午前, 午後, 夜間, or a course with places.

    With ``places`` so many parties or people share it (枠ごとの定員), without it is for one reservation alone.
    """

    id: str
    room_id: str
    name: str
    name_en: str
    from_minute: int
    to_minute: int
    weekdays: frozenset[int]
    """0 is Monday."""
    places: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""


@dataclass(frozen=True, slots=True)
class UserClass:
    """A kind of reservee that windows, quotas and fees tell apart: 市内, 市外, 減免団体, 市."""

    id: str
    name: str
    name_en: str
    position: int = 0
    """Where it stands in lists."""
