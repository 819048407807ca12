"""Papers of takings on order: a receipt of one, and a closed day; which one came with the order."""

from datetime import date

from contract.fee_tables import load_fee_table
from domain.facilities.receipt import Receipt
from domain.facilities.takings import Series
from store.facilities import load_facility
from store.papers import PaperFile
from store.receipts import load_receipt
from store.takings import find_correction, load_taking
from store.takings_days import ClosedDay, load_closed_day
from store.tx import Tx
from sync.documents.press import Press
from sync.documents.receipt import lay_out_receipt
from sync.documents.takings_day import lay_out_day
from sync.jobs.paper_progress import PaperWork

PDF = "application/pdf"


class NoTakingError(ValueError):
    """There is no such paper; the text says why, Japanese first."""


def make_receipt(work: PaperWork) -> PaperFile:
    """Make the receipt of the taking whose id came with the order.

    Raises:
        NoTakingError: there is no such taking, it is no payment, or it was taken back.
        PressError: there is no Japanese font, or it cannot be typeset.
    """
    press = Press()
    with work.desk.store.reading(work.desk.now()) as tx:
        receipt = load_payment(tx, work.claimed.given.decode("utf-8", "replace"))
    content = press.print_pdf("receipt", [lay_out_receipt(receipt)], receipt.taking.taken_at)
    undrawable = press.find_undrawable(receipt.taking.payer)
    words = "" if not undrawable else "宛名に書体にない字があります / the name has characters that no font draws"
    return PaperFile(f"領収書_{receipt.taking.slip}.pdf", PDF, content, words)


def make_takings_day(work: PaperWork) -> PaperFile:
    """Make the report of the closed day that came with the order, as ``<facility> <YYYY-MM-DD>``.

    Raises:
        NoTakingError: there is no such facility, or the day is open.
        PressError: there is no Japanese font, or it cannot be typeset.
    """
    press = Press()
    facility_id, _, text = work.claimed.given.decode("utf-8", "replace").rpartition(" ")
    with work.desk.store.reading(work.desk.now()) as tx:
        facility, day = load_facility(tx, facility_id), _load_day(tx, facility_id, text)
    if facility is None or day is None:
        raise NoTakingError("締めた日がありません。先に締めてください / no such closed day; close it first")
    content = press.print_pdf("takings_day", [lay_out_day(day, facility.name)], day.closed_at)
    return PaperFile(f"収納日計表_{facility_id}_{day.day_on}.pdf", PDF, content)


def _load_day(tx: Tx, facility_id: str, text: str) -> ClosedDay | None:
    try:
        return load_closed_day(tx, facility_id, date.fromisoformat(text))
    except ValueError:
        return None


def load_payment(tx: Tx, taking_id: str) -> Receipt:
    """Give what stands on a payment's receipt.

    Raises:
        NoTakingError: there is no such taking, it is no payment, or it was taken back.
    """
    taking = load_taking(tx, taking_id)
    if taking is None or taking.series is not Series.receipt:
        raise NoTakingError("収納がありません。番号を確かめてください / no such payment; check its number")
    if find_correction(tx, taking_id) is not None:
        raise NoTakingError(
            f"{taking.slip} は訂正で取り消されています。新しい収納の領収書を出してください / "
            f"{taking.slip} was taken back by a correction: print the receipt of the new payment"
        )
    receipt = load_receipt(tx, taking, read_table=load_fee_table)
    if receipt is None:
        raise NoTakingError(f"{taking.slip} の予約または使用料がありません / its reservation or its price is gone")
    return receipt
