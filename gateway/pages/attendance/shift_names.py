"""The names of a person's planned shifts by day, for pages: single days before patterns."""

from datetime import date, timedelta

from store.rosters import Days, list_members, list_planned_shifts
from store.shifts import list_patterns, list_shift_kinds
from store.tx import Tx


def load_shift_names(tx: Tx, person_id: str, days: Days) -> dict[date, str]:
    """Give the names of the shifts that a roster plans; a day planned by hand without a kind has none."""
    kinds = list_shift_kinds(tx)
    codes: dict[date, str | None] = {}
    members = list_members(tx, (person_id,), days).get(person_id, ())
    patterns = list_patterns(tx) if members else {}
    for member in sorted(members, key=lambda each: each.from_on):
        pattern = patterns[member.pattern_id]
        on = max(days[0], member.from_on)
        while on <= min(days[1], member.until_on or days[1]):
            codes[on] = pattern.codes[((on - pattern.anchor_on).days - member.offset_days) % len(pattern.codes)]
            on += timedelta(days=1)
    planned = list_planned_shifts(tx, (person_id,), days).get(person_id, {})
    codes |= {on: each.code for on, each in planned.items()}
    return {on: kinds[code].name for on, code in codes.items() if code in kinds}
