"""The tables of physical keys: the register, who may take what, the ledger of deeds, and where each copy is now.

``key_deed`` is appended and never changed; ``key_custody`` is where each copy is after the last one, written in the
same transaction. ``uq_key_deed_copy_copy_id`` numbers the deeds about a copy without a gap: of two racing hands one is
refused. It is one module because the register and the ledger are read together.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.columns import BigId, Instant
from store.metadata import metadata

# ---- the register -------------------------------------------------------------------------------------------------

lock_group = Table(  # シリンダー系列
    "lock_group",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("parent_id", Text, ForeignKey("lock_group.id")),
)

key = Table(  # a shape; its metal is key_copy
    "key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("lock_group_id", Text, ForeignKey("lock_group.id"), nullable=False, index=True),
    Column("master_level", Integer, nullable=False),
    Column("two_person", Boolean, nullable=False),
    Column("deposit_yen", Integer, nullable=False),
    Column("early_minutes", Integer, nullable=False),  # so long before a reservation it may be taken
    Column("due_kind", Text, nullable=False),  # domain.keys.due_rule.DueKind, of loans for reservations
    Column("due_minutes", Integer, nullable=False),
    Column("retired_on", Date),
)

key_opens = Table(
    "key_opens",
    metadata,
    Column("key_id", Text, ForeignKey("key.id"), primary_key=True),
    Column("kind", Text, primary_key=True),  # domain.keys.key.OpeningKind
    Column("subject", Text, primary_key=True),
)
Index("ix_key_opens_subject", key_opens.c.kind, key_opens.c.subject)

cabinet = Table(  # "office", the drawer, is always there
    "cabinet",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("site_place", Text, nullable=False),
    Column("kind", Text, nullable=False),  # domain.keys.key.CabinetKind
)

cabinet_position = Table(
    "cabinet_position",
    metadata,
    Column("cabinet_id", Text, ForeignKey("cabinet.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
)

key_copy = Table(
    "key_copy",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key_id", Text, ForeignKey("key.id"), nullable=False),
    Column("stamped", Text, nullable=False),
    Column("duplicate", Integer, nullable=False),  # 0 the original, then the number of the 合鍵
    Column("maker", Text, nullable=False),
    Column("made_on", Date),
    Column("tag", Text, unique=True),  # the token of the tag on it
    Column("home_cabinet_id", Text, ForeignKey("cabinet.id"), nullable=False),
    Column("home_position", Integer),
    ForeignKeyConstraint(
        ["home_cabinet_id", "home_position"],
        ["cabinet_position.cabinet_id", "cabinet_position.position"],
        name="fk_key_copy_home",
    ),
    UniqueConstraint("key_id", "duplicate"),
)

key_ring = Table(
    "key_ring",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("tag", Text, unique=True),
)

ring_member = Table(  # a copy is on one ring at a time
    "ring_member",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("ring_id", Text, ForeignKey("key_ring.id"), nullable=False, index=True),
    Column("copy_id", Text, ForeignKey("key_copy.id"), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant),
)
Index(
    "uq_ring_member_now",
    ring_member.c.copy_id,
    unique=True,
    sqlite_where=ring_member.c.until_at.is_(None),
    postgresql_where=ring_member.c.until_at.is_(None),
)

key_custodian = Table(
    "key_custodian",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("role", Text, nullable=False),  # domain.keys.key.CustodianRole
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("key_id", Text, ForeignKey("key.id")),  # None: all keys
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day
)

key_photo = Table(
    "key_photo",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key_id", Text, ForeignKey("key.id"), nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),  # a PNG, written anew from what was handed in
    Column("added_at", Instant, nullable=False),
    Column("added_by", Text, nullable=False),
)

# ---- who may take what --------------------------------------------------------------------------------------------

key_entitlement = Table(
    "key_entitlement",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form or from the reservation, so that twice is harmless
    Column("source", Text, nullable=False),  # domain.keys.entitlement.Source
    Column("source_id", Text, nullable=False),
    Column("taker_kind", Text, nullable=False),
    Column("taker_id", Text, nullable=False),
    Column("target_kind", Text, nullable=False),
    Column("target_id", Text, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant),
    Column("due_kind", Text, nullable=False),  # domain.keys.due.DueKind
    Column("due_minutes", Integer, nullable=False),
    Column("due_at", Instant),
    Column("used_from", Instant),
    Column("used_until", Instant),
    Column("approved_by", Text),
    Column("given_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text, nullable=False),
    Column("ended_reason", Text, nullable=False),
)
Index(
    "ix_key_entitlement_target", key_entitlement.c.target_kind, key_entitlement.c.target_id, key_entitlement.c.until_at
)
Index("ix_key_entitlement_source", key_entitlement.c.source, key_entitlement.c.source_id)

# ---- the ledger ---------------------------------------------------------------------------------------------------

key_deed = Table(  # append-only
    "key_deed",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form or from the tap, so that sending twice is harmless
    Column("act", Text, nullable=False),  # domain.keys.custody.KeyAct
    Column("hand", Text, nullable=False),  # domain.keys.custody.Hand
    Column("done_by", Text, nullable=False),  # a login or a reader
    Column("second_by", Text, nullable=False),
    Column("done_at", Instant, nullable=False, index=True),
    Column("ring_id", Text, ForeignKey("key_ring.id")),  # moved as this ring
    Column("holder_kind", Text),
    Column("holder_id", Text),
    Column("due_at", Instant),
    Column("loan_id", Text),  # the deed that lent it
    Column("entitlement_id", Text, ForeignKey("key_entitlement.id"), index=True),
    Column("deposit_yen", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

key_deed_copy = Table(  # the copies that a deed moved; append-only
    "key_deed_copy",
    metadata,
    Column("deed_id", Text, ForeignKey("key_deed.id"), primary_key=True),
    Column("copy_id", Text, ForeignKey("key_copy.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("from_state", Text),  # None where it was registered
    Column("to_state", Text, nullable=False),
    Column("from_holder_kind", Text),
    Column("from_holder_id", Text),
    Column("cabinet_id", Text, ForeignKey("cabinet.id")),
    Column("position", Integer),
    UniqueConstraint("copy_id", "version"),
)

key_custody = Table(  # where each copy is now
    "key_custody",
    metadata,
    Column("copy_id", Text, ForeignKey("key_copy.id"), primary_key=True),
    Column("state", Text, nullable=False),  # domain.keys.custody.CustodyState
    Column("version", Integer, nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("cabinet_id", Text, ForeignKey("cabinet.id"), index=True),
    Column("position", Integer),
    Column("holder_kind", Text),  # domain.keys.custody.HolderKind
    Column("holder_id", Text),
    Column("loan_id", Text, ForeignKey("key_deed.id"), index=True),
    Column("entitlement_id", Text, ForeignKey("key_entitlement.id")),
    Column("due_at", Instant),
    Column("offered_kind", Text),
    Column("offered_id", Text),
    Column("damaged", Boolean, nullable=False),
    CheckConstraint("(state = 'in_custody') = (cabinet_id IS NOT NULL)", name="place"),
    CheckConstraint("(state = 'out') = (holder_kind IS NOT NULL)", name="holder"),
    CheckConstraint("(state = 'out') = (loan_id IS NOT NULL)", name="loan"),
    CheckConstraint("(state = 'out') = (due_at IS NOT NULL)", name="due"),
)
Index("ix_key_custody_holder", key_custody.c.holder_kind, key_custody.c.holder_id)
Index(
    "ix_key_custody_due",
    key_custody.c.due_at,
    sqlite_where=text("state = 'out'"),
    postgresql_where=text("state = 'out'"),
)

signature = Table(  # of a borrower without a card; emptied when the reservee is forgotten
    "signature",
    metadata,
    Column("deed_id", Text, ForeignKey("key_deed.id"), primary_key=True),
    Column("reservee_id", Text, ForeignKey("reservee.id"), nullable=False, index=True),
    Column("content", LargeBinary),  # a PNG; None: forgotten
    Column("signed_at", Instant, nullable=False),
    Column("forgotten_at", Instant),
)
