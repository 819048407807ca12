"""The form of a fee table's file: every field with its bounds.

Rows carry their scope beside their price; days are ``mon`` to ``sun`` and ``holiday``, parts of the day clock times.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.civil import parse_clock
from domain.facilities.fee_table import (
    DAY_END_MINUTE,
    Charge,
    Deposit,
    FeeTable,
    Heads,
    Purpose,
    Rate,
    Reduction,
    RefundReason,
    RefundRule,
    RoundAt,
    Rounding,
    RoundMode,
    Scope,
    Surcharge,
    Tax,
    TaxRate,
)

ROWS_MAX = 2000
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Source = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
NameEn = Annotated[Name, Field(default_factory=lambda fields: fields.get("name", ""))]
"""Where there is no English name the Japanese one stands."""
Ids = Annotated[frozenset[Id], Field(max_length=200)]
Clock = Annotated[str, Field(pattern=r"^([0-3][0-9]|4[0-8]):[0-5][0-9]$")]
Yen = Annotated[int, Field(ge=0, le=100_000_000)]
Percent = Annotated[int, Field(ge=0, le=1000)]
Charges = Annotated[frozenset[Charge], Field(min_length=1, json_schema_extra={"default": ["room", "extra"]})]
_ROOM = frozenset({Charge.room, Charge.extra})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Scoped(_Strict):
    rooms: Ids = frozenset()
    slots: Ids = frozenset()
    user_classes: Ids = frozenset()
    purposes: Ids = frozenset()
    days: frozenset[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]] = frozenset()
    months: frozenset[Annotated[int, Field(ge=1, le=12)]] = frozenset()

    def scope(self) -> Scope:
        """Give for what the row holds."""
        days = frozenset(DAYS.index(day) for day in self.days)
        return Scope(self.rooms, self.slots, self.user_classes, self.purposes, days, self.months)


class RateField(_Scoped):
    """What one of something costs."""

    id: Id
    charge: Charge
    name: Name
    name_en: NameEn
    source: Source
    yen: Yen | None = None
    percent: Percent | None = None
    unit_minutes: Annotated[int, Field(ge=1, le=DAY_END_MINUTE)] | None = None
    heads: Heads = Heads.one
    subject: Annotated[str, Field(max_length=64)] = ""
    from_clock: Clock = "00:00"
    to_clock: Clock = "48:00"
    always: bool = False

    def rate(self) -> Rate:
        """Give the row."""
        plain = (
            "id",
            "charge",
            "name",
            "name_en",
            "source",
            "yen",
            "percent",
            "unit_minutes",
            "heads",
            "subject",
            "always",
        )
        return Rate(
            **{name: getattr(self, name) for name in plain},
            from_minute=parse_clock(self.from_clock),
            to_minute=parse_clock(self.to_clock),
            scope=self.scope(),
        )


class SurchargeField(_Scoped):
    """So many percent more."""

    id: Id
    name: Name
    name_en: NameEn
    percent: Percent
    source: Source
    charges: Charges = _ROOM

    def surcharge(self) -> Surcharge:
        """Give the row."""
        return Surcharge(self.id, self.name, self.name_en, self.percent, self.source, self.charges, self.scope())


class ReductionField(_Scoped):
    """A kind of 減免."""

    id: Id
    name: Name
    name_en: NameEn
    source: Source
    percent: Percent | None = None
    yen: Yen | None = None
    charges: Charges = _ROOM
    granted_by: Ids = frozenset()

    def reduction(self) -> Reduction:
        """Give the row."""
        plain = (self.id, self.name, self.name_en, self.source, self.percent, self.yen)
        return Reduction(*plain, self.charges, self.granted_by, self.scope())


class DepositField(_Scoped):
    """A 保証金."""

    id: Id
    name: Name
    name_en: NameEn
    yen: Yen
    source: Source

    def deposit(self) -> Deposit:
        """Give the row."""
        return Deposit(self.id, self.name, self.name_en, self.yen, self.source, self.scope())


class RefundField(_Strict):
    """What goes back, by how long before the use."""

    id: Id
    name: Name
    name_en: NameEn
    percent: Percent
    source: Source
    days_before: Annotated[int, Field(ge=0, le=1000)] | None = None
    hours_before: Annotated[int, Field(ge=0, le=24_000)] | None = None
    reasons: frozenset[RefundReason] = frozenset({RefundReason.reservee})


class PurposeField(_Strict):
    """A class of purposes."""

    id: Id
    name: Name
    name_en: NameEn


class TaxRateField(_Strict):
    """消費税 with its days of force."""

    percent: Annotated[int, Field(ge=0, le=100)]
    from_on: date
    until_on: date | None = None


class TaxField(_Strict):
    """How the table's yen stand to 消費税."""

    included: bool = True
    rates: tuple[TaxRateField, ...] = ()


class RoundingField(_Strict):
    """端数処理."""

    step_yen: Annotated[int, Field(ge=1, le=1000)] = 1
    mode: RoundMode = RoundMode.down
    at: RoundAt = RoundAt.total


class FeeTableFile(_Strict):
    """The whole table."""

    id: Id
    facility_id: Id
    name: Name
    name_en: NameEn
    source: Source
    from_on: date
    until_on: date | None = None
    user_classes: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    purposes: Annotated[tuple[PurposeField, ...], Field(min_length=1, max_length=50)]
    rates: Annotated[tuple[RateField, ...], Field(max_length=ROWS_MAX)]
    surcharges: Annotated[tuple[SurchargeField, ...], Field(max_length=100)] = ()
    compounding: bool = False
    reductions: Annotated[tuple[ReductionField, ...], Field(max_length=200)] = ()
    deposits: Annotated[tuple[DepositField, ...], Field(max_length=100)] = ()
    refunds: Annotated[tuple[RefundField, ...], Field(max_length=50)] = ()
    minimum_yen: Yen = 0
    rounding: RoundingField = RoundingField()
    tax: TaxField = TaxField()
    issuer: Annotated[str, Field(max_length=100)] = ""
    invoice_number: Annotated[str, Field(pattern=r"^(T[0-9]{13})?$")] = ""

    def table(self) -> FeeTable:
        """Give the table that the fields describe."""
        plain = ("id", "facility_id", "name", "name_en", "source", "from_on", "until_on", "user_classes", "compounding")
        rest = ("minimum_yen", "issuer", "invoice_number")
        return FeeTable(
            **{name: getattr(self, name) for name in (*plain, *rest)},
            purposes=tuple(Purpose(**dict(each)) for each in self.purposes),
            rates=tuple(each.rate() for each in self.rates),
            surcharges=tuple(each.surcharge() for each in self.surcharges),
            reductions=tuple(each.reduction() for each in self.reductions),
            deposits=tuple(each.deposit() for each in self.deposits),
            refunds=tuple(RefundRule(**dict(each)) for each in self.refunds),
            rounding=Rounding(self.rounding.step_yen, self.rounding.mode, self.rounding.at),
            tax=Tax(self.tax.included, tuple(TaxRate(**dict(each)) for each in self.tax.rates)),
        )
