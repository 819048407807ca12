"""Letters to citizens about keys that they have: soon due, and late; each once for a due time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from domain.keys.custody import Custody, HolderKind
from domain.keys.loan_news import LoanNewsKind, list_subjects, tell_holder
from domain.notices.reservee_letter import LetterKind, ReserveeLetter
from gateway.bookings.letters import is_written_to
from gateway.custody.loan_messages import name_copies
from store.loans_out import CopyOut
from store.reservee_letters import insert_letters, withdraw_letters
from store.reservees import load_reservees
from store.tx import Tx

_LETTERS: Mapping[LoanNewsKind, LetterKind] = {
    LoanNewsKind.due_soon: LetterKind.key_due_soon,
    LoanNewsKind.overdue: LetterKind.key_overdue,
}


def write_loan_letters(tx: Tx, loans: Iterable[list[CopyOut]]) -> None:
    """Write what was not written before, to confirmed addresses alone; each loan is the copies of it that are out.

    A letter leaves at once, at night too: whoever has the key is still about, and the next party waits for it.
    """
    due = [(out, told) for out in loans if _is_citizens(out[0]) and (told := _tell(out[0], tx)) is not None]
    reservees = load_reservees(tx, {out[0].holder.id for out, _ in due})
    letters = []
    for out, told in due:
        first = out[0]
        if not is_written_to(reservees.get(first.holder.id)):
            continue
        subject, _ = list_subjects(first.loan_id, first.due_at)
        if told is LoanNewsKind.overdue:  # a reminder that could not leave until now would be wrong
            withdraw_letters(tx, [LetterKind.key_due_soon], subject)
        link = "" if first.reservation_id is None else f"/bookings/{first.reservation_id}"
        filling = {"key": name_copies(out), "key_en": _name_english(out), "ends_at": first.due_at.isoformat()}
        letters.append(ReserveeLetter(first.holder.id, _LETTERS[told], subject, link, tx.now, filling))
    insert_letters(tx, letters)


def withdraw_loan_letters(tx: Tx, brought: Iterable[Custody]) -> None:
    """Let what has not left yet never leave, of loans that these copies were out by: back, or due at another time."""
    citizens = (each for each in brought if each.holder is not None and each.holder.kind is HolderKind.reservee)
    loans = {(each.loan_id, each.due_at) for each in citizens}
    known = [(loan_id, due_at) for loan_id, due_at in loans if loan_id is not None and due_at is not None]
    for subject in sorted(list_subjects(*loan)[0] for loan in known):
        withdraw_letters(tx, list(_LETTERS.values()), subject)


def _name_english(out: list[CopyOut]) -> str:
    return name_copies([replace(each, key=each.key_en or each.key) for each in out]).replace("、", ", ")


def _is_citizens(copy: CopyOut) -> bool:
    return copy.holder.kind is HolderKind.reservee and copy.person_id is None


def _tell(copy: CopyOut, tx: Tx) -> LoanNewsKind | None:
    return tell_holder(copy.due_at, copy.since_at, tx.now)
