"""An adjustment as its card tells it: who and why, what each item was and is, which taps came late. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contract.adjustment_content import AdjustmentContentError, read_adjustment
from domain.attendance.adjustment import AdjustmentState, DayDifference
from domain.attendance.leave_kinds import LeaveKind
from domain.civil import format_h_mm
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.words import Language
from store.late_taps import LateTap
from store.month_adjustments import MonthAdjustment

_MINUTES = frozenset({"minutes", "class", "after_60h", "rate", "leave_minutes"})
_DAYS = frozenset({"days", "leave_days"})


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item in words, with what it was and is; both are empty where only the difference is known."""

    name: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class DayLines:
    """What differs on a day."""

    on: date
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class AdjustmentCard:
    """An adjustment with names; ``is_readable`` is false where its bytes are no adjustment."""

    adjustment: MonthAdjustment
    name: str
    department: str
    proposed_by: str
    agreed_by: str
    month: tuple[ItemLine, ...]
    days: tuple[DayLines, ...]
    late_taps: tuple[LateTap, ...]
    is_readable: bool = True

    @property
    def state(self) -> AdjustmentState:
        """Give how far it is."""
        return self.adjustment.decision.state


def read_days(adjustment: MonthAdjustment) -> tuple[DayDifference, ...]:
    """Give the days of an adjustment; none where it cannot be read."""
    try:
        return read_adjustment(adjustment.content).days
    except AdjustmentContentError:
        return ()


@dataclass(frozen=True, slots=True)
class ItemNaming:
    """What names an item: the page's language, and the city's kinds of leave by id."""

    phrases: Phrases
    leave_kinds: Mapping[str, LeaveKind]


def view_adjustment(
    adjustment: MonthAdjustment,
    names: Mapping[str, str],
    department: str,
    late_taps: Iterable[LateTap],
    naming: ItemNaming,
) -> AdjustmentCard:
    """Give the card of an adjustment in one language; ``names`` are of persons by id."""
    phrases = naming.phrases
    decision = adjustment.decision
    try:
        difference, is_readable = read_adjustment(adjustment.content), True
    except AdjustmentContentError:
        difference, is_readable = None, False
    month = difference.amounts if difference else {}
    return AdjustmentCard(
        adjustment,
        names.get(adjustment.person_id, adjustment.person_id),
        department,
        names.get(decision.proposed_by or "", decision.proposed_by or ""),
        names.get(decision.agreed_by or "", decision.agreed_by or ""),
        tuple(ItemLine(_name(item, naming), "", "", _amount(item, n, phrases, sign=True)) for item, n in month.items()),
        tuple(DayLines(day.on, tuple(_day_lines(day, naming))) for day in (difference.days if difference else ())),
        tuple(late_taps),
        is_readable,
    )


def _day_lines(day: DayDifference, naming: ItemNaming) -> Iterable[ItemLine]:
    phrases = naming.phrases
    for item in sorted(day.before.keys() | day.after.keys()):
        before, after = day.before.get(item, 0), day.after.get(item, 0)
        if before != after:
            yield ItemLine(
                _name(item, naming),
                _amount(item, before, phrases),
                _amount(item, after, phrases),
                _amount(item, after - before, phrases, sign=True),
            )


def _name(item: str, naming: ItemNaming) -> str:
    """Name an item in words; one that this version has no word for goes by its own name."""
    phrases = naming.phrases
    group, _, what = item.partition(".")
    if group == "class":
        return phrases.say_or(f"class.{what}", what)
    if whole := phrases.say_or(f"adjustments.item.{group}_{what}", ""):
        return whole
    if group not in _GROUPS:
        return item
    if what.isdecimal():
        inner = phrases.say("adjustments.item.rate", n=what)
        return inner if group == "rate" else phrases.say(f"adjustments.item.{group}", what=inner)
    kind = naming.leave_kinds.get(what) if group.startswith("leave_") else None
    if kind is not None:
        inner = kind.title if phrases.language is Language.ja else kind.title_en
    else:
        inner = phrases.say_or(f"class.{what}", what)
    return inner if group == "rate" else phrases.say(f"adjustments.item.{group}", what=inner)


def _amount(item: str, amount: int, phrases: Phrases, *, sign: bool = False) -> str:
    group = item.partition(".")[0]
    plus = "+" if sign and amount > 0 else ""
    if group in _MINUTES:
        return f"{plus}{format_h_mm(amount)}"
    unit = "adjustments.days" if group in _DAYS else "adjustments.times"
    return f"{plus}{amount}" if group == "hours" else f"{plus}{amount} {phrases.say(unit)}"


_GROUPS = frozenset({"after_60h", "rate", "leave_minutes", "leave_days", "hours", "days", "count"})
