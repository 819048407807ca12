"""The tables of money: takings that are never edited, their numbers, closed days, and what providers paid out.

A slip's number is drawn under the facility's row of ``taking_desk``, so that numbers have no gaps and no entry comes
into a day while it is closed.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import Instant
from store.metadata import metadata

taking_desk = Table(
    "taking_desk",
    metadata,
    Column("facility_id", Text, ForeignKey("facility.id"), primary_key=True),
)

slip_counter = Table(
    "slip_counter",
    metadata,
    Column("facility_id", Text, ForeignKey("facility.id"), primary_key=True),
    Column("fiscal_year", Integer, primary_key=True, autoincrement=False),
    Column("series", Text, primary_key=True),  # domain.facilities.takings.Series
    Column("last", Integer, nullable=False),
)

taking = Table(
    "taking",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False),
    Column("reservation_id", Text, ForeignKey("reservation.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # domain.facilities.takings.TakingKind
    Column("of_kind", Text, nullable=False),
    Column("method", Text, nullable=False),  # domain.facilities.takings.Method
    Column("yen", Integer, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("counted_on", Date, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("series", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("tax_percent", Integer),
    Column("corrects", Text, ForeignKey("taking.id"), unique=True),
    UniqueConstraint("facility_id", "fiscal_year", "series", "number"),
    CheckConstraint("yen <> 0", name="yen"),
)
Index("ix_taking_day", taking.c.facility_id, taking.c.counted_on)
Index("ix_taking_provider", taking.c.provider, taking.c.reference)

takings_day = Table(  # a closed day (日計); corrections afterwards are entries of another day
    "takings_day",
    metadata,
    Column("facility_id", Text, ForeignKey("facility.id"), primary_key=True),
    Column("day_on", Date, primary_key=True),
    Column("opening_yen", Integer, nullable=False),
    Column("counted_yen", Integer, nullable=False),
    Column("banked_yen", Integer, nullable=False),
    Column("report", LargeBinary, nullable=False),
    Column("report_hash", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("closed_at", Instant, nullable=False),
)

payout_file = Table(  # 入金明細 as a provider's site gave it
    "payout_file",
    metadata,
    Column("id", Text, primary_key=True),  # SHA-256 of the file
    Column("provider", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("brought_by", Text, nullable=False),
    Column("brought_at", Instant, nullable=False),
)

payout_line = Table(
    "payout_line",
    metadata,
    Column("id", Text, primary_key=True),  # from what it says: the same line of two files is one entry
    Column("file_id", Text, ForeignKey("payout_file.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("gross_yen", Integer, nullable=False),
    Column("commission_yen", Integer, nullable=False),
    Column("net_yen", Integer, nullable=False),
    Column("used_on", Date, nullable=False),
    Column("paid_on", Date),
)
Index("ix_payout_line_provider", payout_line.c.provider, payout_line.c.used_on)

payout_match = Table(
    "payout_match",
    metadata,
    Column("line_id", Text, ForeignKey("payout_line.id"), primary_key=True),
    Column("taking_id", Text, ForeignKey("taking.id"), nullable=False, unique=True),
    Column("matched_by", Text, nullable=False),
    Column("matched_at", Instant, nullable=False),
)

payout_upload = Table(  # looked at and not yet brought; one a login
    "payout_upload",
    metadata,
    Column("login", Text, ForeignKey("account.login"), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
)
