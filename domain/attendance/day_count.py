"""Days of work as daily pay counts them: by duty day, so that one duty over midnight is one day (L17)."""

from collections.abc import Iterable

from domain.attendance.person_day import PersonDay


def count_work_days(days: Iterable[PersonDay]) -> int:
    """Count the duty days on which a minute of regular or ordered work was done; mere presence is none."""
    return sum(1 for day in days if day.entries)
