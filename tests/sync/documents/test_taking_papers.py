"""Papers of money: a receipt with number, method and tax; a closed day as it was closed; none of what is not there."""

import dataclasses
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from domain.attendance.paper import PaperKind, PaperOrder, PaperState
from domain.facilities.takings import CashCount, Method, TakingKind
from gateway.fees.entries import Slip
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.close_day import DayEnd, close_day
from gateway.operations.facilities.correct_taking import Correction, correct_taking
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.take_fee import Payment, take_fee
from store.papers import Paper, insert_paper, load_paper, load_paper_content
from store.tx import Store
from sync.documents.receipt import METHODS, lay_out_receipt
from sync.documents.takings_day import KINDS
from sync.jobs.make_papers import PaperMaker
from sync.jobs.taking_papers import load_payment
from tests.domain.facilities.fee_cases import example_table
from tests.gateway.fees.hall import NOW, build_hall, pay, price
from tests.sync.desks import desk

SLIP = Slip(Method.card, provider="generic", reference="0123-4567", payer="青木会 代表 𠮷田 太郎")


@pytest.fixture
def hall(store: Store) -> Store:
    build_hall(store)
    table = dataclasses.replace(example_table("hall"), issuer="関所市", invoice_number="T1234567890123")
    with store.transaction(NOW) as tx:
        keep_fees(tx, table, by="kanri")
        price(tx)
        take_fee(tx, Payment("a", "r1", 12_000, SLIP), by="desk")
    return store


def order(store: Store, folder: Path, given: str, kind: PaperKind = PaperKind.receipt) -> tuple[Paper, bytes]:
    with store.transaction(NOW) as tx:
        paper = PaperOrder(f"paper-{given}", kind, "2026-05", "desk")
        assert insert_paper(tx, paper, given.encode())
    assert PaperMaker(desk(store, folder, NOW)).make_next()
    with store.reading(NOW) as tx:
        found = load_paper(tx, paper.id)
        assert found is not None
        return found, load_paper_content(tx, paper.id) or b""


def test_every_method_and_kind_has_a_name() -> None:
    assert set(METHODS) == set(Method)
    assert set(KINDS) == set(TakingKind)


def test_a_closed_day_is_printed_as_it_was_closed(hall: Store, tmp_path: Path) -> None:
    open_day, _ = order(hall, tmp_path, "shimin 2026-05-19", PaperKind.takings_day)
    assert (open_day.state, "no such closed day" in open_day.words) == (PaperState.failed, True)
    with hall.transaction(NOW) as tx:
        pay(tx, "b", 5_000)
        correct_taking(tx, Correction("c", "b", "誤り"), by="desk")
        end = DayEnd("shimin", date(2026, 5, 20), CashCount(30_000, 28_900, 1_000), "百円足りない")
        closed = close_day(tx, end, by="desk")
        pay(tx, "late", 700)
    made, content = order(hall, tmp_path, "shimin 2026-05-20", PaperKind.takings_day)
    assert made.file_name == "収納日計表_shimin_2026-05-20.pdf"
    told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")
    for words in ("市民館", "令和8年5月20日", "クレジットカード", "12,000", "-100", "百円足りない", closed.report_hash):
        assert words in told
    assert "2026-000003" not in told


def test_a_receipt_is_printed_with_its_method_and_tax(hall: Store, tmp_path: Path) -> None:
    made, content = order(hall, tmp_path, "a")
    assert (made.state, made.file_name, made.words) == (PaperState.done, "領収書_2026-000001.pdf", "")
    [page] = PdfReader(io.BytesIO(content)).pages
    told = page.extract_text().replace("\n", "").replace(" ", "")
    for words in (
        "2026-000001",
        "令和8年5月20日",
        "青木会代表𠮷田太郎",
        "¥12,000",
        "市民館hall使用料（使用料17,850円のうち）",
        "令和8年6月10日09:00–12:00",
        "クレジットカード",
        "0123-4567",
        "10%対象12,000円（うち消費税等1,090円）",
        "ホール午前",
        "ピアノ",
        "17,850",
        "関所市",
        "T1234567890123",
    ):
        assert words in told


def test_a_receipt_tells_the_price_of_its_day_and_a_deposit_has_no_tax(hall: Store) -> None:
    with hall.transaction(NOW + timedelta(days=1)) as tx:
        price_reservation(tx, "r1", Wanted("entrance"), by="desk")
        take_fee(tx, Payment("d", "r1", 20_000, Slip(Method.cash), is_deposit=True), by="desk")
        first = lay_out_receipt(load_payment(tx, "a"))
        assert (first["total"], len(first["rows"])) == ("17,850", 2)
        deposit = lay_out_receipt(load_payment(tx, "d"))
    assert (deposit["purpose"], deposit["tax"], deposit["rows"]) == (
        "市民館 hall 保証金",
        "消費税の対象外（返還する預り金）",
        [],
    )


def test_what_was_taken_back_or_is_no_payment_has_no_receipt(hall: Store, tmp_path: Path) -> None:
    with hall.transaction(NOW) as tx:
        pay(tx, "b", 5_000)
        correct_taking(tx, Correction("c", "b", "誤り"), by="desk")
    for taking_id, told in (("b", "2026-000002"), ("c", "no such payment"), ("zzz", "no such payment")):
        made, content = order(hall, tmp_path, taking_id)
        assert (made.state, content) == (PaperState.failed, b"")
        assert told in made.words
