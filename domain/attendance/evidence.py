"""What else tells where a person was: computers that were used while nobody was counted, taps of uncertain clocks."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain.attendance.bound_day import BoundDay
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import ComputerUse, Punch
from domain.attendance.profile import InForce, Profile
from domain.attendance.spans import Spans, minute_from


def assess_computer_use(
    uses: Iterable[ComputerUse], bound: Mapping[date, BoundDay], presence: Spans, profile: InForce
) -> dict[date, tuple[Divergence, ...]]:
    """Hold log-ons and log-offs against presence, by duty day; thresholds are those of presence, and strict (R14, V3).

    Use while the person was counted tells nothing. On a day without any presence the whole use is told; a day that is
    open or lacks a punch is not judged.
    """
    by_day: dict[date, list[int]] = {}
    for use in sorted(uses, key=lambda use: use.minute):
        if not any(start <= use.minute <= end for start, end in presence):
            by_day.setdefault(duty_on(profile, use.minute), []).append(use.minute)
    return {on: told for on, minutes in by_day.items() if (told := _tell(on, minutes, bound.get(on), profile.on(on)))}


def tell_doubtful(punches: Iterable[Punch], profile: InForce) -> dict[date, tuple[Divergence, ...]]:
    """Give, by duty day, the taps that wait for a judgement; no minute of them counts."""
    told: dict[date, tuple[Divergence, ...]] = {}
    for punch in sorted({punch for punch in punches if punch.doubtful}, key=lambda punch: (punch.minute, punch.ref)):
        on = duty_on(profile, punch.minute)
        heard = minute_from(on, punch.minute)
        told[on] = (*told.get(on, ()), Divergence(DivergenceKind.uncertain_clock, 0, heard, heard))
    return told


def _tell(on: date, minutes: list[int], day: BoundDay | None, profile: Profile) -> tuple[Divergence, ...]:
    if day is not None and (day.missing or day.open):
        return ()
    first_in, last_out = (None, None) if day is None else (day.first_in, day.last_out)
    if first_in is None or last_out is None:
        return _if_beyond(
            DivergenceKind.computer_after_out, on, minutes[0], minutes[-1], profile.stay_threshold_minutes
        )
    found: tuple[Divergence, ...] = ()
    if minutes[0] < first_in:
        kind = DivergenceKind.computer_before_in
        found += _if_beyond(kind, on, minutes[0], first_in, profile.early_threshold_minutes)
    if minutes[-1] > last_out:
        kind = DivergenceKind.computer_after_out
        found += _if_beyond(kind, on, last_out, minutes[-1], profile.stay_threshold_minutes)
    return found


def _if_beyond(kind: DivergenceKind, on: date, start: int, end: int, threshold: int) -> tuple[Divergence, ...]:
    if end - start <= threshold:
        return ()
    return (Divergence(kind, end - start, minute_from(on, start), minute_from(on, end)),)
