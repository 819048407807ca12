"""A city's rules to be read: each field with its value, its ground, how sure that is, and what national law alone says.

Pure. It is also the place that every "why" leads to: rules have anchors by their sign (``rule-L4``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from contract.attendance_profile import GroundedProfile
from contract.leave_kind_file import LeaveRules
from contract.profile_file import Certainty
from domain.attendance.leave_kinds import Allowance, LeaveKind, LeaveUnit
from domain.attendance.profile import BreakStep, Counting
from domain.attendance.shift import Shift
from domain.civil import format_clock
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.words import Language

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "counting": (
            "counting", "week", "statutory_day_minutes", "statutory_week_minutes", "part_time_day_minutes",
            "part_time_week_minutes", "night_starts_minute", "night_ends_minute", "break_steps", "year_start",
        ),
        "punches": (
            "date_change_minutes", "stretch_max_minutes", "arrival_window_minutes", "debounce_seconds",
            "stay_threshold_minutes", "early_threshold_minutes", "interval_minutes", "standby_is_work",
            "daily_rounding_minutes",
        ),
        "caps": (
            "month_cap_minutes", "year_cap_minutes", "driven_month_cap_minutes", "driven_year_cap_minutes",
            "average_cap_minutes", "months_over_cap", "notice_minutes", "analysis_months",
        ),
        "swaps": (
            "swap_weeks_before", "swap_weeks_after", "swap_week_threshold_minutes", "swap_in_60h", "sunday_in_60h",
            "consecutive_days_max",
        ),
        "pay": (
            "rates", "raised_rates", "step_minutes", "pay_rounding_minutes", "special_duty_minutes",
            "hours_off_unit_minutes", "hours_off_months",
        ),
        "flex": (
            "flex_adopted", "flex_period_weeks", "flex_period_from_on", "flex_band_starts_minute",
            "flex_band_ends_minute", "flex_core_starts_minute", "flex_core_ends_minute", "flex_day_minutes",
            "flex_day_least_minutes", "flex_week_minutes",
        ),
        "leave": ("hourly_leave_days_max", "five_day_leave_duty", "retention_years"),
    }
)  # fmt: skip
"""The fields as they are read, by matter; one that stands nowhere here is shown with how things are counted."""

_CLOCKS = frozenset(
    {
        "night_starts_minute", "night_ends_minute", "date_change_minutes", "flex_band_starts_minute",
        "flex_band_ends_minute", "flex_core_starts_minute", "flex_core_ends_minute",
    }
)  # fmt: skip
_COUNTS = MappingProxyType(
    {
        "debounce_seconds": "seconds",
        "swap_weeks_before": "weeks",
        "swap_weeks_after": "weeks",
        "flex_period_weeks": "weeks",
        "analysis_months": "months",
        "hours_off_months": "months",
        "months_over_cap": "times",
        "consecutive_days_max": "days",
        "hourly_leave_days_max": "days",
        "retention_years": "years",
        "year_start": "month_of_year",
    }
)
_RULE = re.compile(r"[RL][0-9]{1,2}")
_RULES = re.compile(r"([RL])([0-9]{1,2})–[RL]?([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: its value as lines, its ground, and the lines of the default and of national law where they differ."""

    name: str
    value: tuple[str, ...]
    source: str
    certainty: Certainty
    rules: tuple[str, ...]
    default: tuple[str, ...] = ()
    default_source: str = ""
    law: tuple[str, ...] = ()

    @property
    def is_choice(self) -> bool:
        """Tell whether the city chooses the value."""
        return self.certainty is not Certainty.settled


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of leave with its ground."""

    kind: LeaveKind
    name: str
    amount: str
    units: str
    route: str
    source: str
    certainty: Certainty


def view_profile(
    grounded: GroundedProfile, default: GroundedProfile, law: GroundedProfile, phrases: Phrases
) -> dict[str, tuple[FieldView, ...]]:
    """Tell every field of a profile by matter, held against the default and against plain national law."""
    named = {name for names in GROUPS.values() for name in names}
    groups = {group: [name for name in names if name in grounded.grounds] for group, names in GROUPS.items()}
    groups["counting"] += [name for name in grounded.grounds if name not in named]
    return {
        group: tuple(_view_field(name, grounded, default, law, phrases) for name in names)
        for group, names in groups.items()
    }


def view_kinds(rules: LeaveRules, phrases: Phrases) -> tuple[KindView, ...]:
    """Tell the kinds of leave in the order of their file."""
    return tuple(
        KindView(
            kind,
            kind.title if phrases.language is Language.ja else kind.title_en,
            _amount(kind, phrases),
            phrases.say("situation.and").join(_units(kind, phrases)),
            " → ".join(phrases.say(f"step_role.{role}") for role in kind.route),
            *rules.sources[kind.id],
        )
        for kind in rules.kinds.values()
    )


def name_profile(title: str, language: Language) -> str:
    """Give a profile's title in one language; a title without a second language stands for both."""
    japanese, _, english = title.partition(" / ")
    return english if language is Language.en and english else japanese


def rules_of(source: str) -> tuple[str, ...]:
    """Give the signs of the rules that a ground names: ``R5, L7–L9; …`` names R5, L7, L8 and L9."""
    named = set(_RULE.findall(source))
    for letter, first, last in _RULES.findall(source):
        named |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return tuple(sorted(named, key=lambda rule: (rule[0] == "L", int(rule[1:]))))


def _view_field(
    name: str, grounded: GroundedProfile, default: GroundedProfile, law: GroundedProfile, phrases: Phrases
) -> FieldView:
    value, usual, plain = (getattr(each.profile, name) for each in (grounded, default, law))
    ground = grounded.grounds[name]
    return FieldView(
        name=name,
        value=tuple(_tell(name, value, phrases)),
        source=ground.source,
        certainty=ground.certainty,
        rules=rules_of(ground.source),
        default=() if usual == value else tuple(_tell(name, usual, phrases)),
        default_source=default.grounds[name].source,
        law=() if plain == value else tuple(_tell(name, plain, phrases)),
    )


def _tell(name: str, value: object, phrases: Phrases) -> Iterator[str]:
    match value:
        case bool():
            yield phrases.say("profile.yes" if value else "profile.no")
        case Counting():
            yield phrases.say(f"profile.counting_{value}")
        case None:
            yield phrases.say("profile.uncapped")
        case int():
            yield _tell_number(name, value, phrases)
        case Mapping():
            for key, percent in value.items():
                yield f"{phrases.say(f'class.{key}')} {percent}%"
        case tuple():
            yield from _tell_each(value, phrases)
        case _:
            yield str(value)


def _tell_number(name: str, value: int, phrases: Phrases) -> str:
    if name in _CLOCKS:
        return format_clock(value)
    if name == "flex_period_weeks" and value == 0:
        return phrases.say("profile.calendar_month")
    if name in _COUNTS:
        return phrases.say(f"profile.{_COUNTS[name]}", n=value)
    return _length(value, phrases)


def _tell_each(values: tuple[object, ...], phrases: Phrases) -> Iterator[str]:
    week = [each for each in values if isinstance(each, Shift)]
    if week:
        yield from _tell_week(week, phrases)
        return
    for each in values:
        if isinstance(each, BreakStep):
            lengths = {"over": _length(each.over_minutes, phrases), "due": _length(each.due_minutes, phrases)}
            yield phrases.say("profile.break_step", **lengths)
        else:
            yield str(each)


def _tell_week(week: list[Shift], phrases: Phrases) -> Iterator[str]:
    """Tell the days of a week, those that follow each other and are alike as one."""
    for shift, days in groupby(enumerate(week), key=lambda each: each[1]):
        numbers = [number for number, _ in days]
        ends = [phrases.say(f"calendar.weekday_{number}") for number in dict.fromkeys((numbers[0], numbers[-1]))]
        yield f"{'–'.join(ends)} {_hours(shift, phrases)}"


def _hours(shift: Shift, phrases: Phrases) -> str:
    if shift.hours is None:
        return phrases.say(f"profile.shift_{shift.kind}")
    parts = phrases.dot.join(f"{format_clock(starts)}–{format_clock(ends)}" for starts, ends in shift.hours.parts)
    breaks = phrases.dot.join(f"{format_clock(starts)}–{format_clock(ends)}" for starts, ends in shift.hours.breaks)
    return phrases.say("profile.with_break", hours=parts, breaks=breaks) if breaks else parts


def _length(minutes: int, phrases: Phrases) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes >= 60 else phrases.say("profile.minutes", n=minutes)


def _amount(kind: LeaveKind, phrases: Phrases) -> str:
    if kind.allowance in {Allowance.yearly, Allowance.event}:
        return phrases.say(f"profile.allowance_{kind.allowance}", n=kind.days)
    return phrases.say(f"profile.allowance_{kind.allowance}")


def _units(kind: LeaveKind, phrases: Phrases) -> Iterator[str]:
    for unit in LeaveUnit:
        if unit in kind.units:
            yield phrases.say(f"profile.unit_{unit}", n=kind.unit_minutes)
