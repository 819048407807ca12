"""What is wrong with a roster: the day, a stable word for why, and its words in Japanese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class RosterWhy(StrEnum):
    """Why a day's shift cannot be planned, or should be looked at (``short_rest``, ``long_week``, ``flex_uneven``)."""

    overlaps_next_day = "overlaps_next_day"
    short_break = "short_break"
    too_many_days_on_end = "too_many_days_on_end"
    short_rest = "short_rest"
    long_week = "long_week"
    not_employed = "not_employed"
    month_closed = "month_closed"
    no_such_kind = "no_such_kind"
    kind_is_over = "kind_is_over"
    unreadable = "unreadable"
    out_of_range = "out_of_range"
    bad_text = "bad_text"
    in_use = "in_use"
    no_such_pattern = "no_such_pattern"
    flex_not_adopted = "flex_not_adopted"
    flex_outside_band = "flex_outside_band"
    flex_without_core = "flex_without_core"
    flex_too_short = "flex_too_short"
    flex_uneven = "flex_uneven"


@dataclass(frozen=True, slots=True)
class RosterFault:
    """One thing that is wrong with a planned day, or, with ``on`` None, with a shift or pattern.

    ``values`` fill its words (minutes and days as int, hours as ``9:15``); ``field`` is the field of the form.
    """

    on: date | None
    why: RosterWhy
    values: tuple[int | str, ...] = ()
    field: str = "shift"


WORDS: Mapping[RosterWhy, tuple[str, str]] = MappingProxyType(
    {
        RosterWhy.overlaps_next_day: (
            "翌日の勤務と {0} 分重なります。終業か翌日の始業を直してください",
            "overlaps the next day's shift by {0} minutes; change the end or the next start",
        ),
        RosterWhy.short_break: (
            "休憩は {0} 分必要ですが {1} 分です（労基法34）。休憩を足してください",
            "needs a break of {0} minutes, has {1} (R7); add to the break",
        ),
        RosterWhy.too_many_days_on_end: (
            "{0} 日続けての勤務になります（上限 {1} 日）。休みを入れてください",
            "{0} days of work on end, {1} at most; plan a rest day",
        ),
        RosterWhy.short_rest: (
            "前の勤務の終わりから {0} しか空いていません（目安 {1}）。間を空けられないか見てください",
            "only {0} after the shift before, {1} are wanted (R18); see whether there can be more between them",
        ),
        RosterWhy.long_week: (
            "この日の週（月曜から）は {0} の勤務です（目安 {1}）。別の週に移せないか見てください",
            "{0} of work in the week of this day (from Monday), {1} are usual; see whether some fit another week",
        ),
        RosterWhy.not_employed: ("在職期間の外です。日付を確かめてください", "outside the employment; check the day"),
        RosterWhy.month_closed: (
            "締め済みの月です。調整で直してください",
            "the month is closed; correct it by an adjustment",
        ),
        RosterWhy.no_such_kind: (
            "その勤務区分はありません。勤務区分を登録するか、時刻で書いてください",
            "no such shift kind; register it or write the hours",
        ),
        RosterWhy.kind_is_over: (
            "その勤務区分はもう使えません。別の区分にしてください",
            "the shift kind is over; choose another",
        ),
        RosterWhy.unreadable: (
            "「{0}」は読めません。08:30-17:15 break 12:00-13:00、rest、off_duty のように書いてください",
            "{0!r} cannot be read; expected hours such as 08:30-17:15 break 12:00-13:00, rest or off_duty",
        ),
        RosterWhy.bad_text: (
            "{0} 字から {1} 字で、空白や制御文字を入れずに",
            "expected {0} to {1} characters without blanks at the ends",
        ),
        RosterWhy.in_use: (
            "使われているので変えられません。新しく作り、適用日から移してください",
            "in use and therefore fixed; make a new one and move people to it from a day on",
        ),
        RosterWhy.no_such_pattern: (
            "その交替パターンはありません。一覧から選んでください",
            "no such pattern; choose one from the list",
        ),
        RosterWhy.flex_not_adopted: (
            "フレックスタイムは採用されていません。規程で採用するか、通常の勤務にしてください（L20）",
            "flexible hours are not adopted; adopt them in the rules or plan ordinary hours (L20)",
        ),
        RosterWhy.flex_outside_band: (
            "フレキシブルタイム {0}–{1} の中で割り振ってください（L20）",
            "assign hours within the band, {0}–{1} (L20)",
        ),
        RosterWhy.flex_without_core: (
            "コアタイム {0}–{1} を含むように割り振ってください（L20）",
            "assign hours that reach over the core, {0}–{1} (L20)",
        ),
        RosterWhy.flex_too_short: (
            "1日は {0} 以上を割り振ってください（今は {1}）（L20）",
            "assign at least {0} of a day; it has {1} (L20)",
        ),
        RosterWhy.flex_uneven: (
            "清算期間 {0} の割振りは週平均の時間と {1} 違います。期間の中で調整してください（L20）",
            "the hours assigned of the settlement period {0} differ from the average week by {1}; even them out (L20)",
        ),
        RosterWhy.out_of_range: ("{0} から {1} までにしてください", "expected {0} to {1}"),
    }
)
"""What each fault says, in Japanese and English; numbers in braces are its ``values``."""


class RefusedRosterError(Exception):
    """A roster is refused whole; ``faults`` are everything that is wrong with it."""

    def __init__(self, faults: tuple[RosterFault, ...]) -> None:
        super().__init__("\n".join(f"{fault.on or fault.field}: {explain(fault)}" for fault in faults))
        self.faults = faults


def explain(fault: RosterFault) -> str:
    """Give a fault's words, Japanese first."""
    return " / ".join(describe(fault))


def describe(fault: RosterFault) -> tuple[str, str]:
    """Give a fault's words in Japanese and in English."""
    japanese, english = WORDS[fault.why]
    return japanese.format(*fault.values), english.format(*fault.values)
