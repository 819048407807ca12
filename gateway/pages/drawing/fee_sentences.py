"""The rows of a fee table, said in plain words: what for, how much, when and for whom, by which clause. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.civil import format_clock
from domain.facilities.fee_table import (
    DAY_END_MINUTE,
    NATIONAL_HOLIDAY,
    Deposit,
    FeeTable,
    Heads,
    Rate,
    Reduction,
    RefundRule,
    Scope,
    Surcharge,
)
from gateway.pages.drawing.phrases import Named, Phrases

Row = Rate | Surcharge | Reduction | Deposit | RefundRule


@dataclass(frozen=True, slots=True)
class FeeTold:
    """A row in words; ``each`` is what its amount is for one of, ``scope`` is empty where it holds for everything."""

    row: Row
    name: str
    amount: str
    each: str
    scope: str


class FeeTeller:
    """Says the rows of a table in one language; without ``rooms`` they are not named: it is one room's own page."""

    def __init__(
        self,
        phrases: Phrases,
        table: FeeTable,
        *,
        rooms: Iterable[Named] | None,
        slots: Iterable[Named],
        classes: Iterable[Named],
    ) -> None:
        self._p = phrases
        self._rooms = None if rooms is None else self._names_of(rooms)
        self._slots, self._classes, self._purposes = map(self._names_of, (slots, classes, table.purposes))

    def tell(self, row: Row) -> FeeTold:
        """Say one row."""
        told = self._p.name_of(row)
        if isinstance(row, RefundRule):
            return FeeTold(row, told, self._say("back", percent=row.percent), "", self._tell_time_kept(row))
        parts = self._list_scope(row.scope)
        if not isinstance(row, Rate):
            return FeeTold(row, told, self._tell_amount(row), "", self._join(parts))
        if (row.from_minute, row.to_minute) != (0, DAY_END_MINUTE):
            end = format_clock(row.to_minute) if row.to_minute < DAY_END_MINUTE else ""
            parts.append(f"{format_clock(row.from_minute)}–{end}")
        if row.always:
            parts.append(self._say("always"))
        return FeeTold(row, told, self._tell_amount(row), self._tell_each(row), self._join(parts))

    def _tell_amount(self, row: Rate | Surcharge | Reduction | Deposit) -> str:
        match row:
            case Rate(yen=None):
                return self._say("share", percent=row.percent)
            case Surcharge():
                return self._say("more", percent=row.percent)
            case Reduction(yen=None):
                return self._say("less", percent=row.percent)
            case Reduction():
                return self._p.yen(-(row.yen or 0))
            case _:
                return self._p.yen(row.yen or 0)

    def _tell_each(self, rate: Rate) -> str:
        unit = "" if rate.unit_minutes is None else self._say("each_minutes", n=rate.unit_minutes)
        heads = "" if rate.heads is Heads.one else self._say(f"each_{rate.heads.value}")
        return " ".join(part for part in (unit, heads) if part)

    def _tell_time_kept(self, rule: RefundRule) -> str:
        if rule.days_before is not None:
            return self._say("back_days", n=rule.days_before)
        if rule.hours_before is not None:
            return self._say("back_hours", n=rule.hours_before)
        return self._say("back_always")

    def _list_scope(self, scope: Scope) -> list[str]:
        days = [
            self._p.say("facilities.holiday" if day == NATIONAL_HOLIDAY else f"calendar.weekday_{day}")
            for day in sorted(scope.days)
        ]
        named = [
            *([] if self._rooms is None else [(scope.rooms, self._rooms)]),
            *((scope.slots, self._slots), (scope.user_classes, self._classes), (scope.purposes, self._purposes)),
        ]
        parts = [[names.get(id_, id_) for id_ in sorted(ids)] for ids, names in named]
        months = [self._p.say(f"calendar.month_{month}") for month in sorted(scope.months)]
        between = self._p.say("facilities.say.and")
        return [between.join(dict.fromkeys(part)) for part in (*parts, days, months) if part]

    def _names_of(self, things: Iterable[Named]) -> dict[str, str]:
        return {each.id: self._p.name_of(each) for each in things}

    def _join(self, parts: Iterable[str]) -> str:
        return self._p.say("facilities.say.comma").join(parts)

    def _say(self, key: str, **names: object) -> str:
        return self._p.say(f"facilities.say.fee.{key}", **names)
