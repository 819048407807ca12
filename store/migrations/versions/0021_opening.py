"""When facilities are open, who may book them, on what terms; who decides there, how one gets in."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_hours()
    _create_booking_rules()
    _create_duties()
    _create_ways_in()


def downgrade() -> None:
    for name in ("unkept_promise", "party_code", "site_area"):
        op.drop_table(name)
    for name in ("facility_change", "facility_duty", "entry_rule", "facility_terms", "quota", "booking_window"):
        op.drop_table(name)
    for name in ("special_days", "closure_rule", "opening"):
        op.drop_table(name)


def _create_rule(name: str, *columns: sa.Column[Any], of_room: bool = True, of_class: bool = False) -> None:
    key = sa.ForeignKeyConstraint
    keys = [key(["facility_id"], ["facility.id"], name=op.f(f"fk_{name}_facility_id_facility"))]
    scope = []
    if of_room:
        scope.append(_text("room_id", nullable=True))
        keys.append(key(["room_id"], ["room.id"], name=op.f(f"fk_{name}_room_id_room")))
    if of_class:
        scope.append(_text("user_class", nullable=True))
        keys.append(key(["user_class"], ["user_class.id"], name=op.f(f"fk_{name}_user_class_user_class")))
    op.create_table(
        name,
        _text("id"),
        _text("facility_id"),
        *scope,
        *columns,
        sa.Column("retired_at", Instant(), nullable=True),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_facility_id"), name, ["facility_id"], unique=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _day(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _create_hours() -> None:
    _create_rule(
        "opening",
        _text("weekdays"),
        _number("from_minute"),
        _number("to_minute"),
        _text("months"),
        _day("valid_from"),
        _day("valid_until"),
    )
    _create_rule(
        "closure_rule",
        _text("kind"),
        _text("name"),
        _text("weekdays"),
        _text("nths"),
        _text("from_day", nullable=True),
        _text("to_day", nullable=True),
        _text("on_holiday"),
        _day("valid_from"),
        _day("valid_until"),
    )
    _create_rule(
        "special_days",
        _text("kind"),
        _day("first_on", nullable=False),
        _day("last_on", nullable=False),
        _text("reason"),
        _number("from_minute", nullable=True),
        _number("to_minute", nullable=True),
    )


def _create_booking_rules() -> None:
    _create_rule(
        "booking_window",
        _text("opens_by"),
        _number("opens_before"),
        _number("opens_day"),
        _number("opens_minute"),
        _number("closes_days", nullable=True),
        _number("closes_minutes"),
        _number("desk_closes_days", nullable=True),
        _number("desk_closes_minutes", nullable=True),
        _day("valid_from"),
        _day("valid_until"),
        of_class=True,
    )
    _create_rule(
        "quota",
        _text("counts"),
        _text("per"),
        _number("most"),
        _day("valid_from"),
        _day("valid_until"),
        of_class=True,
    )
    _create_rule(
        "facility_terms",
        _number("cancel_days", nullable=True),
        _number("cancel_minutes"),
        _day("valid_from"),
        _number("no_shows_to_block"),
        _number("no_show_days"),
        _number("block_days"),
        _number("no_show_after_minutes", nullable=True),
        sa.Column("contact_confirmed", sa.Boolean(), nullable=False),
        _number("tentative_minutes"),
        of_room=False,
    )
    _create_rule("entry_rule", _text("ways"), _number("early_minutes"), _number("late_minutes"), _day("valid_from"))


def _create_duties() -> None:
    key = sa.ForeignKeyConstraint
    op.create_table(
        "facility_duty",
        sa.Column("id", BigId, nullable=False),
        _text("login"),
        _text("facility_id"),
        _text("duty"),
        _text("given_by"),
        sa.Column("given_at", Instant(), nullable=False),
        _text("ended_by", nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        key(["login"], ["account.login"], name=op.f("fk_facility_duty_login_account")),
        key(["facility_id"], ["facility.id"], name=op.f("fk_facility_duty_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_duty")),
    )
    op.create_index(op.f("ix_facility_duty_facility_id"), "facility_duty", ["facility_id"], unique=False)
    stands = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_facility_duty_stands",
        "facility_duty",
        ["login", "facility_id", "duty"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_table(
        "facility_change",
        sa.Column("id", BigId, nullable=False),
        _text("facility_id", nullable=True),
        _text("thing"),
        _text("thing_id"),
        _text("before", nullable=True),
        _text("after", nullable=True),
        _text("changed_by"),
        sa.Column("changed_at", Instant(), nullable=False),
        key(["facility_id"], ["facility.id"], name=op.f("fk_facility_change_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_change")),
    )
    op.create_index(op.f("ix_facility_change_facility_id"), "facility_change", ["facility_id"], unique=False)


def _create_ways_in() -> None:
    op.create_table(
        "site_area",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("level_id", sa.Text(), nullable=True),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("code_points", sa.Text(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_area")),
    )
    key = sa.ForeignKeyConstraint
    op.create_table(
        "party_code",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        key(["reservation_id"], ["reservation.id"], name=op.f("fk_party_code_reservation_id_reservation")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_party_code")),
    )
    op.create_index(op.f("ix_party_code_reservation_id"), "party_code", ["reservation_id"], unique=False)
    free = sa.text("reservation_id IS NULL")
    op.create_index("ix_party_code_free", "party_code", ["drawn_at", "token"], sqlite_where=free, postgresql_where=free)
    op.create_table(
        "unkept_promise",
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("lacks", sa.Text(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        key(["reservation_id"], ["reservation.id"], name=op.f("fk_unkept_promise_reservation_id_reservation")),
        sa.PrimaryKeyConstraint("reservation_id", name=op.f("pk_unkept_promise")),
    )
