"""The tables of fees: fee tables in versions, what each reservation was priced at line by line, granted reductions.

All are appended. What holds is a table's highest version, a reservation's newest quote, a reduction's newest row.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

fee_table = Table(
    "fee_table",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("facility_id", Text, ForeignKey("facility.id"), nullable=False, index=True),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day
    Column("content", LargeBinary, nullable=False),  # contract.fee_tables
    Column("content_hash", Text, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

fee_quote = Table(
    "fee_quote",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("reservation_id", Text, ForeignKey("reservation.id"), nullable=False, index=True),
    Column("reservation_version", Integer, nullable=False),
    Column("table_id", Text, nullable=False),
    Column("table_version", Integer, nullable=False),
    Column("purpose", Text, nullable=False),  # a purpose class of the table
    Column("options", Text, nullable=False),  # JSON: ids with minutes, null for the whole time
    Column("total_yen", Integer, nullable=False),
    Column("deposit_yen", Integer, nullable=False),
    Column("tax_percent", Integer),
    Column("priced_by", Text, nullable=False),
    Column("priced_at", Instant, nullable=False),
)

fee_line = Table(
    "fee_line",
    metadata,
    Column("quote_id", BigId, ForeignKey("fee_quote.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # domain.facilities.fee_quote.LineKind, or "deposit"
    Column("charge", Text, nullable=False),  # domain.facilities.fee_table.Charge; empty where it is of the whole
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_yen", Integer, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("source", Text, nullable=False),
)

fee_reduction = Table(
    "fee_reduction",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("reservation_id", Text, ForeignKey("reservation.id"), nullable=False, index=True),
    Column("reduction_id", Text, nullable=False),
    Column("is_granted", Boolean, nullable=False),  # False: taken back
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)
