"""The attendance book and the overtime orders: every figure of the month stands on paper, and nothing else does."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from domain.attendance.divergence import DivergenceKind
from domain.attendance.shift import DayKind
from domain.civil import format_h_mm
from sync.documents.attendance_book import lay_out_book
from sync.documents.names import CLASSES, DAY_KINDS, DIVERGENCES
from sync.documents.overtime_orders import lay_out_orders
from sync.documents.press import Press, PressError
from sync.documents.sheet import MonthSheet, SheetPerson
from tests.sync.documents.papers import FULL, MADE_AT, NOTES, PERSON, TROUBLED


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def cells_on(sheet: MonthSheet, day: int) -> list[str]:
    return list(lay_out_book(sheet)["rows"][day - 1]["cells"])


def test_every_stored_word_has_a_name() -> None:
    assert {kind.value for kind in DivergenceKind} == set(DIVERGENCES)
    assert {kind.value for kind in DayKind} == set(DAY_KINDS)
    assert set(FULL.month.classes) <= set(CLASSES)


def test_a_day_of_w1() -> None:
    assert cells_on(FULL, 5) == ["5", "水", "08:30–17:15", "08:25", "24:00", "14.35", "6.45", "", ""]
    assert cells_on(FULL, 24)[:7] == ["24", "月", "", "12:55", "26:00", "12.00", "7.45"]
    assert cells_on(FULL, 8)[8] == "週休日"


def test_trouble_is_told() -> None:
    assert cells_on(TROUBLED, 4)[8] == "遅参 0.20"
    assert "退勤の打刻なし" in cells_on(TROUBLED, 5)[8]
    assert "在庁のない命令 1.15" in cells_on(TROUBLED, 6)[8]
    assert cells_on(TROUBLED, 10)[7] == "年次有給休暇"
    assert cells_on(TROUBLED, 11)[7] == "年次有給休暇 08:30–10:30"
    assert cells_on(TROUBLED, 12)[7] == "リフレッシュ休暇"


def test_the_sums_are_the_months() -> None:
    told = dict(lay_out_book(FULL)["sums"])
    assert told["超過勤務"] == "72.30"
    assert told["超過勤務（平日）"] == "52.45"
    assert dict(lay_out_book(FULL)["after_60h"])["超過勤務（平日）"] == "6.45"


def test_orders_tell_what_was_worked_of_them() -> None:
    rows = lay_out_orders(FULL, NOTES)["rows"]
    assert len(rows) == 18
    assert rows[-4][0:8] == [
        "11/24",
        "月",
        "13:00–26:00",
        "18:00–19:00",
        "災害対応の準備",
        "吉田 松陰",
        "12/3 09:00",
        "12.00",
    ]
    assert "休日勤務 4.15" in rows[-4][8]
    assert "60時間超 5.45" in rows[-4][8]


def test_an_order_that_nobody_worked_stays_on_paper() -> None:
    rows = lay_out_orders(TROUBLED, {})["rows"]
    assert [(row[0], row[2], row[7]) for row in rows if row[0] == "11/6"] == [("11/6", "17:15–20:15", "1.45")]
    assert [row[8] for row in rows if row[0] == "11/7"] in ([], ["実績なし"])


def test_the_minutes_of_orders_are_those_of_the_month() -> None:
    rows = lay_out_orders(FULL, NOTES)["rows"]
    minutes = sum(int(row[7].partition(".")[0]) * 60 + int(row[7].partition(".")[2]) for row in rows)
    holiday = FULL.month.classes["holiday_regular"]
    assert format_h_mm(minutes - holiday) == FULL.month.overtime_shown


def test_paper_can_be_read_by_another(press: Press) -> None:
    (page,) = pages_of(press.print_pdf("attendance_book", [lay_out_book(FULL)], MADE_AT))
    for words in (
        PERSON.name,
        PERSON.department,
        PERSON.id,
        "令和7年11月",
        "第2版 0123456789abcdef",
        "72.30",
        "2025-12-02",
    ):
        assert words in page
    (page,) = pages_of(press.print_pdf("overtime_orders", [lay_out_orders(FULL, NOTES)], MADE_AT))
    for words in (PERSON.name, "災害対応の準備", "吉田 松陰", "13:00–26:00"):
        assert words in page


def test_one_file_for_a_department(press: Press) -> None:
    pages = pages_of(press.print_pdf("attendance_book", [lay_out_book(FULL), lay_out_book(TROUBLED)], MADE_AT))
    assert [PERSON.name in page for page in pages] == [True, False]
    assert "𠮷野 髙﨑" in pages[1]
    assert "未締め" in pages[1]


def test_the_same_words_are_the_same_bytes(press: Press) -> None:
    first = press.print_pdf("attendance_book", [lay_out_book(FULL)], MADE_AT)
    assert Press().print_pdf("attendance_book", [lay_out_book(FULL)], MADE_AT) == first


def test_a_variant_is_drawn_with_its_own_glyph(press: Press) -> None:
    def glyphs(name: str) -> set[str]:
        sheet = replace(FULL, person=replace(PERSON, name=name))
        pdf = PdfReader(io.BytesIO(press.print_pdf("attendance_book", [lay_out_book(sheet)], MADE_AT)))
        return {
            stream.get_object()["/FontFile3"].get_object().hash_value_data()
            for font in pdf.pages[0]["/Resources"]["/Font"].values()
            for down in font.get_object()["/DescendantFonts"]
            for stream in [down.get_object()["/FontDescriptor"]]
        }

    assert glyphs("葛\U000e0100") != glyphs("葛")


@settings(max_examples=30)
@given(
    st.text(max_size=60),
    st.sampled_from(["#panic()", "#sys.inputs", "*a* _b_ $x$ `c`", '#image("/etc/passwd")', "\\", ""]),
)
def test_no_name_is_ever_markup(press: Press, name: str, hostile: str) -> None:
    sheet = MonthSheet(SheetPerson("1", name + hostile, hostile), TROUBLED.month)
    pdf = press.print_pdf("attendance_book", [lay_out_book(sheet)], MADE_AT)
    text = "".join("".join(pages_of(pdf)).split())
    assert "".join(hostile.split()) in text


def test_nobody_and_no_font_are_refused(press: Press) -> None:
    with pytest.raises(PressError, match=" / expected at least one"):
        press.print_pdf("attendance_book", [], MADE_AT)
    with pytest.raises(PressError, match="fonts-noto-cjk"):
        Press(fonts=["No Such Font"])


def test_what_no_font_draws_is_told(press: Press) -> None:
    assert press.find_undrawable("葛\U000e0100城 花子 𠮷野 髙﨑\u3000Sato") == ()
    assert press.find_undrawable("葛\U000e01ef城\U0002ffff花\U0002ffff") == ("葛\U000e01ef", "\U0002ffff")
