"""Network tiers: rules, clearances, trainings, terminals, waivers; decisions and the sessions they book.

One module because a revision is one file, and these tables came with one version.
"""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_rules()
    _create_changes()
    _create_grounds()
    _create_holders()
    _create_whereabouts()
    _create_sessions()
    _create_evidence()


def downgrade() -> None:
    for names in (
        "evidence_pack",
        "port_session_step port_session tier_decision",
        "suspension last_seen terminal_seat",
        "rule_waiver terminal tier_clearance tier_proposal",
        "phishing_drill training_attendance training",
        "tier_rule_draft tier_rule_activation tier_rule tier_rule_set",
    ):
        for name in names.split():
            op.drop_table(name)


def _create_rules() -> None:
    op.create_table(
        "tier_rule_set",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tier_rule_set")),
    )
    op.create_table(
        "tier_rule",
        sa.Column("set_hash", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ja", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("do_ja", sa.Text(), nullable=False),
        sa.Column("do_en", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("tiers", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("may_be_waived", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["set_hash"], ["tier_rule_set.hash"], name=op.f("fk_tier_rule_set_hash")),
        sa.PrimaryKeyConstraint("set_hash", "position", name=op.f("pk_tier_rule")),
    )
    op.create_table(
        "tier_rule_activation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("set_hash", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["set_hash"], ["tier_rule_set.hash"], name=op.f("fk_tier_rule_activation_set_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_rule_activation")),
    )
    op.create_index(op.f("ix_tier_rule_activation_from_at"), "tier_rule_activation", ["from_at"], unique=False)


def _create_changes() -> None:
    op.create_table(
        "tier_rule_draft",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_tier_rule_draft")),
    )
    op.create_table(
        "rule_waiver",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("tier_id", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rule_waiver_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_waiver")),
    )
    op.create_index(op.f("ix_rule_waiver_person_id"), "rule_waiver", ["person_id"], unique=False)


def _create_grounds() -> None:
    op.create_table(
        "tier_proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_proposal")),
    )
    op.create_index(op.f("ix_tier_proposal_subject"), "tier_proposal", ["subject"])
    op.create_index(op.f("ix_tier_proposal_state"), "tier_proposal", ["state"])
    op.create_table(
        "training",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_table(
        "phishing_drill",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("failed_on", sa.Date(), nullable=False),
        sa.Column("made_good_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phishing_drill_person_id")),
        sa.PrimaryKeyConstraint("person_id", "failed_on", name=op.f("pk_phishing_drill")),
    )
    op.create_table(
        "training_attendance",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("training_id", sa.Text(), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_training_attendance_person_id")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_training_attendance_training_id")),
        sa.PrimaryKeyConstraint("person_id", "training_id", "attended_on", name=op.f("pk_training_attendance")),
    )


def _create_holders() -> None:
    op.create_table(
        "terminal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tier_id", sa.Text(), nullable=False),
        sa.Column("terminal_class", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=True),
        sa.Column("issued_from", Instant(), nullable=False),
        sa.Column("issued_until", Instant(), nullable=True),
        sa.Column("certificate_from", Instant(), nullable=True),
        sa.Column("certificate_until", Instant(), nullable=True),
        sa.Column("certificate_serial", sa.Text(), nullable=True),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("ended_for", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("seat_point_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
    )
    op.create_index("uq_terminal_mac", "terminal", ["mac"], unique=True)
    op.create_index("ix_terminal_seat_point_id", "terminal", ["seat_point_id"], unique=False)
    op.create_table(
        "terminal_seat",
        sa.Column("terminal_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_terminal_seat")),
    )
    op.create_index(op.f("ix_terminal_seat_person_id"), "terminal_seat", ["person_id"], unique=False)
    op.create_table(
        "tier_clearance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("tier_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tier_clearance_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_clearance")),
    )
    op.create_index(op.f("ix_tier_clearance_person_id"), "tier_clearance", ["person_id"], unique=False)


def _create_whereabouts() -> None:
    op.create_table(
        "last_seen",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("access_point_id", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "access_point_id", name=op.f("pk_last_seen")),
    )
    op.execute(
        "INSERT INTO last_seen (person_id, access_point_id, area_id, seen_at, heard_at)"
        " SELECT person_id, access_point_id, area_id, since_at, since_at FROM presence"
    )
    op.create_table(
        "suspension",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_suspension_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(op.f("ix_suspension_person_id"), "suspension", ["person_id"], unique=False)


def _create_sessions() -> None:
    op.create_table(
        "port_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tier_id", sa.Text(), nullable=False),
        sa.Column("vlan", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("nas_id", sa.Text(), nullable=False),
        sa.Column("port", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("switch_session", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("in_quarantine", sa.Boolean(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("factor_at", Instant(), nullable=True),
        sa.Column("nas_address", sa.Text(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_port_session")),
    )
    op.create_index("ix_port_session_decided", "port_session", ["decided_at"], unique=False)
    op.create_index("ix_port_session_person", "port_session", ["person_id", "state"], unique=False)
    op.create_index("ix_port_session_state", "port_session", ["state", "ends_at"], unique=False)
    op.create_table(
        "tier_decision",
        sa.Column("id", BigId, nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("tier_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("terminal_id", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_decision")),
    )
    op.create_index(op.f("ix_tier_decision_decided_at"), "tier_decision", ["decided_at"], unique=False)
    op.create_index("ix_tier_decision_person", "tier_decision", ["person_id", "decided_at"], unique=False)
    op.create_index("ix_tier_decision_session", "tier_decision", ["session_id"], unique=False)
    op.create_table(
        "port_session_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error_cause", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["port_session.id"], name=op.f("fk_port_session_step_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_port_session_step")),
    )
    op.create_index(op.f("ix_port_session_step_session_id"), "port_session_step", ["session_id"], unique=False)


def _create_evidence() -> None:
    op.create_table(
        "evidence_pack",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("touched_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pack")),
    )
    op.create_index(op.f("ix_evidence_pack_state"), "evidence_pack", ["state"], unique=False)
