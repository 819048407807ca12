"""The tables of the centre; those of doors, rights and other fields stand in ``store.<field>_tables``.

Rows never leave ``store``; what derives from what is said at each table. ``record`` is the log; ``punch`` and
``presence`` are views derived from it by pure rules and can be rebuilt. Constraints carry names, because errors are
recognised by name. It is one module because a schema is read as a whole.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    text,
)

import store.application_tables
import store.certificate_tables
import store.citizen_tables
import store.closing_tables
import store.door_tables
import store.enrolment_tables
import store.event_tables
import store.evidence_tables
import store.facility_tables
import store.fee_tables
import store.hr_tables
import store.information_tables
import store.key_round_tables
import store.key_tables
import store.leave_tables
import store.notice_tables
import store.opening_tables
import store.paper_tables
import store.policy_tables
import store.reservation_tables
import store.rights_tables
import store.rollout_tables
import store.roster_tables
import store.round_tables
import store.safety_tables
import store.taking_tables
import store.threat_tables
import store.visit_tables
import store.zone_tables  # noqa: F401 (their tables belong to the same schema)
from store.columns import BigId, Instant
from store.metadata import metadata

REFUSED = "granted IS FALSE"
NOTABLE = (
    "reason NOT IN ('granted', 'taken', 'not_taken', 'released', 'relocked', 'opened', 'closed', 'request_to_exit')"
)
RARE = "kind NOT IN ('tap.observed', 'access.ended', 'door.moved')"
UNDATED = "occurred_at IS NULL"
"""The conditions of partial indexes over ``record``. A statement that means one says it in these very words: only then
can either database prove that the index holds what is asked."""

# ---- people -------------------------------------------------------------------------------------------------------

department = Table(
    "department",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("head_id", Text),  # 所属長: a person
    Column("parent_id", Text),  # the department above
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kana", Text, nullable=False),
    Column("department_id", Text, ForeignKey("department.id"), nullable=False, index=True),
    Column("employment", Text, nullable=False),  # full_time | part_time
    Column("is_manager", Boolean, nullable=False),
    Column("joined_on", Date),
    Column("left_on", Date),
    Column("kind", Text, nullable=False, server_default="staff"),  # domain.access.rights.PersonKind
    Column("sponsor_id", Text),  # the member of staff who answers for somebody who is none
)

credential = Table(
    "credential",
    metadata,
    Column("token", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),  # what is printed on the card
    Column("status", Text, nullable=False),
    Column("valid_from", Instant),
    Column("valid_until", Instant),
    Column("source", Text, nullable=False, server_default="hr"),  # hr | desk: whose word about the card holds
    Column("technology", Text),  # this and the next three as the enrolment or the last proof told them
    Column("assurance", Integer),
    Column("chip", Text),
    Column("key_version", Integer),
    Column("pin_verifier", Text),
    Column("duress_verifier", Text),
    Column("escorted", Boolean, nullable=False, server_default=false()),
    Column("passback_exempt", Boolean, nullable=False, server_default=false()),
    Column("extended", Boolean, nullable=False, server_default=false()),
    Column("status_at", Instant),  # since when the status is; NULL: from the beginning or before we wrote it down
    Column("replaces", Text),  # the card that this one was made for, and the one made for this
    Column("replaced_by", Text),
)

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), unique=True),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("roles", Text, nullable=False),  # space-separated
    Column("disabled_at", Instant),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Instant),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),  # SHA-256 of the cookie; the cookie itself is never stored
    Column("login", Text, ForeignKey("account.login", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# ---- devices and the log ------------------------------------------------------------------------------------------

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("state", Text, nullable=False),  # active | quarantined | revoked
    Column("enrolled_at", Instant, nullable=False),
)

device_status = Table(
    "device_status",
    metadata,
    Column("device_id", Text, ForeignKey("device.id"), primary_key=True),
    Column("online", Boolean, nullable=False),
    Column("session", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("pending", BigInteger, nullable=False),
    Column("policy_version", BigInteger, nullable=False),
    Column("software", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

watermark = Table(
    "watermark",
    metadata,
    Column("device_id", Text, ForeignKey("device.id"), primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("upto_seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("complete_through_at", Instant),  # the wall time of the last record held
)

record = Table(
    "record",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),  # "quarantined" when the body could not be read; then fault says why
    Column("occurred_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("access_point_id", Text),
    Column("credential", Text),
    Column("person_id", Text),
    Column("granted", Boolean),
    Column("reason", Text),  # a tap's verdict; of another kind the one word that tells it: state, mode, health, alarm
    Column("subject", Text),  # what it is about: the access point, door or reader, else the device
    Column("policy_version", BigInteger),
    Column("central_reason", Text),  # only where the centre's own decision differs from the edge's
    Column("fault", Text),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the exact bytes the device signed
)
Index("ix_record_occurred", record.c.occurred_at)
Index("ix_record_person_occurred", record.c.person_id, record.c.occurred_at)
Index("ix_record_subject_occurred", record.c.subject, record.c.occurred_at)
for _name, _columns, _where in (  # what a search looks for and most records are not (store.event_log)
    ("ix_record_refused", (record.c.subject, record.c.occurred_at), REFUSED),
    ("ix_record_reason", (record.c.reason, record.c.occurred_at), NOTABLE),
    ("ix_record_subject_reason", (record.c.subject, record.c.reason, record.c.occurred_at), NOTABLE),
    ("ix_record_kind", (record.c.kind, record.c.occurred_at), RARE),
    ("ix_record_subject_kind", (record.c.subject, record.c.kind, record.c.occurred_at), RARE),
    ("ix_record_undated", (record.c.received_at,), UNDATED),
):
    Index(_name, *_columns, sqlite_where=text(_where), postgresql_where=text(_where))

fork = Table(
    "fork",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("device_id", Text, ForeignKey("device.id"), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("from_seq", BigInteger, nullable=False),  # no record of (device, epoch) from here on counts for pay
    Column("detected_at", Instant, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # the other signed history: evidence
)

refused_message = Table(
    "refused_message",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("source", Text, nullable=False),  # topic, or the HTTP route
    Column("fault", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # cut to the largest lawful size
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("raised_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Column("times", Integer, nullable=False, server_default="1"),  # how often it was raised while it stood
    Column("last_at", Instant),  # when it was last raised again
    Column("restored_at", Instant),  # what was wrong is right again by itself
    Column("escalated_at", Instant),  # nobody had acknowledged it in time
    Column("cleared_at", Instant),
    Column("cleared_by", Text),
)
Index(
    "ix_alarm_standing",
    alarm.c.subject,
    alarm.c.kind,
    sqlite_where=alarm.c.cleared_at.is_(None),
    postgresql_where=alarm.c.cleared_at.is_(None),
)
Index("ix_alarm_raised_at", alarm.c.raised_at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("sent_at", Instant),
)
Index(
    "ix_outbox_unsent",
    outbox.c.id,
    sqlite_where=outbox.c.sent_at.is_(None),
    postgresql_where=outbox.c.sent_at.is_(None),
)

# ---- attendance ---------------------------------------------------------------------------------------------------

punch = Table(  # derived from record: granted taps at access points with an attendance meaning
    "punch",
    metadata,
    Column("device_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", Text, nullable=False),
    Column("punched_at", Instant, nullable=False),
    Column("direction", Text, nullable=False),  # in | out | none
    Column("access_point_id", Text, nullable=False),
)
Index("ix_punch_person_punched", punch.c.person_id, punch.c.punched_at)

presence = Table(  # derived from record: where each person was last let in
    "presence",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("area_id", Text, nullable=False),
    Column("access_point_id", Text, nullable=False),
    Column("since_at", Instant, nullable=False),
)

calendar_day = Table(  # 市の休日 besides Saturdays and Sundays: national holidays and 12/29-1/3
    "calendar_day",
    metadata,
    Column("day_on", Date, primary_key=True),
    Column("kind", Text, nullable=False),  # holiday
    Column("name", Text, nullable=False),
)

overtime_order = Table(
    "overtime_order",
    metadata,
    Column("id", Text, primary_key=True),  # made by the client, so that sending twice is harmless
    Column("person_id", Text, ForeignKey("person.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("breaks", Text),  # "19:00-19:30, …" seen from the civil day on which it starts
    Column("application_id", Text, ForeignKey("application.id")),
    Column("ended_at", Instant),  # cancelled afterwards
)
Index("ix_overtime_order_person_starts", overtime_order.c.person_id, overtime_order.c.starts_at)

payroll_batch = Table(
    "payroll_batch",
    metadata,
    Column("id", Text, primary_key=True),  # derived from period and content: the same month twice is the same batch
    Column("period", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

job_run = Table(
    "job_run",
    metadata,
    Column("job", Text, primary_key=True),
    Column("fire_at", Instant, primary_key=True),
    Column("claimed_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("outcome", Text),  # done | failed: … | skipped
)
