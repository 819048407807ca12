"""No My Number comes in by HR's files, and none leaves in a payroll file, a paper, a calendar or a letter."""

import io
import random
import time
from dataclasses import replace

import pytest
import xlsxwriter

from contract.calendar_feed import write_calendar
from contract.fee_tables import FeeTableFileError, read_fee_toml
from contract.message_words import LANGUAGES, load_message_words
from domain.notices.message import Message
from domain.zones.my_number import MyNumberError
from gateway.bookings.booking_file import COLUMNS, read_booking_file
from store.addresses import Address, save_address
from store.messages import insert_messages
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from sync.documents.attendance_book import lay_out_book
from sync.documents.month_workbook import write_workbook
from sync.documents.press import Press, PressError
from sync.hr.csv_text import CsvError
from sync.hr.sheet import read_sheet
from sync.notify.post_round import PostRound
from sync.notify.way import hold_back
from sync.payroll.cells import TableRow, UnencodableError, write_table
from tests.sync.documents.papers import FULL, MADE_AT
from tests.sync.notify.letters import NOW, letter
from tests.sync.notify.test_post_round import Book

NUMBER = "123456789018"
"""The example number of published guides; nobody's."""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_hr_files_are_refused_by_line_and_column(encoding: str) -> None:
    data = f"職員番号,氏名\ns1,萩 太郎\ns2,萩 {NUMBER}\n".encode(encoding)
    with pytest.raises(CsvError) as raised:
        read_sheet(data)
    assert [(each.line, each.column) for each in raised.value.errors] == [(3, "氏名")]
    assert NUMBER not in str(raised.value)


def test_hr_workbooks_are_refused_too() -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["職員番号", "備考"])
    page.write_string(1, 0, "s1")
    page.write_number(1, 1, int(NUMBER))
    book.close()
    with pytest.raises(CsvError) as raised:
        read_sheet(content.getvalue())
    assert [(each.line, each.column) for each in raised.value.errors] == [(2, "備考")]


def test_bookings_and_fees_from_files_are_refused() -> None:
    with pytest.raises(FeeTableFileError):
        read_fee_toml(f"name = '{NUMBER}'".encode())
    cells = {field: NUMBER if field == "purpose" else "1" for field in COLUMNS.values()}
    _, faulty = read_booking_file(f"{','.join(cells)}\n{','.join(cells.values())}\n".encode())
    assert [(each.line, [fault.field for fault in each.faults]) for each in faulty] == [(2, ["purpose"])]


def test_a_payroll_file_is_not_written_and_says_whose_row_it_is() -> None:
    rows = [TableRow("s1", ("s1", "08:30")), TableRow("s2", ("s2", "１２３４５６７８９０１８"))]
    with pytest.raises(UnencodableError) as raised:
        write_table(rows, "utf-8")
    (found,) = raised.value.found
    assert (found.line, found.column, found.subject) == (2, 2, "s2")


def test_no_workbook_and_no_paper_is_made() -> None:
    numbered = replace(FULL, person=replace(FULL.person, name=f"萩 {NUMBER}"))
    with pytest.raises(MyNumberError) as raised:
        write_workbook([FULL, numbered])
    assert raised.value.place == "集計 3行目 氏名"
    with pytest.raises(PressError, match="個人番号"):
        Press().print_pdf("attendance_book", [lay_out_book(numbered)], MADE_AT)


def test_no_calendar_is_written() -> None:
    with pytest.raises(MyNumberError):
        write_calendar("s1", FULL.month.days, MADE_AT, leave_names={}, title=f"勤務 {NUMBER}")
    assert write_calendar("123456", FULL.month.days, MADE_AT, leave_names={})


def test_a_letter_with_one_does_not_leave() -> None:
    assert hold_back(letter()) is None
    for part in ("title", "text", "short"):
        assert hold_back(letter(**{part: f"番号は {NUMBER} です"})) is not None


def test_a_message_with_one_is_given_up_and_the_others_leave(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
        upsert_persons(tx, [Person("p1", "萩 花子", "", "general")])
        save_address(tx, Address("p1", "mail", "p1@city.example"))
        for subject, note in (("m1", NUMBER), ("m2", "課税台帳")):
            insert_messages(tx, [Message("p1", "movement_waiting", subject, f"/movements/{subject}", {"note": note})])
    book = Book()
    words = {language: load_message_words(language) for language in LANGUAGES}
    PostRound(store, lambda: NOW, {"mail": book}, words, "https://city.example").run()
    assert [each.link for each in book.letters] == ["https://city.example/movements/m2"]
    assert NUMBER not in "".join(each.text for each in book.letters)


def test_the_payroll_file_of_a_city_is_looked_through_in_no_time() -> None:
    draw = random.Random(7)
    rows = [
        TableRow(f"s{n:06d}", (f"{n:06d}", f"萩 太郎{n}", "2025-11", *(str(draw.randrange(9000)) for _ in range(20))))
        for n in range(700)
    ]
    began = time.perf_counter()
    write_table(rows, "cp932")
    assert time.perf_counter() - began < 2.0
