"""A person's word about a file from HR: hand it in, say what its columns mean, agree to a mass change, or refuse it.

The connector reads it at its next look and applies it on its day (sync/jobs/import_hr_files.py); what it would change
stands in the file's summary until then.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.hr_file import BYTES_MAX, HrFileKind, seal_hr_file
from store.hr_files import (
    HrFileState,
    NewHrFile,
    insert_hr_file,
    load_hr_file,
    lock_open,
    save_agreed,
    save_brought_again,
    save_settled,
)
from store.hr_sources import save_column_mapping
from store.hr_summary import HrSummary
from store.tx import Tx

DESK = "desk"
"""The source of files that a person hands in."""
REASON_LENGTH_MAX = 500


class HrFileFault(StrEnum):
    """Why nothing was changed."""

    no_kind = "no_kind"
    empty = "empty"
    too_large = "too_large"
    past = "past"  # it would take effect before today
    no_file = "no_file"
    same_person = "same_person"
    not_waiting = "not_waiting"  # for a second person, or for words about its columns
    is_over = "is_over"
    no_heading = "no_heading"
    no_field = "no_field"
    doubled_field = "doubled_field"
    no_reason = "no_reason"
    long_reason = "long_reason"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file as a person hands it in; ``nonce`` is 12 random bytes."""

    kind: str
    name: str
    data: bytes
    effective_on: date
    nonce: bytes


def hand_in(tx: Tx, site_key: bytes, file: HandedIn, *, today: date, by: str) -> tuple[int | None, list[HrFileFault]]:
    """Write a file down for the connector; gives its id, or that of the same file on its way, or every fault."""
    faults = [
        fault
        for fault, is_wrong in (
            (HrFileFault.no_kind, file.kind not in {kind.value for kind in HrFileKind}),
            (HrFileFault.empty, not file.data),
            (HrFileFault.too_large, len(file.data) > BYTES_MAX),
            (HrFileFault.past, file.effective_on < today),
        )
        if is_wrong
    ]
    if faults:
        return None, faults
    digest = hashlib.sha256(file.data).hexdigest()
    sealed = seal_hr_file(site_key, file.data, file.nonce)
    new = NewHrFile(file.kind, DESK, file.name, digest, sealed, file.effective_on, brought_by=by)
    return insert_hr_file(tx, new)[0], []


def say_columns(tx: Tx, file_id: int, headings: Mapping[str, str], *, by: str) -> list[HrFileFault]:
    """Save what the columns of an unmapped file mean, for it and for every later one of its source; gives every fault.

    Args:
        tx: the transaction.
        file_id: the file.
        headings: the field by heading; an empty field leaves the column out.
        by: a login.
    """
    file = load_hr_file(tx, file_id)
    if file is None:
        return [HrFileFault.no_file]
    if file.state is not HrFileState.unmapped:
        return [HrFileFault.not_waiting]
    fields = [field for field in headings.values() if field]
    faults = [
        fault
        for fault, is_wrong in (
            (HrFileFault.no_heading, not set(headings) <= set(file.summary.headings)),
            (HrFileFault.no_field, not set(fields) <= set(file.summary.fields)),
            (HrFileFault.doubled_field, len(fields) != len(set(fields))),
        )
        if is_wrong
    ]
    if not faults:
        save_column_mapping(tx, file.kind, file.source, headings, by=by)
        save_brought_again(tx, file_id)
    return faults


def agree(tx: Tx, file_id: int, *, by: str) -> HrFileFault | None:
    """Agree to a mass change as the second person; whoever handed the file in cannot."""
    file = load_hr_file(tx, file_id)
    if file is None:
        return HrFileFault.no_file
    if file.brought_by == by:
        return HrFileFault.same_person
    return None if save_agreed(tx, file_id, by=by) else HrFileFault.not_waiting


def refuse(tx: Tx, file_id: int, *, by: str, reason: str) -> HrFileFault | None:
    """Refuse a file that is not in force yet; its bytes are forgotten, the reason stays."""
    if not reason.strip():
        return HrFileFault.no_reason
    if len(reason) > REASON_LENGTH_MAX:
        return HrFileFault.long_reason
    file = lock_open(tx, file_id)
    if file is None:
        return HrFileFault.no_file if load_hr_file(tx, file_id) is None else HrFileFault.is_over
    save_settled(tx, file_id, HrFileState.refused, HrSummary(faults=(reason.strip(),)), by=by)
    return None
