"""When a person is told: at once, after the quiet hours, or with the daily digest. Minutes are of the JST day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.civil import MINUTES_PER_DAY, civil_minute, instant


class HabitsError(ValueError):
    """The hours cannot be kept as they are given; ``field`` names the one."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Habits:
    """When somebody wants to hear of things.

    Quiet hours reach from one minute of the day to another, over midnight where the second is the earlier one; both
    None: never quiet. ``digest_minute``: everything once a day at this minute, and never in between.
    """

    quiet_from_minute: int | None = None
    quiet_until_minute: int | None = None
    digest_minute: int | None = None

    def __post_init__(self) -> None:
        """Refuse minutes outside a day, and quiet hours with one end or no length.

        Raises:
            HabitsError: it names the field.
        """
        for name in ("quiet_from_minute", "quiet_until_minute", "digest_minute"):
            minute = getattr(self, name)
            if minute is not None and not 0 <= minute < MINUTES_PER_DAY:
                raise HabitsError(name, "00:00〜23:59 で指定してください / expected a time from 00:00 to 23:59")
        if (self.quiet_from_minute is None) != (self.quiet_until_minute is None):
            name = "quiet_from_minute" if self.quiet_from_minute is None else "quiet_until_minute"
            raise HabitsError(name, "開始と終了の両方を指定してください / expected both a beginning and an end")
        if self.quiet_from_minute is not None and self.quiet_from_minute == self.quiet_until_minute:
            raise HabitsError(
                "quiet_until_minute", "開始と異なる時刻にしてください / expected another time than the beginning"
            )


ALWAYS = Habits()


def due_at(now: datetime, habits: Habits) -> datetime:
    """Give the instant from which a message of now may leave: now itself, or the next time that suits."""
    if habits.digest_minute is not None:
        return _next(now, habits.digest_minute)
    if is_quiet(now, habits) and habits.quiet_until_minute is not None:
        return _next(now, habits.quiet_until_minute)
    return now


def is_quiet(at: datetime, habits: Habits) -> bool:
    """Tell whether an instant lies in the quiet hours; their last minute is not inside."""
    start, end = habits.quiet_from_minute, habits.quiet_until_minute
    if start is None or end is None:
        return False
    minute = civil_minute(at)[1]
    return start <= minute < end if start < end else minute >= start or minute < end


def _next(now: datetime, minute: int) -> datetime:
    today = instant(civil_minute(now)[0], minute)
    return (today if today >= now else today + timedelta(days=1)).astimezone(now.tzinfo)
