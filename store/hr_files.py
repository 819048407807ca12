"""Files from HR on their way into force: brought, previewed, agreed where they change much, applied once or refused."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Update, insert, or_, select, update

from store.hr_summary import HrSummary, read_summary, write_summary
from store.hr_tables import hr_file
from store.tx import Tx


class HrFileState(StrEnum):
    """Where a file is: ``brought`` and ``unmapped`` were not read yet, ``waits`` is for a second person."""

    brought = "brought"
    unmapped = "unmapped"
    previewed = "previewed"
    waits = "waits"
    applied = "applied"
    refused = "refused"


SETTLED = (HrFileState.applied, HrFileState.refused)


@dataclass(frozen=True, slots=True)
class HrFile:
    """One file without its bytes; ``brought_by`` is a login, or empty for a door."""

    id: int
    kind: str
    source: str
    name: str
    digest: str
    effective_on: date
    state: HrFileState
    summary: HrSummary
    brought_by: str
    brought_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewHrFile:
    """A file as it came; ``content`` is sealed already, ``digest`` that of its open bytes."""

    kind: str
    source: str
    name: str
    digest: str
    content: bytes
    effective_on: date
    brought_by: str = ""


def insert_hr_file(tx: Tx, new: NewHrFile) -> tuple[int, bool]:
    """Write a file down as brought, unless the same one is on its way or is what was applied last of its kind.

    Returns:
        Its id, or that of the one that stands; and whether it is new.
    """
    same = (
        hr_file.c.kind == new.kind,
        hr_file.c.digest == new.digest,
        hr_file.c.effective_on == new.effective_on,
    )
    standing = tx.connection.scalar(select(hr_file.c.id).where(*same, hr_file.c.state.not_in(SETTLED)))
    if standing is not None:
        return standing, False
    applied = select(hr_file.c.id, hr_file.c.digest, hr_file.c.effective_on).where(
        hr_file.c.kind == new.kind, hr_file.c.state == HrFileState.applied
    )
    last = tx.connection.execute(applied.order_by(hr_file.c.settled_at.desc(), hr_file.c.id.desc()).limit(1)).first()
    if last is not None and (last.digest, last.effective_on) == (new.digest, new.effective_on):
        return int(last.id), False
    values = {name: getattr(new, name) for name in NewHrFile.__slots__}
    added = insert(hr_file).values(**values, state=HrFileState.brought, summary="{}", brought_at=tx.now)
    return int(tx.connection.execute(added.returning(hr_file.c.id)).scalar_one()), True


def load_hr_file(tx: Tx, file_id: int) -> HrFile | None:
    """Give one file; None when there is none of that id."""
    row = tx.connection.execute(_files().where(hr_file.c.id == file_id)).one_or_none()
    return None if row is None else _file(row)


def load_content(tx: Tx, file_id: int) -> bytes:
    """Give a file's sealed bytes; empty once it is settled."""
    return tx.connection.scalar(select(hr_file.c.content).where(hr_file.c.id == file_id)) or b""


def list_hr_files(tx: Tx, *, limit: int = 100) -> list[HrFile]:
    """Give the latest files, the newest first."""
    return [_file(row) for row in tx.connection.execute(_files().order_by(hr_file.c.id.desc()).limit(limit))]


def list_brought(tx: Tx) -> list[HrFile]:
    """Give the files that nobody has read yet, the oldest first."""
    found = _files().where(hr_file.c.state == HrFileState.brought).order_by(hr_file.c.id)
    return [_file(row) for row in tx.connection.execute(found)]


def list_ready(tx: Tx, on: date) -> list[HrFile]:
    """Give the files that are to be applied on a day, in the order in which they take effect."""
    agreed = (hr_file.c.state == HrFileState.waits) & hr_file.c.agreed_by.is_not(None)
    ready = or_(hr_file.c.state == HrFileState.previewed, agreed), hr_file.c.effective_on <= on
    found = _files().where(*ready).order_by(hr_file.c.effective_on, hr_file.c.id)
    return [_file(row) for row in tx.connection.execute(found)]


def lock_open(tx: Tx, file_id: int) -> HrFile | None:
    """Give a file that is not settled and keep it from everybody else until this transaction ends; None if settled."""
    query = _files().where(hr_file.c.id == file_id, hr_file.c.state.not_in(SETTLED)).with_for_update()
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else _file(row)


def save_preview(tx: Tx, file_id: int, state: HrFileState, summary: HrSummary) -> None:
    """Say what a file would change; it waits for nobody's earlier agreement any more."""
    told = {"state": state, "summary": write_summary(summary), "agreed_by": None, "agreed_at": None}
    tx.connection.execute(_open(file_id).values(told))


def save_brought_again(tx: Tx, file_id: int) -> bool:
    """Let an unmapped file be read anew, now that its columns were told; False when it is none."""
    again = update(hr_file).where(hr_file.c.id == file_id, hr_file.c.state == HrFileState.unmapped)
    return tx.connection.execute(again.values(state=HrFileState.brought)).rowcount == 1


def save_agreed(tx: Tx, file_id: int, *, by: str) -> bool:
    """Let a second person agree to a mass change; False when it waits for nobody, or for somebody else than ``by``."""
    agreed = update(hr_file).where(
        hr_file.c.id == file_id,
        hr_file.c.state == HrFileState.waits,
        hr_file.c.agreed_by.is_(None),
        hr_file.c.brought_by != by,
    )
    return tx.connection.execute(agreed.values(agreed_by=by, agreed_at=tx.now)).rowcount == 1


def save_settled(tx: Tx, file_id: int, state: HrFileState, summary: HrSummary, *, by: str = "") -> bool:
    """End a file's way as applied or refused and forget its bytes; False when it was ended already."""
    ended = {"state": state, "summary": write_summary(summary), "settled_by": by, "settled_at": tx.now, "content": b""}
    return tx.connection.execute(_open(file_id).values(ended)).rowcount == 1


def list_unsettled(tx: Tx) -> list[HrFile]:
    """Give every file on its way, in the order in which they take effect."""
    found = _files().where(hr_file.c.state.not_in(SETTLED)).order_by(hr_file.c.effective_on, hr_file.c.id)
    return [_file(row) for row in tx.connection.execute(found)]


def list_overtaken(tx: Tx, applied: HrFile) -> list[HrFile]:
    """Give the open files of the same kind and source that an applied, later one speaks over."""
    earlier = (
        hr_file.c.kind == applied.kind,
        hr_file.c.source == applied.source,
        hr_file.c.id < applied.id,
        hr_file.c.effective_on <= applied.effective_on,
        hr_file.c.state.not_in(SETTLED),
    )
    return [_file(row) for row in tx.connection.execute(_files().where(*earlier).order_by(hr_file.c.id))]


def _open(file_id: int) -> Update:
    return update(hr_file).where(hr_file.c.id == file_id, hr_file.c.state.not_in(SETTLED))


def _files() -> Select[Any]:
    return select(*(hr_file.c[name] for name in HrFile.__slots__))


def _file(row: Any) -> HrFile:
    return HrFile(**{**row._asdict(), "state": HrFileState(row.state), "summary": read_summary(row.summary)})
