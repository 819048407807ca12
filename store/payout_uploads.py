"""A provider's file that somebody has looked at and not yet brought: one a login, the next takes its place."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from store.taking_tables import payout_upload
from store.tx import Tx


class PayoutUpload(NamedTuple):
    """A file as it was handed in; ``provider`` is its layout's name."""

    login: str
    provider: str
    name: str
    content: bytes
    uploaded_at: datetime


_COLUMNS = tuple(payout_upload.c[name] for name in PayoutUpload._fields)


def save_upload(tx: Tx, upload: PayoutUpload) -> None:
    """Keep a file in place of the login's former one."""
    forget_upload(tx, upload.login)
    tx.connection.execute(insert(payout_upload).values(upload._asdict()))


def load_upload(tx: Tx, login: str) -> PayoutUpload | None:
    """Give a login's file; None where there is none."""
    row = tx.connection.execute(select(*_COLUMNS).where(payout_upload.c.login == login)).one_or_none()
    return None if row is None else PayoutUpload(*row)


def forget_upload(tx: Tx, login: str) -> None:
    """Take a login's file away."""
    tx.connection.execute(delete(payout_upload).where(payout_upload.c.login == login))
