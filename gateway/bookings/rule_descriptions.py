"""How a facility's file says its rules: hours, closures, special days, booking windows, quotas, terms, ways in."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from contract.fields import Id
from domain.facilities.booking_rules import OpensBy
from domain.facilities.closures import LAST, ClosureKind, OnHoliday
from domain.facilities.entry import Way
from domain.facilities.opening import SpecialKind
from domain.facilities.quotas import Counts, Per
from gateway.site.hours import ClosesClock, OpensClock, Weekday
from gateway.site.places import Description, Name

Days = Annotated[tuple[Weekday, ...], Field(min_length=1, json_schema_extra={"uniqueItems": True})]
Minutes = Annotated[int, Field(ge=0, le=31 * 24 * 60)]
Count = Annotated[int, Field(ge=0, le=100_000)]
YearDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", examples=["12-29"])]
Reason = Annotated[str, Field(min_length=1, max_length=200)]
DeadlineClock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["17:00"])]


class Dated(Description):
    """Whatever holds on some days alone."""

    valid_from: date | None = None
    """適用開始日 · The first day on which it holds."""
    valid_until: date | None = None
    """適用終了日 · The last day on which it holds."""


class HoursDescription(Dated):
    """開館時間 · Hours of some weekdays."""

    days: Days = tuple(Weekday)
    opens: OpensClock
    closes: ClosesClock
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    """月 · Months of a season; without them the whole year."""


class ClosureDescription(Dated):
    """休館日 · A closure that comes again."""

    name: Name
    kind: ClosureKind
    """weekly, monthly (第n曜日), national (祝日), days_off (祝日・年末年始), yearly (毎年の期間)."""
    days: tuple[Weekday, ...] = ()
    """曜日 · Of weekly and monthly."""
    nths: tuple[Annotated[int, Field(ge=LAST, le=5)], ...] = ()
    """第何 · Of monthly: 1 to 5, -1 for the last."""
    from_day: YearDay | None = None
    """最初の月日 · Of yearly."""
    to_day: YearDay | None = None
    """最後の月日 · Of yearly, included."""
    on_holiday: OnHoliday = OnHoliday.closed
    """祝日のとき · closed: also then; opened: not then; next_weekday: the next weekday instead (翌平日)."""
    room: Id | None = None


class SpecialDaysDescription(Description):
    """臨時の休館・開館 · Days that are otherwise once."""

    kind: SpecialKind
    first_on: date
    last_on: date | None = None
    """Without it, one day."""
    reason: Reason
    room: Id | None = None
    opens: OpensClock | None = None
    """From when on it is closed, or opened."""
    closes: ClosesClock | None = None
    """Until when."""


class DeadlineDescription(Description):
    """期限 · Days before the use with a time (3日前の17:00), or minutes before it begins."""

    days: Count | None = None
    at: DeadlineClock | None = None
    minutes_before: Annotated[int, Field(ge=0, le=400 * 24 * 60)] | None = None

    @model_validator(mode="after")
    def _either_or(self) -> Self:
        if (self.minutes_before is None) == (self.days is None) or (self.days is None) != (self.at is None):
            raise ValueError(
                "days と at、または minutes_before を書いてください / expected days with at, or minutes_before"
            )
        return self


class OpensDescription(Description):
    """受付開始 · When booking opens."""

    by: OpensBy
    """month_day (毎月 D 日に N か月後の分), same_day (N か月前の同じ日), days (N 日前)."""
    before: Count
    """So many months or days before the use."""
    day: Annotated[int, Field(ge=1, le=28)] = 1
    """Of month_day."""
    at: OpensClock


class WindowDescription(Dated):
    """受付期間 · When a class of reservees may book."""

    user_class: Id | None = None
    """Without it, everybody."""
    room: Id | None = None
    """Without it, all rooms."""
    opens: OpensDescription
    closes: DeadlineDescription
    desk_closes: DeadlineDescription | None = None
    """窓口での締切 · Until then the counter still books."""


class QuotaDescription(Dated):
    """予約の上限 · How much one reservee may book."""

    user_class: Id | None = None
    room: Id | None = None
    counts: Counts
    per: Per
    """standing (同時に), day, week, month."""
    most: Count


class TermsDescription(Description):
    """利用条件 · On what terms it is reserved, until the next ones."""

    valid_from: date | None = None
    cancel: DeadlineDescription
    """Until then a reservee may cancel or change."""
    no_shows_to_block: Count = 0
    no_show_days: Count = 365
    block_days: Count = 0
    no_show_after_minutes: Minutes | None = None
    contact_confirmed: bool = True
    tentative_minutes: Minutes = 30


class EntryDescription(Description):
    """入室方法 · How one gets into the rooms, or one room, until the next such rule."""

    ways: Annotated[tuple[Way, ...], Field(min_length=1, json_schema_extra={"uniqueItems": True})]
    """card (カード), code (QRコード), key (鍵), staff (職員が開ける), open (開いている)."""
    room: Id | None = None
    """Without it, all rooms."""
    early_minutes: Minutes = 0
    """準備の前 · The door opens so long before the preparation."""
    late_minutes: Minutes = 0
    """片付けの後 · And until so long after the clean-up."""
    valid_from: date | None = None
    """適用開始日 · The first day of use for which it holds."""
