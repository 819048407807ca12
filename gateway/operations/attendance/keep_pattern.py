"""Keep a pattern (交替制, or a part-timer's own week): shift kinds that repeat, one a day."""

from domain.attendance.profile import Profile
from domain.attendance.roster import CODES_MAX, NAME_MAX, Pattern, assess_pattern
from domain.attendance.roster_fault import RefusedRosterError, RosterFault, RosterWhy
from domain.ids import is_id
from store.rosters import is_pattern_used
from store.shifts import ShiftPattern, list_patterns, list_shift_kinds, save_pattern
from store.tx import Tx


def keep_pattern(tx: Tx, pattern: ShiftPattern, *, profile: Profile) -> None:
    """Keep a pattern; one that somebody is or was in keeps its days, for they are counted by.

    Raises:
        RefusedRosterError: its id, name or kinds are wrong, its shifts overlap from day to day, breaks are too short
            (R7), too many days on end, or its days would change under people; every fault is named.
    """
    faults: list[RosterFault] = []
    if not is_id(pattern.id):
        faults.append(RosterFault(None, RosterWhy.bad_text, (1, 63), "id"))
    if not 1 <= len(pattern.name) <= NAME_MAX or pattern.name != pattern.name.strip():
        faults.append(RosterFault(None, RosterWhy.bad_text, (1, NAME_MAX), "name"))
    kinds = list_shift_kinds(tx)
    if not 1 <= len(pattern.codes) <= CODES_MAX:
        faults.append(RosterFault(None, RosterWhy.out_of_range, (1, CODES_MAX), "codes"))
    elif set(pattern.codes) - kinds.keys():
        faults.append(RosterFault(None, RosterWhy.no_such_kind, field="codes"))
    else:
        shifts = tuple(kinds[code].shift for code in pattern.codes)
        faults += assess_pattern(Pattern(shifts, pattern.anchor_on, pattern.on_holidays), profile)
    standing = list_patterns(tx).get(pattern.id)
    if standing is not None and _days(standing) != _days(pattern) and is_pattern_used(tx, pattern.id):
        faults.append(RosterFault(None, RosterWhy.in_use, field="codes"))
    if faults:
        raise RefusedRosterError(tuple(faults))
    save_pattern(tx, pattern)


def _days(pattern: ShiftPattern) -> tuple[object, ...]:
    return pattern.codes, pattern.anchor_on, pattern.on_holidays
