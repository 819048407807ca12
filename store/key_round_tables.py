"""The tables of what is done about keys over some time: counts, lost keys' cases, handover sheets, waits at a desk."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

key_count = Table(  # 棚卸し; one is open for a cabinet at a time
    "key_count",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    Column("cabinet_id", Text, ForeignKey("cabinet.id"), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_by", Text),
    Column("closed_at", Instant),
)
Index(
    "uq_key_count_open",
    key_count.c.cabinet_id,
    unique=True,
    sqlite_where=key_count.c.closed_at.is_(None),
    postgresql_where=key_count.c.closed_at.is_(None),
)

key_count_scan = Table(
    "key_count_scan",
    metadata,
    Column("count_id", Text, ForeignKey("key_count.id"), primary_key=True),
    Column("tag", Text, primary_key=True),  # as it was read: a tag's token or a label's text
    Column("copy_id", Text, ForeignKey("key_copy.id")),  # None: no copy has it
    Column("scanned_at", Instant, nullable=False),
    Column("scanned_by", Text, nullable=False),
)

key_count_line = Table(  # the differences that a count ended with
    "key_count_line",
    metadata,
    Column("count_id", Text, ForeignKey("key_count.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # domain.keys.count.DifferenceKind
    Column("subject", Text, nullable=False),  # a copy; of an unknown tag its text
    Column("state", Text),
    Column("seen_at", Instant),
    Column("holder_kind", Text),
    Column("holder_id", Text),
)

rekey_case = Table(
    "rekey_case",
    metadata,
    Column("id", Text, primary_key=True),
    Column("copy_id", Text, ForeignKey("key_copy.id"), nullable=False, index=True),  # the lost one
    Column("state", Text, nullable=False),  # domain.keys.rekey.RekeyState
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

rekey_subject = Table(  # what was at risk when the case was opened
    "rekey_subject",
    metadata,
    Column("case_id", Text, ForeignKey("rekey_case.id"), primary_key=True),
    Column("kind", Text, primary_key=True),  # key | copy | ring, or domain.keys.key.OpeningKind
    Column("subject", Text, primary_key=True),
)

rekey_step = Table(  # append-only
    "rekey_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("case_id", Text, ForeignKey("rekey_case.id"), nullable=False, index=True),
    Column("act", Text, nullable=False),  # domain.keys.rekey.RekeyAct
    Column("done_by", Text, nullable=False),
    Column("done_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)

key_handover = Table(  # the duty officers' sheet: its content is what both signed
    "key_handover",
    metadata,
    Column("id", Text, primary_key=True),
    Column("drawn_at", Instant, nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),  # canonical JSON (gateway.custody.sheet_content)
    Column("content_hash", Text, nullable=False),
    Column("giver", Text, nullable=False),  # a login
    Column("taker", Text),  # None until it is signed by the second one
    Column("taken_at", Instant),
    Column("note", Text, nullable=False),
)

key_wait = Table(  # what waits at a desk's reader: a loan or a handover for cards, a copy or a ring for its tag
    "key_wait",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form; the deed it leads to has this id
    Column("reader_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # store.key_waits.WaitKind
    Column("target_kind", Text, nullable=False),
    Column("target_id", Text, nullable=False),
    Column("second_by", Text, nullable=False),
    Column("due_at", Instant),
    Column("deposit_yen", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("giver_id", Text),  # a person; of a handover, once the holder's card was held to it
    Column("copy_id", Text, ForeignKey("key_copy.id")),  # to go out, or to bear the tag; None: any, or the ring
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", Text),  # done | cancelled | expired | refused
    Column("fault", Text),  # domain.keys.key_fault.Why of a refusal
)
Index(
    "uq_key_wait_reader",
    key_wait.c.reader_id,
    unique=True,
    sqlite_where=key_wait.c.ended_at.is_(None),
    postgresql_where=key_wait.c.ended_at.is_(None),
)
