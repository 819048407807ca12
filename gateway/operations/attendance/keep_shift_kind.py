"""Keep a shift kind (勤務区分) that rosters refer to by its code."""

from dataclasses import dataclass
from datetime import date

from domain.attendance.profile import Profile
from domain.attendance.roster import CODE_MAX, NAME_MAX, assess_roster
from domain.attendance.roster_fault import RefusedRosterError, RosterFault, RosterWhy
from domain.attendance.shift import Shift
from domain.attendance.shift_text import parse_shift
from store.shifts import ShiftKind, list_patterns, list_shift_kinds, save_shift_kind
from store.tx import Tx

_DAY = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class ShiftKindForm:
    """A shift kind as it is written: ``hours`` as ``domain.attendance.shift_text`` reads them."""

    code: str
    name: str
    hours: str
    until_on: date | None = None


def keep_shift_kind(tx: Tx, form: ShiftKindForm, *, profile: Profile) -> ShiftKind:
    """Keep a shift kind; days that were planned by it keep the hours with which they were planned.

    Raises:
        RefusedRosterError: the code, the name or the hours are wrong, the breaks too short (R7), or the hours would
            change under a pattern; every fault is named.
    """
    faults: list[RosterFault] = []
    for field, text, most in (("code", form.code, CODE_MAX), ("name", form.name, NAME_MAX)):
        if not 1 <= len(text) <= most or text != text.strip() or not text.isprintable():
            faults.append(RosterFault(None, RosterWhy.bad_text, (1, most), field))
    if any(blank in form.code for blank in (" ", "\u3000")):
        faults.append(RosterFault(None, RosterWhy.bad_text, (1, CODE_MAX), "code"))
    shift = _read(form.hours)
    if shift is None:
        faults.append(RosterFault(None, RosterWhy.unreadable, (form.hours[:40],), "hours"))
    else:
        short = assess_roster({_DAY: shift}, [_DAY], profile)
        faults += [RosterFault(None, fault.why, fault.values, "hours") for fault in short]
    standing = list_shift_kinds(tx).get(form.code)
    if standing is not None and standing.shift != shift and _is_used(tx, form.code):
        faults.append(RosterFault(None, RosterWhy.in_use, field="hours"))
    if shift is None or faults:
        raise RefusedRosterError(tuple(dict.fromkeys(faults)))
    kind = ShiftKind(form.code, form.name, shift, form.until_on)
    save_shift_kind(tx, kind)
    return kind


def _is_used(tx: Tx, code: str) -> bool:
    return any(code in pattern.codes for pattern in list_patterns(tx).values())


def _read(text: str) -> Shift | None:
    try:
        return parse_shift(text)
    except ValueError:
        return None
