"""A fee table (使用料表) as data: what a room, its equipment, heating or light costs whom, when and for what purpose.

Money is whole yen. A row has an id and the clause it stands on, so that every yen of a price can name both. Whether the
rows make a table is asked in ``check_fee_table``; prices are made in ``fees``. It is one module because rows of five
kinds make sense only together, and every field is said here alone.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

NATIONAL_HOLIDAY = 7
"""The day of a national holiday, whatever its weekday; 0 is Monday."""

DAY_END_MINUTE = 2880


class Charge(StrEnum):
    """What is charged for; amount reductions are taken off in this order."""

    room = "room"
    extra = "extra"  # 延長: time before or after the slot
    equipment = "equipment"
    option = "option"  # 冷暖房, 照明, 舞台 …: ``subject`` names it


class Heads(StrEnum):
    """By what else a rate is counted."""

    one = "one"
    places = "places"  # of a shared slot
    people = "people"


class RoundMode(StrEnum):
    """Which way a fraction goes."""

    down = "down"
    half_up = "half_up"
    up = "up"


class RoundAt(StrEnum):
    """Where the table's step is kept: at each share (so many percent of something), or once at the total."""

    share = "share"
    total = "total"


class RefundReason(StrEnum):
    """Why a reservation ended before its use."""

    reservee = "reservee"  # 利用者の都合
    facility = "facility"  # 施設の都合
    disaster = "disaster"  # 災害その他利用者の責めによらない理由
    revoked = "revoked"  # 違反による許可の取消
    no_show = "no_show"
    unpermitted = "unpermitted"  # 許可の前に終わった: withdrawn, refused or not decided in time


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a row's scope looks at. ``day`` is 0 (Monday) to 6, or 7 on a national holiday."""

    room_id: str
    slot_id: str | None
    user_class: str
    purpose: str
    day: int
    month: int


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a row holds; what is empty narrows nothing."""

    rooms: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    user_classes: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()

    def holds(self, at: Occasion) -> bool:
        """Tell whether a row of this scope holds."""
        return (
            (not self.rooms or at.room_id in self.rooms)
            and (not self.slots or at.slot_id in self.slots)
            and (not self.user_classes or at.user_class in self.user_classes)
            and (not self.purposes or at.purpose in self.purposes)
            and (not self.days or at.day in self.days)
            and (not self.months or at.month in self.months)
        )

    def meets(self, other: "Scope") -> bool:
        """Tell whether something exists for which both hold."""
        pairs = (
            (self.rooms, other.rooms),
            (self.slots, other.slots),
            (self.user_classes, other.user_classes),
            (self.purposes, other.purposes),
        )
        days = (self.days, other.days), (self.months, other.months)
        return all(not a or not b or a & b for a, b in pairs) and all(not a or not b or a & b for a, b in days)


@dataclass(frozen=True, slots=True)
class Rate:
    """What one of something costs: ``yen``, or ``percent`` of the room's own charge (for extras and options).

    With ``unit_minutes`` it is for each started unit of time, without it for the whole use or slot. ``from_minute`` to
    ``to_minute`` is the part of the day in which a rate by time holds.
    """

    id: str
    charge: Charge
    name: str
    name_en: str
    source: str
    yen: int | None = None
    percent: int | None = None
    unit_minutes: int | None = None
    heads: Heads = Heads.one
    subject: str = ""
    """The equipment's id, or the option's."""
    from_minute: int = 0
    to_minute: int = DAY_END_MINUTE
    always: bool = False
    """An option that nobody has to ask for: 冷暖房 in its months."""
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class Surcharge:
    """So many percent more (加算) of each of some charges: 市外, 営利, 入場料."""

    id: str
    name: str
    name_en: str
    percent: int
    source: str
    charges: frozenset[Charge] = frozenset({Charge.room, Charge.extra})
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class Reduction:
    """A kind of 減免: percent of what is left of some charges, or an amount of yen; in the order of the table."""

    id: str
    name: str
    name_en: str
    source: str
    percent: int | None = None
    yen: int | None = None
    charges: frozenset[Charge] = frozenset({Charge.room, Charge.extra})
    granted_by: frozenset[str] = frozenset()
    """Duties of which one is needed to grant it; empty: whoever decides for the facility."""
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class Deposit:
    """A 保証金 that is held beside the fee and given back."""

    id: str
    name: str
    name_en: str
    yen: int
    source: str
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class RefundRule:
    """So many percent of what was paid go back (還付) when it ends at least so long before the use.

    ``days_before`` counts civil days, ``hours_before`` hours to the minute; one of them, or none: at any time.
    """

    id: str
    name: str
    name_en: str
    percent: int
    source: str
    days_before: int | None = None
    hours_before: int | None = None
    reasons: frozenset[RefundReason] = frozenset({RefundReason.reservee})


@dataclass(frozen=True, slots=True)
class Purpose:
    """A class of purposes: 一般, 営利, 入場料あり."""

    id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class TaxRate:
    """消費税 in percent with its days of force; ``until_on`` is the last day."""

    percent: int
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """How a table's yen stand to 消費税; without rates no tax is told."""

    included: bool = True
    rates: tuple[TaxRate, ...] = ()


@dataclass(frozen=True, slots=True)
class Rounding:
    """端数処理: to whole ``step_yen``, where and which way."""

    step_yen: int = 1
    mode: RoundMode = RoundMode.down
    at: RoundAt = RoundAt.total


@dataclass(frozen=True, slots=True)
class FeeTable:
    """A facility's fees for uses from a day to a day (``until_on`` is the last one)."""

    id: str
    facility_id: str
    name: str
    name_en: str
    source: str
    from_on: date
    until_on: date | None
    user_classes: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    rates: tuple[Rate, ...]
    surcharges: tuple[Surcharge, ...] = ()
    compounding: bool = False
    """Each surcharge is of what the former ones made of it; otherwise of the plain charge."""
    reductions: tuple[Reduction, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    refunds: tuple[RefundRule, ...] = ()
    minimum_yen: int = 0
    """Before reductions; what costs nothing stays free."""
    rounding: Rounding = Rounding()
    tax: Tax = field(default_factory=Tax)
    issuer: str = ""
    """Who signs receipts."""
    invoice_number: str = ""
    """適格請求書発行事業者の登録番号, T and thirteen digits; empty where there is none."""


def is_in_force(table: FeeTable, on: date) -> bool:
    """Tell whether uses on a day are priced by a table."""
    return table.from_on <= on and (table.until_on is None or on <= table.until_on)


def round_yen(numerator: int, denominator: int, step_yen: int, mode: RoundMode) -> int:
    """Give a fraction of yen, at least 0, in whole steps."""
    whole, rest = divmod(numerator, denominator * step_yen)
    up = mode is RoundMode.up or (mode is RoundMode.half_up and rest * 2 >= denominator * step_yen)
    return (whole + (1 if rest and up else 0)) * step_yen
