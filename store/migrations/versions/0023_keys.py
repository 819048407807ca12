"""Physical keys: the register, entitlements, the ledger and where each copy is, counts, cases of lost keys, sheets.

One module because a revision is one file, and these tables came with one version.
"""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_locks()
    _create_cabinets()
    _create_copies()
    _create_keepers()
    _create_entitlements()
    _create_deeds()
    _create_custody()
    _create_counts()
    _create_rekey_cases()
    _create_desk()


def downgrade() -> None:
    for names in (
        "key_wait key_handover",
        "rekey_step rekey_subject rekey_case",
        "key_count_line key_count_scan key_count",
        "signature key_custody",
        "key_deed_copy key_deed",
        "key_entitlement",
        "key_photo key_custodian",
        "ring_member key_ring key_copy",
        "cabinet_position cabinet",
        "key_opens key lock_group",
    ):
        for name in names.split():
            op.drop_table(name)


def _create_locks() -> None:
    op.create_table(
        "lock_group",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "name", "name_en")),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["lock_group.id"], name=op.f("fk_lock_group_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lock_group")),
    )
    op.create_table(
        "key",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "name", "name_en", "lock_group_id")),
        sa.Column("master_level", sa.Integer(), nullable=False),
        sa.Column("two_person", sa.Boolean(), nullable=False),
        sa.Column("deposit_yen", sa.Integer(), nullable=False),
        sa.Column("early_minutes", sa.Integer(), nullable=False),
        sa.Column("due_kind", sa.Text(), nullable=False),
        sa.Column("due_minutes", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["lock_group_id"], ["lock_group.id"], name=op.f("fk_key_lock_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key")),
    )
    op.create_index(op.f("ix_key_lock_group_id"), "key", ["lock_group_id"], unique=False)
    op.create_table(
        "key_opens",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key_id", "kind", "subject")),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_key_opens_key_id")),
        sa.PrimaryKeyConstraint("key_id", "kind", "subject", name=op.f("pk_key_opens")),
    )
    op.create_index("ix_key_opens_subject", "key_opens", ["kind", "subject"], unique=False)


def _create_cabinets() -> None:
    op.create_table(
        "cabinet",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "name", "name_en", "site_place", "kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabinet")),
    )
    op.create_table(
        "cabinet_position",
        sa.Column("cabinet_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["cabinet_id"], ["cabinet.id"], name=op.f("fk_cabinet_position_cabinet_id")),
        sa.PrimaryKeyConstraint("cabinet_id", "position", name=op.f("pk_cabinet_position")),
    )
    op.execute(
        "INSERT INTO cabinet (id, name, name_en, site_place, kind) VALUES ('office', '事務室', 'Office', '', 'hooks')"
    )


def _create_copies() -> None:
    op.create_table(
        "key_copy",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "key_id", "stamped")),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("home_cabinet_id", sa.Text(), nullable=False),
        sa.Column("home_position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["home_cabinet_id", "home_position"],
            ["cabinet_position.cabinet_id", "cabinet_position.position"],
            name="fk_key_copy_home",
        ),
        sa.ForeignKeyConstraint(["home_cabinet_id"], ["cabinet.id"], name=op.f("fk_key_copy_home_cabinet_id")),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_key_copy_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_copy")),
        sa.UniqueConstraint("key_id", "duplicate", name=op.f("uq_key_copy_key_id")),
        sa.UniqueConstraint("tag", name=op.f("uq_key_copy_tag")),
    )
    op.create_table(
        "key_ring",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "name", "name_en")),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_ring")),
        sa.UniqueConstraint("tag", name=op.f("uq_key_ring_tag")),
    )
    op.create_table(
        "ring_member",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ring_id", sa.Text(), nullable=False),
        sa.Column("copy_id", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["key_copy.id"], name=op.f("fk_ring_member_copy_id")),
        sa.ForeignKeyConstraint(["ring_id"], ["key_ring.id"], name=op.f("fk_ring_member_ring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ring_member")),
    )
    op.create_index(op.f("ix_ring_member_ring_id"), "ring_member", ["ring_id"], unique=False)
    op.create_index(
        "uq_ring_member_now",
        "ring_member",
        ["copy_id"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )


def _create_keepers() -> None:
    op.create_table(
        "key_custodian",
        sa.Column("id", BigId, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_key_custodian_key_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_key_custodian_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_custodian")),
    )
    op.create_index(op.f("ix_key_custodian_person_id"), "key_custodian", ["person_id"], unique=False)
    op.create_table(
        "key_photo",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["key.id"], name=op.f("fk_key_photo_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_photo")),
    )
    op.create_index(op.f("ix_key_photo_key_id"), "key_photo", ["key_id"], unique=False)


def _create_entitlements() -> None:
    op.create_table(
        "key_entitlement",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "source", "source_id", "taker_kind", "taker_id", "target_kind", "target_id")
        ),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("due_kind", sa.Text(), nullable=False),
        sa.Column("due_minutes", sa.Integer(), nullable=False),
        *(sa.Column(name, Instant(), nullable=True) for name in ("due_at", "used_from", "used_until")),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_entitlement")),
    )
    op.create_index("ix_key_entitlement_source", "key_entitlement", ["source", "source_id"], unique=False)
    op.create_index(
        "ix_key_entitlement_target", "key_entitlement", ["target_kind", "target_id", "until_at"], unique=False
    )


def _create_deeds() -> None:
    op.create_table(
        "key_deed",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "act", "hand", "done_by", "second_by")),
        sa.Column("done_at", Instant(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("ring_id", "holder_kind", "holder_id")),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("loan_id", sa.Text(), nullable=True),
        sa.Column("entitlement_id", sa.Text(), nullable=True),
        sa.Column("deposit_yen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entitlement_id"], ["key_entitlement.id"], name=op.f("fk_key_deed_entitlement_id")),
        sa.ForeignKeyConstraint(["ring_id"], ["key_ring.id"], name=op.f("fk_key_deed_ring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_deed")),
    )
    op.create_index(op.f("ix_key_deed_done_at"), "key_deed", ["done_at"], unique=False)
    op.create_index(op.f("ix_key_deed_entitlement_id"), "key_deed", ["entitlement_id"], unique=False)
    op.create_table(
        "key_deed_copy",
        sa.Column("deed_id", sa.Text(), nullable=False),
        sa.Column("copy_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("from_holder_kind", "from_holder_id", "cabinet_id")),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cabinet_id"], ["cabinet.id"], name=op.f("fk_key_deed_copy_cabinet_id")),
        sa.ForeignKeyConstraint(["copy_id"], ["key_copy.id"], name=op.f("fk_key_deed_copy_copy_id")),
        sa.ForeignKeyConstraint(["deed_id"], ["key_deed.id"], name=op.f("fk_key_deed_copy_deed_id")),
        sa.PrimaryKeyConstraint("deed_id", "copy_id", name=op.f("pk_key_deed_copy")),
        sa.UniqueConstraint("copy_id", "version", name=op.f("uq_key_deed_copy_copy_id")),
    )


def _create_custody() -> None:
    op.create_table(
        "key_custody",
        sa.Column("copy_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("cabinet_id", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("holder_kind", "holder_id", "loan_id", "entitlement_id")
        ),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("offered_kind", sa.Text(), nullable=True),
        sa.Column("offered_id", sa.Text(), nullable=True),
        sa.Column("damaged", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(state = 'in_custody') = (cabinet_id IS NOT NULL)", name=op.f("ck_key_custody_place")),
        sa.CheckConstraint("(state = 'out') = (due_at IS NOT NULL)", name=op.f("ck_key_custody_due")),
        sa.CheckConstraint("(state = 'out') = (holder_kind IS NOT NULL)", name=op.f("ck_key_custody_holder")),
        sa.CheckConstraint("(state = 'out') = (loan_id IS NOT NULL)", name=op.f("ck_key_custody_loan")),
        sa.ForeignKeyConstraint(["cabinet_id"], ["cabinet.id"], name=op.f("fk_key_custody_cabinet_id")),
        sa.ForeignKeyConstraint(["copy_id"], ["key_copy.id"], name=op.f("fk_key_custody_copy_id")),
        sa.ForeignKeyConstraint(["entitlement_id"], ["key_entitlement.id"], name=op.f("fk_key_custody_entitlement_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["key_deed.id"], name=op.f("fk_key_custody_loan_id")),
        sa.PrimaryKeyConstraint("copy_id", name=op.f("pk_key_custody")),
    )
    op.create_index(op.f("ix_key_custody_cabinet_id"), "key_custody", ["cabinet_id"], unique=False)
    op.create_index(
        "ix_key_custody_due",
        "key_custody",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'out'"),
        postgresql_where=sa.text("state = 'out'"),
    )
    op.create_index("ix_key_custody_holder", "key_custody", ["holder_kind", "holder_id"], unique=False)
    op.create_index(op.f("ix_key_custody_loan_id"), "key_custody", ["loan_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("deed_id", sa.Text(), nullable=False),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["deed_id"], ["key_deed.id"], name=op.f("fk_signature_deed_id")),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_signature_reservee_id")),
        sa.PrimaryKeyConstraint("deed_id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_reservee_id"), "signature", ["reservee_id"], unique=False)


def _create_counts() -> None:
    op.create_table(
        "key_count",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "cabinet_id", "opened_by")),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["cabinet_id"], ["cabinet.id"], name=op.f("fk_key_count_cabinet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_count")),
    )
    op.create_index(
        "uq_key_count_open",
        "key_count",
        ["cabinet_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "key_count_scan",
        sa.Column("count_id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("copy_id", sa.Text(), nullable=True),
        sa.Column("scanned_at", Instant(), nullable=False),
        sa.Column("scanned_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["key_copy.id"], name=op.f("fk_key_count_scan_copy_id")),
        sa.ForeignKeyConstraint(["count_id"], ["key_count.id"], name=op.f("fk_key_count_scan_count_id")),
        sa.PrimaryKeyConstraint("count_id", "tag", name=op.f("pk_key_count_scan")),
    )
    op.create_table(
        "key_count_line",
        sa.Column("count_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("holder_kind", sa.Text(), nullable=True),
        sa.Column("holder_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["count_id"], ["key_count.id"], name=op.f("fk_key_count_line_count_id")),
        sa.PrimaryKeyConstraint("count_id", "number", name=op.f("pk_key_count_line")),
    )


def _create_rekey_cases() -> None:
    op.create_table(
        "rekey_case",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "copy_id", "state", "opened_by")),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["key_copy.id"], name=op.f("fk_rekey_case_copy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rekey_case")),
    )
    op.create_index(op.f("ix_rekey_case_copy_id"), "rekey_case", ["copy_id"], unique=False)
    op.create_table(
        "rekey_subject",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("case_id", "kind", "subject")),
        sa.ForeignKeyConstraint(["case_id"], ["rekey_case.id"], name=op.f("fk_rekey_subject_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", "subject", name=op.f("pk_rekey_subject")),
    )
    op.create_table(
        "rekey_step",
        sa.Column("id", BigId, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("case_id", "act", "done_by")),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["rekey_case.id"], name=op.f("fk_rekey_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rekey_step")),
    )
    op.create_index(op.f("ix_rekey_step_case_id"), "rekey_step", ["case_id"], unique=False)


def _create_desk() -> None:
    op.create_table(
        "key_handover",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("taker", sa.Text(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_handover")),
    )
    op.create_index(op.f("ix_key_handover_drawn_at"), "key_handover", ["drawn_at"], unique=False)
    op.create_table(
        "key_wait",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "reader_id", "kind", "target_kind", "target_id", "second_by")
        ),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("deposit_yen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("giver_id", sa.Text(), nullable=True),
        sa.Column("copy_id", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["copy_id"], ["key_copy.id"], name=op.f("fk_key_wait_copy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_wait")),
    )
    op.create_index(
        "uq_key_wait_reader",
        "key_wait",
        ["reader_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
