"""A fee table explained for one room: what is charged, what comes on top, what is taken off, what goes back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.civil import format_clock
from domain.facilities.facility import Equipment, Room
from domain.facilities.fee_table import (
    DAY_END_MINUTE,
    NATIONAL_HOLIDAY,
    Charge,
    FeeTable,
    Heads,
    Rate,
    RefundRule,
    Scope,
)
from gateway.pages.drawing.phrases import Phrases


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row: what for, how much, when and for whom it holds, and the clause behind it."""

    name: str
    amount: str
    when: str
    source: str


@dataclass(frozen=True, slots=True)
class FeesTold:
    """A table's rows that can hold for a room."""

    table: FeeTable
    rooms: tuple[FeeRow, ...]
    things: tuple[FeeRow, ...]
    """Equipment and options."""
    more: tuple[FeeRow, ...]
    less: tuple[FeeRow, ...]
    deposits: tuple[FeeRow, ...]
    refunds: tuple[FeeRow, ...]


def tell_fees(
    table: FeeTable, room: Room, equipment: Iterable[Equipment], classes: Mapping[str, str], phrases: Phrases
) -> FeesTold:
    """Say what a room costs by a table.

    Args:
        table: the one in force.
        room: which room.
        equipment: what can be reserved with it; rates of other pieces are left out.
        classes: the names of user classes by id.
        phrases: the language.
    """
    say = _Say(table, classes, phrases)
    lent = {each.id for each in equipment}

    def here(scope: Scope) -> bool:
        return not scope.rooms or room.id in scope.rooms

    rates = [rate for rate in table.rates if here(rate.scope)]
    return FeesTold(
        table,
        tuple(say.rate(rate) for rate in rates if rate.charge in {Charge.room, Charge.extra}),
        tuple(
            say.rate(rate)
            for rate in rates
            if rate.charge is Charge.option or (rate.charge is Charge.equipment and rate.subject in lent)
        ),
        tuple(
            FeeRow(row.name, phrases.say("rooms.fee_more", percent=row.percent), say.scope(row.scope), row.source)
            for row in table.surcharges
            if here(row.scope)
        ),
        tuple(
            FeeRow(row.name, say.reduction(row.percent, row.yen), say.scope(row.scope), row.source)
            for row in table.reductions
            if here(row.scope)
        ),
        tuple(
            FeeRow(row.name, phrases.yen(row.yen), say.scope(row.scope), row.source)
            for row in table.deposits
            if here(row.scope)
        ),
        tuple(
            FeeRow(row.name, phrases.say("rooms.fee_back", percent=row.percent), say.refund(row), row.source)
            for row in table.refunds
        ),
    )


@dataclass(frozen=True, slots=True)
class _Say:
    """Says the parts of a row."""

    table: FeeTable
    classes: Mapping[str, str]
    phrases: Phrases

    def rate(self, rate: Rate) -> FeeRow:
        phrases = self.phrases
        amount = phrases.say("rooms.fee_share", percent=rate.percent) if rate.yen is None else phrases.yen(rate.yen)
        if rate.unit_minutes is not None:
            amount = phrases.say("rooms.fee_per_unit", amount=amount, n=rate.unit_minutes)
        heads = {Heads.one: "", Heads.places: "rooms.fee_per_place", Heads.people: "rooms.fee_per_person"}[rate.heads]
        if heads:
            amount = phrases.say(heads, amount=amount)
        parts = [self.scope(rate.scope)]
        if (rate.from_minute, rate.to_minute) != (0, DAY_END_MINUTE):
            end = format_clock(rate.to_minute) if rate.to_minute < DAY_END_MINUTE else ""
            parts.append(f"{format_clock(rate.from_minute)}–{end}")
        if rate.always:
            parts.append(phrases.say("rooms.fee_always"))
        return FeeRow(rate.name, amount, " ".join(part for part in parts if part), rate.source)

    def scope(self, scope: Scope) -> str:
        phrases, between = self.phrases, self.phrases.say("rooms.between")
        parts = []
        if scope.days:
            days = [
                phrases.say("rooms.holiday_short")
                if day == NATIONAL_HOLIDAY
                else phrases.say(f"calendar.weekday_{day}")
                for day in sorted(scope.days)
            ]
            parts.append(between.join(days))
        if scope.months:
            parts.append(between.join(phrases.say("rooms.month_short", n=month) for month in sorted(scope.months)))
        if scope.user_classes:
            parts.append(between.join(self.classes.get(each, each) for each in sorted(scope.user_classes)))
        if scope.purposes:
            names = dict(self.table.purposes)
            parts.append(between.join(names.get(each, each) for each in sorted(scope.purposes)))
        return " / ".join(parts)

    def reduction(self, percent: int | None, yen: int | None) -> str:
        if percent is None:
            return self.phrases.yen(-(yen or 0))
        return self.phrases.say("rooms.fee_less", percent=percent)

    def refund(self, row: RefundRule) -> str:
        if row.days_before is not None:
            return self.phrases.say("rooms.fee_back_days", n=row.days_before)
        if row.hours_before is not None:
            return self.phrases.say("rooms.fee_back_hours", n=row.hours_before)
        return self.phrases.say("rooms.fee_back_always")
