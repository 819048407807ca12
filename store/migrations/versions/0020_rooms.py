"""Facilities, their rooms, and reservations that can never be double."""

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OVERLAPS = """SELECT 1 FROM resource_hold AS other WHERE other.resource = NEW.resource AND other.holder <> NEW.holder
 AND other.id IS NOT NEW.id AND other.from_at < NEW.until_at AND other.until_at > NEW.from_at"""


def upgrade() -> None:
    _create_facilities()
    _create_rooms()
    _create_slots()
    _create_reservees()
    _create_reservations()
    _create_holds()


def downgrade() -> None:
    for name in ("resource_hold", "reservation_step", "reservation_unit", "reservation", "reservee"):
        op.drop_table(name)
    for name in ("slot_kind", "equipment", "room_space", "room", "space", "facility", "user_class"):
        op.drop_table(name)


def _create_facilities() -> None:
    op.create_table(
        "user_class",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_class")),
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_facility_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
    )
    op.create_table(
        "space",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_space_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
    )
    op.create_index(op.f("ix_space_facility_id"), "space", ["facility_id"], unique=False)


def _create_rooms() -> None:
    minutes = ("step_minutes", "minutes_min", "minutes_max", "before_minutes", "after_minutes")
    op.create_table(
        "room",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in minutes),
        sa.Column("permits", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Text(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_room_facility_id_facility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    op.create_index(op.f("ix_room_facility_id"), "room", ["facility_id"], unique=False)
    op.create_table(
        "room_space",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("space_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_space_room_id_room")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_room_space_space_id_space")),
        sa.PrimaryKeyConstraint("room_id", "space_id", name=op.f("pk_room_space")),
    )
    op.create_table(
        "equipment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_equipment_facility_id_facility")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_equipment_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
    )
    op.create_index(op.f("ix_equipment_facility_id"), "equipment", ["facility_id"], unique=False)


def _create_slots() -> None:
    op.create_table(
        "slot_kind",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_slot_kind_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_kind")),
    )
    op.create_index(op.f("ix_slot_kind_room_id"), "slot_kind", ["room_id"], unique=False)


def _create_reservees() -> None:
    op.create_table(
        "reservee",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_class", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("blocked_until", sa.Date(), nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_class"], ["user_class.id"], name=op.f("fk_reservee_user_class_user_class")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reservee_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservee")),
        sa.UniqueConstraint("person_id", name=op.f("uq_reservee_person_id")),
    )
    op.create_index("ix_reservee_email", "reservee", ["email"], unique=False)
    op.create_index("ix_reservee_phone", "reservee", ["phone"], unique=False)


def _create_reservations() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("slot_id", sa.Text(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("reservee_id", sa.Text(), nullable=False),
        sa.Column("user_class", sa.Text(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Text(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_reservation_time")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_reservation_room_id_room")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot_kind.id"], name=op.f("fk_reservation_slot_id_slot_kind")),
        sa.ForeignKeyConstraint(["reservee_id"], ["reservee.id"], name=op.f("fk_reservation_reservee_id_reservee")),
        sa.ForeignKeyConstraint(["user_class"], ["user_class.id"], name=op.f("fk_reservation_user_class_user_class")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_reservee_id"), "reservation", ["reservee_id"], unique=False)
    op.create_index(op.f("ix_reservation_series_id"), "reservation", ["series_id"], unique=False)
    op.create_index("ix_reservation_room", "reservation", ["room_id", "from_at"], unique=False)
    op.create_index("ix_reservation_state", "reservation", ["state", "from_at"], unique=False)
    key = sa.ForeignKeyConstraint
    op.create_table(
        "reservation_unit",
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("equipment_id", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        key(["reservation_id"], ["reservation.id"], name=op.f("fk_reservation_unit_reservation_id_reservation")),
        key(["equipment_id"], ["equipment.id"], name=op.f("fk_reservation_unit_equipment_id_equipment")),
        sa.PrimaryKeyConstraint("reservation_id", "equipment_id", name=op.f("pk_reservation_unit")),
    )


def _create_holds() -> None:
    words = ("act", "actor", "done_by")
    op.create_table(
        "reservation_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("done_at", Instant(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("from_state", "to_state", "reason")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_reservation_step_reservation_id_reservation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation_step")),
    )
    op.create_index(op.f("ix_reservation_step_reservation_id"), "reservation_step", ["reservation_id"], unique=False)
    op.create_table(
        "resource_hold",
        sa.Column("id", BigId, nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_resource_hold_time")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_resource_hold_reservation_id_reservation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_hold")),
    )
    op.create_index(op.f("ix_resource_hold_reservation_id"), "resource_hold", ["reservation_id"], unique=False)
    op.create_index("ix_resource_hold_resource", "resource_hold", ["resource", "from_at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")  # trusted: the database's owner may
        op.execute(
            "ALTER TABLE resource_hold ADD CONSTRAINT ex_resource_hold_double EXCLUDE USING gist"
            " (resource WITH =, tstzrange(from_at, until_at) WITH &&, holder WITH <>)"
        )
        return
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_resource_hold_double_{verb.lower()} BEFORE {verb} ON resource_hold"
            f" WHEN EXISTS ({_OVERLAPS}) BEGIN SELECT RAISE(ABORT, 'ex_resource_hold_double'); END"
        )
