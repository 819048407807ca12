"""The tables of devices' certificates: what was asked for, issued and fetched; and which devices were revoked."""

from sqlalchemy import Column, Index, Table, Text

from store.columns import Instant
from store.metadata import metadata

device_certificate = Table(
    "device_certificate",
    metadata,
    Column("id", Text, primary_key=True),  # SHA-256 of the request; of the certificate where none was made here
    Column("device_id", Text, nullable=False),
    Column("request", Text),  # PEM; None where the certificate was rendered
    Column("asked_at", Instant, nullable=False),
    Column("certificate", Text),  # PEM, the device's first and then its chain; None while another authority is to sign
    Column("serial", Text),  # hexadecimal, without leading zeros
    Column("expires_at", Instant),
    Column("issued_at", Instant),
    Column("issued_by", Text, nullable=False),  # a login; empty for what the centre signed by itself
    Column("revoked_at", Instant),
)
Index("ix_device_certificate_device_id", device_certificate.c.device_id)
Index("ix_device_certificate_serial", device_certificate.c.serial)

device_revocation = Table(
    "device_revocation",
    metadata,
    Column("id", Text, primary_key=True),  # made by the form, so that sending twice is harmless
    Column("device_id", Text, nullable=False),
    Column("revoked_at", Instant, nullable=False),
    Column("revoked_by", Text, nullable=False),  # a login
    Column("reason", Text, nullable=False),
    Column("parted_at", Instant),  # since when the broker lets it in no more and its session is over
)
Index("ix_device_revocation_device_id", device_revocation.c.device_id)
