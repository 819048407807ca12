"""The duty officers' sheet as the bytes that both sign: canonical JSON, so that one sheet has one digest."""

import hashlib
import json
from typing import Any

from domain.keys.custody import Custody
from domain.keys.handover_sheet import HandoverSheet


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


def hash_sheet(content: bytes) -> str:
    """Give the digest that a signature names."""
    return hashlib.sha256(content).hexdigest()


def _line(custody: Custody) -> dict[str, Any]:
    return {
        "copy": custody.copy_id,
        "holder": f"{custody.holder.kind.value}:{custody.holder.id}" if custody.holder else "",
        "since_at": custody.since_at.isoformat(),
        "due_at": custody.due_at.isoformat() if custody.due_at else "",
    }
