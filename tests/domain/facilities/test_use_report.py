"""How much rooms are used: shared time once, the night with the day before, nothing beyond the open time."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.civil import instant
from domain.facilities.use_report import HOURS, Share, Use, add_hours, derive_room_uses

ON = date(2026, 5, 20)
OPEN = {("hall", ON): ((540, 720), (780, 1020))}


def use(start: int, end: int, *, room: str = "hall", party: int = 10) -> Use:
    return Use(room, instant(ON, start), instant(ON, end), party)


def test_what_is_used_of_what_is_open() -> None:
    found = derive_room_uses(OPEN, [use(540, 660), use(600, 690), use(840, 900, party=4)])["hall"]
    assert found.share == Share(420, 210)  # 9:00-11:30 counts once
    assert found.share.tenths == 500
    assert (found.uses, found.people) == (3, 24)
    assert found.by_hour[9] == Share(60, 60)
    assert found.by_hour[11] == Share(60, 30)
    assert found.by_hour[12] == Share(0, 0)
    assert found.by_hour[14] == Share(60, 60)
    assert sum(each.open_minutes for each in found.by_hour) == 420


def test_time_outside_is_none_and_a_room_that_is_never_open_has_no_share() -> None:
    found = derive_room_uses(OPEN | {("closed", ON): ()}, [use(700, 800), use(0, 1440, room="other")])
    assert found["hall"].share == Share(420, 40)
    assert found["closed"].share == Share(0, 0)
    assert found["hall"].uses == 1
    assert "other" not in found
    assert Share().tenths == 0


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    night = {("hall", ON): ((1320, 1560),), ("hall", ON + timedelta(days=1)): ((540, 600),)}
    found = derive_room_uses(night, [use(1410, 1500)])["hall"]
    assert found.share == Share(300, 90)
    assert (found.by_hour[23], found.by_hour[0], found.by_hour[9]) == (Share(60, 30), Share(60, 60), Share(60, 0))
    whole = derive_room_uses(night, [use(0, 2880)])["hall"]
    assert whole.share == Share(300, 300)


def test_rooms_are_added_hour_by_hour() -> None:
    two = derive_room_uses(OPEN | {("half", ON): ((540, 600),)}, [use(540, 600), use(540, 570, room="half")])
    assert add_hours(two.values())[9] == Share(120, 90)
    assert add_hours([]) == (Share(),) * HOURS


times = st.tuples(st.integers(-2000, 4000), st.integers(1, 2000)).map(
    lambda pair: Use("hall", instant(ON, pair[0]), instant(ON, pair[0] + pair[1]), 1)
)


@given(st.lists(times, max_size=8))
def test_a_minute_is_used_where_some_use_has_it_and_never_twice(uses: list[Use]) -> None:
    found = derive_room_uses(OPEN, uses)["hall"]
    midnight = instant(ON, 0)
    minutes = [minute for opens, closes in OPEN["hall", ON] for minute in range(opens, closes)]
    used = [minute for minute in minutes if any(_has(each, midnight + timedelta(minutes=minute)) for each in uses)]
    assert found.share == Share(len(minutes), len(used))


def _has(one: Use, at: datetime) -> bool:
    return one.from_at <= at < one.until_at
