"""How doors stand, what is asked of them, cards at the desk.

The board looked at the newest 600 records of each controller's journal; what it saw there becomes the first rows of
door_state, reader_state and last_tap, so that the upgrade forgets nothing.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from store.columns import BigId, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RECORDS_SEEN = 600
ALARMS = ("forced_open", "held_open")


def upgrade() -> None:
    _create_views()
    _create_commands()
    _create_desk()
    _fill_views()


def _create_views() -> None:
    op.create_table(
        "door_state",
        sa.Column("door_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("mode_source", sa.Text(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("tampered", sa.Boolean(), nullable=False),
        sa.Column("fire", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("door_id", name=op.f("pk_door_state")),
    )
    op.create_index(op.f("ix_door_state_device_id"), "door_state", ["device_id"], unique=False)
    op.create_table(
        "reader_state",
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_reader_state")),
    )
    op.create_table(
        "last_tap",
        sa.Column("access_point_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tapped_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("access_point_id", name=op.f("pk_last_tap")),
    )


def _create_commands() -> None:
    op.create_table(
        "door_command",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("doors", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_by_name", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("obeyed", sa.Boolean(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_command")),
    )
    op.create_index(op.f("ix_door_command_issued_at"), "door_command", ["issued_at"], unique=False)
    op.create_index(op.f("ix_door_command_request_id"), "door_command", ["request_id"], unique=False)
    op.create_index(
        "ix_door_command_waiting",
        "door_command",
        ["device_id"],
        unique=False,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _create_desk() -> None:
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index("ix_enrolment_asked_by", "enrolment", ["asked_by", "asked_at"], unique=False)
    op.create_index(
        "uq_enrolment_waiting",
        "enrolment",
        ["reader_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "card_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_change")),
    )
    op.create_index("ix_card_change_person", "card_change", ["person_id", "id"], unique=False)
    op.add_column("credential", sa.Column("source", sa.Text(), server_default="hr", nullable=False))
    op.add_column("credential", sa.Column("technology", sa.Text(), nullable=True))
    op.add_column("credential", sa.Column("assurance", sa.Integer(), nullable=True))
    op.add_column("credential", sa.Column("chip", sa.Text(), nullable=True))
    op.add_column("credential", sa.Column("key_version", sa.Integer(), nullable=True))
    op.add_column("credential", sa.Column("pin_verifier", sa.Text(), nullable=True))
    op.add_column("credential", sa.Column("duress_verifier", sa.Text(), nullable=True))
    for flag in ("escorted", "passback_exempt", "extended"):
        op.add_column("credential", sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False))


def _fill_views() -> None:
    doors: dict[str, dict[str, Any]] = {}
    readers: dict[str, dict[str, Any]] = {}
    taps: dict[str, dict[str, Any]] = {}
    for row in _recent_records():
        where = {"device_id": row.device_id, "epoch": row.epoch, "seq": row.seq}
        body = json.loads(bytes(row.body))
        if row.kind == "tap.observed":
            taps[row.access_point_id] = {
                **where,
                "access_point_id": row.access_point_id,
                "tapped_at": row.occurred_at,
            }
        elif row.kind == "reader.reported":
            told = {"health": body["health"], "cause": body.get("cause", "")}
            readers[body["reader"]] = {**where, **told, "reader_id": body["reader"], "changed_at": row.occurred_at}
        else:
            before = doors.get(body["door"], {})
            doors[body["door"]] = _move(before, body["state"]) | where | {
                "door_id": body["door"],
                "changed_at": row.occurred_at,
            }  # fmt: skip
    for name, rows in (("door_state", doors), ("reader_state", readers), ("last_tap", taps)):
        if rows:
            table = sa.table(name, *(_column(key) for key in next(iter(rows.values()))))
            op.bulk_insert(table, list(rows.values()))


def _column(name: str) -> "sa.ColumnClause[Any]":
    return sa.column(name, Instant()) if name.endswith("_at") else sa.column(name)


def _move(before: dict[str, Any], state: str) -> dict[str, Any]:
    door = {
        "mode": "locked", "mode_source": "", "lock": "relocked", "contact": "", "alarm": "",
        "tampered": False, "fire": False,
    } | before  # fmt: skip
    if state in {"released", "relocked"}:
        door["lock"] = state
    elif state in {"opened", "closed"}:
        door |= {"contact": state, "alarm": door["alarm"] if state == "opened" else ""}
    elif state in ALARMS:
        door |= {"contact": "opened", "alarm": state}
    elif state == "restored":
        door["alarm"] = ""
    return door


def _recent_records() -> Iterator[Any]:
    connection = op.get_bind()
    seen = sa.column
    watermark = sa.table(
        "watermark", seen("device_id"), seen("epoch"), seen("upto_seq"), seen("complete_through_at", Instant())
    )
    record = sa.table(
        "record", seen("device_id"), seen("epoch"), seen("seq"), seen("kind"), seen("occurred_at", Instant()),
        seen("access_point_id"), seen("body", sa.LargeBinary()),
    )  # fmt: skip
    current = sa.select(watermark).where(watermark.c.complete_through_at.is_not(None))
    ordered = current.order_by(watermark.c.complete_through_at, watermark.c.epoch)
    journals = {row.device_id: row for row in connection.execute(ordered)}
    for journal in journals.values():
        mine = (record.c.device_id == journal.device_id) & (record.c.epoch == journal.epoch)
        newest = record.c.seq > journal.upto_seq - RECORDS_SEEN
        told = record.c.kind.in_(("tap.observed", "reader.reported", "door.moved")) & record.c.occurred_at.is_not(None)
        yield from connection.execute(sa.select(record).where(mine, newest, told).order_by(record.c.seq))
