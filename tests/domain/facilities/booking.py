"""A small house to book in: a hall of two halves, a half of it, a course with places, a room with slots, chairs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.civil import instant
from domain.facilities.booking import BookingFacts, TakenHold, Wish
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.holds import Hold
from domain.facilities.quotas import Counts, Per, Quota
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.rules import FacilityRules

NOW = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
ON = date(2026, 12, 1)  # a Tuesday
EVERY_DAY = frozenset(range(7))

HOUSE = FacilityRules(
    Facility("center", "市民館", "Civic Hall", "d"),
    rooms=(
        Room("hall", "center", "ホール", "Hall", ("hall_a", "hall_b"), 200, before_minutes=30, after_minutes=30),
        Room("half", "center", "ホール半分", "Half Hall", ("hall_a",), 80),
        Room("gym", "center", "体育館", "Gym", ("gym",), 40),
        Room("old", "center", "旧室", "Old Room", ("old",), 10, retired_on=date(2026, 11, 1)),
    ),
    equipment=(
        Equipment("chairs", "center", "椅子", "Chairs", 4),
        Equipment("piano", "center", "ピアノ", "Piano", 1, room_id="hall"),
        Equipment("lamp", "center", "照明", "Lamp", 1, retired_on=date(2026, 11, 1)),
    ),
    slots=(
        SlotKind("course", "gym", "午前", "Morning", 540, 720, EVERY_DAY, places=3),
        SlotKind("evening", "gym", "夜間", "Evening", 1080, 1260, frozenset({4})),
        SlotKind("former", "gym", "旧区分", "Former", 780, 900, EVERY_DAY, valid_until=date(2026, 11, 1)),
    ),
    windows=(
        BookingWindow("all", OpensBy.days, 30, 540, Deadline(1, 1020), desk_closes=Deadline(None, 60)),
        BookingWindow("outside", OpensBy.days, 7, 540, Deadline(1, 1020), user_class="outside"),
    ),
    quotas=(Quota("q", Counts.minutes, Per.month, 1200),),
    terms=(Terms("t", Deadline(3, 1020)),),
)

CITIZEN = Reservee("u1", ReserveeKind.citizen, "resident", "青木", NOW, "self", confirmed_at=NOW)


def wish(from_minute: int = 540, until_minute: int = 720, **given: Any) -> Wish:
    facts: dict[str, Any] = {
        "room_id": "half",
        "from_at": instant(ON, from_minute),
        "until_at": instant(ON, until_minute),
        "reservee_id": "u1",
        "user_class": "resident",
        "party": 10,
        "purpose": "合唱の練習",
    }
    return Wish(**(facts | given))


def facts(**given: Any) -> BookingFacts:
    standing: dict[str, Any] = {
        "now": NOW,
        "rules": HOUSE,
        "windows": {ON + timedelta(days=days): ((540, 1320),) for days in range(-1, 10)},
        "user_classes": frozenset({"resident", "outside"}),
        "reservee": CITIZEN,
    }
    return BookingFacts(**(standing | given))


def held(resource: str, from_minute: int, until_minute: int, *, by: str = "u2", holder: str = "") -> TakenHold:
    hold = Hold(resource, holder or f"reservation:of-{by}", instant(ON, from_minute), instant(ON, until_minute))
    return TakenHold(hold, f"of-{by}", by)
