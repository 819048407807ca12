"""The duty officers' sheet as the bytes that both sign: canonical JSON, so that one sheet has one digest."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.keys.custody import Custody, Holder, HolderKind
from domain.keys.handover_sheet import CabinetLine, HandoverSheet


def write_sheet(sheet: HandoverSheet) -> bytes:
    """Write a sheet; persons and reservees stand in it by id, never by name."""
    content = {
        "version": 1,
        "drawn_at": sheet.drawn_at.isoformat(),
        "overdue": [_line(each) for each in sheet.overdue],
        "due": [_line(each) for each in sheet.due],
        "out": [_line(each) for each in sheet.out],
        "lost": list(sheet.lost),
        "cabinets": [
            {"cabinet": each.cabinet_id, "copies": each.copies, "open_count": each.open_count}
            for each in sheet.cabinets
        ],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One copy on a sheet as it was drawn."""

    copy_id: str
    holder: Holder | None
    since_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """A sheet read back from the bytes that both signed."""

    overdue: tuple[SheetLine, ...]
    due: tuple[SheetLine, ...]
    out: tuple[SheetLine, ...]
    lost: tuple[str, ...]
    cabinets: tuple[CabinetLine, ...]

    @property
    def lines(self) -> tuple[SheetLine, ...]:
        """Everything that is out on it."""
        return (*self.overdue, *self.due, *self.out)


def read_sheet(content: bytes) -> WrittenSheet:
    """Read a sheet that :func:`write_sheet` wrote."""
    told = json.loads(content)
    overdue, due, out = (tuple(_read_line(each) for each in told[name]) for name in ("overdue", "due", "out"))
    cabinets = tuple(CabinetLine(each["cabinet"], each["copies"], each["open_count"]) for each in told["cabinets"])
    return WrittenSheet(overdue, due, out, tuple(told["lost"]), cabinets)


def hash_sheet(content: bytes) -> str:
    """Give the digest that a signature names."""
    return hashlib.sha256(content).hexdigest()


def _read_line(told: dict[str, Any]) -> SheetLine:
    kind, _, id_ = told["holder"].partition(":")
    return SheetLine(
        told["copy"],
        Holder(HolderKind(kind), id_) if kind else None,
        datetime.fromisoformat(told["since_at"]),
        datetime.fromisoformat(told["due_at"]) if told["due_at"] else None,
    )


def _line(custody: Custody) -> dict[str, Any]:
    return {
        "copy": custody.copy_id,
        "holder": f"{custody.holder.kind.value}:{custody.holder.id}" if custody.holder else "",
        "since_at": custody.since_at.isoformat(),
        "due_at": custody.due_at.isoformat() if custody.due_at else "",
    }
