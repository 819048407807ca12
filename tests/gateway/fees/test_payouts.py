"""A provider's file against our takings: looked at first, kept whole or not at all, the same again is nothing new."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.payouts import MatchKind
from gateway.operations.facilities.bring_payout_file import Brought, bring_payout_file, preview_payout_file
from gateway.operations.facilities.correct_taking import Correction, correct_taking
from gateway.payouts import layout as layout_module
from gateway.payouts.findings import find_differences
from gateway.payouts.layout import (
    LayoutError,
    list_layouts,
    load_city_layout,
    load_layout,
    load_layouts,
    parse_layout,
)
from gateway.payouts.payout_file import read_payout_file
from store.payouts import list_payout_files
from store.tx import Store
from tests.gateway.fees.hall import NOW, build_hall, card, pay, price

HEAD = "利用日,伝票番号,利用額,手数料,入金額,入金日,備考\r\n"
GENERIC = load_layout("generic")


def file(*lines: str, head: str = HEAD) -> bytes:
    return ("\ufeff" + head + "".join(f"{line}\r\n" for line in lines)).encode()


def line(reference: str, yen: int, *, day: int = 20) -> str:
    commission = abs(yen) * 3 // 100
    return f'2026/05/{day},{reference},"{yen:,}",{commission},{yen - commission},2026/06/15,x'


def kinds(brought: Brought) -> list[tuple[str, str]]:
    return [
        (each.kind.value, each.ours.id if each.ours else each.theirs.reference if each.theirs else "")
        for each in brought.findings.found
    ]


@pytest.fixture
def hall(store: Store) -> Store:
    build_hall(store)
    with store.transaction(NOW) as tx:
        price(tx)
        for number, yen in enumerate((1_000, 2_000, 3_000, 4_000)):
            pay(tx, f"p{number}", yen, card(f"T-{number}"))
        correct_taking(tx, Correction("c", "p3", "現金だった"), by="desk")
    return store


def test_a_file_is_previewed_kept_once_and_held_against_what_comes_later(hall: Store) -> None:
    data = file(line("T-0", 1_000), line("T-1", 1_900), line("T-9", 900))
    told = [
        ("agreed", "p0"),
        ("different_amount", "p1"),
        ("missing_there", "p2"),
        ("missing_here", "T-9"),
    ]
    with hall.reading(NOW) as tx:
        seen = preview_payout_file(tx, GENERIC, data)
        assert (kinds(seen), seen.new, seen.known) == (told, 3, 0)
        assert list_payout_files(tx, "generic", limit=9) == []
    with hall.transaction(NOW) as tx:
        brought = bring_payout_file(tx, GENERIC, data, name="6月.csv", by="kaikei")
        assert (kinds(brought), brought.new) == (told, 3)
        assert brought.findings.count(MatchKind.agreed) == 1
    with hall.transaction(NOW) as tx:
        again = bring_payout_file(tx, GENERIC, data, name="6月.csv", by="kaikei")
        assert (kinds(again), again.new, again.known) == (told[1:], 0, 3)
        assert [each.entries for each in list_payout_files(tx, "generic", limit=9)] == [3]
        pay(tx, "late", 900, card("T-9"))
        assert ("agreed", "late") in kinds(bring_payout_file(tx, GENERIC, data, name="6月.csv", by="kaikei"))
    with hall.reading(NOW) as tx:
        assert find_differences(tx, GENERIC).count(MatchKind.missing_here) == 0


def test_a_file_that_overlaps_another_brings_only_what_is_new_and_a_double_is_told(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        bring_payout_file(tx, GENERIC, file(line("T-0", 1_000)), name="a", by="kaikei")
        longer = file(line("T-0", 1_000), line("T-1", 2_000), line("T-1", 2_000), line("T-2", 3_000, day=21))
        brought = bring_payout_file(tx, GENERIC, longer, name="b", by="kaikei")
    assert (brought.new, brought.known) == (3, 1)
    assert kinds(brought) == [("agreed", "p1"), ("agreed", "p2"), ("doubled_there", "T-1")]


def test_what_is_younger_than_the_file_is_awaited(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        brought = bring_payout_file(tx, GENERIC, file(line("T-0", 1_000, day=19)), name="a", by="kaikei")
    assert kinds(brought) == [("agreed", "p0"), ("awaited", "p1"), ("awaited", "p2")]
    with hall.transaction(NOW + timedelta(days=30)) as tx:
        brought = bring_payout_file(tx, GENERIC, file(line("T-7", 10, day=31)), name="b", by="kaikei")
    assert kinds(brought) == [("missing_there", "p1"), ("missing_there", "p2"), ("missing_here", "T-7")]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x82\xa0\xff", ["file:unreadable"]),
        (b"", ["file:headings_missing"]),
        (file("x", head="利用日,伝票番号,利用額\r\n"), ["file:headings_missing"]),
        (file("2026/05/20,T"), ["file:columns_missing"]),
        (
            file("2026-05-20,T,100,3,97,,x", line("T", 5), "2026/05/20,T,1e3,3,97,,x"),
            ["利用日:unreadable", "利用額:unreadable"],
        ),
        (file("2026/05/20,T,100,3,96,,x"), ["利用額:sums_differ"]),
        (file(f"2026/05/20,{'T' * 101},100,3,97,,x"), ["伝票番号:too_long"]),
        (file('2026/05/20,T,"1,00",3,97,,x'), ["利用額:unreadable"]),
        (file("2026/05/20,T,9999999999,0,9999999999,,x"), ["利用額:out_of_range"]),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_line_and_column(data: bytes, told: list[str]) -> None:
    with pytest.raises(FeeFaultsError) as error:
        read_payout_file(data, GENERIC)
    assert [f"{fault.field}:{fault.why}" for fault in error.value.faults] == told
    assert all("line" in fault.values for fault in error.value.faults if fault.field != "file")


def test_amounts_are_read_as_they_are_written() -> None:
    data = file('2026/05/20,A,"¥1,000",0,1000円,,x', "2026/05/20,B,▲500,-15,-485,,x")
    lines = read_payout_file(data, GENERIC)
    assert [(number, each.gross_yen, each.commission_yen, each.net_yen) for number, each in lines] == [
        (2, 1_000, 0, 1_000),
        (3, -500, -15, -485),
    ]


def test_other_layouts_know_refunds_by_a_column_and_states_by_words() -> None:
    refunds = load_layout("generic_refund_column")
    text = "利用日,伝票番号,区分,利用額,手数料,手数料消費税,入金日\r\n2026/05/20,A,売上,1000,30,3,2026/06/15\r\n"
    text += "2026/05/21,A,返品,1000,30,3,\r\n"
    told = [(each.gross_yen, each.net_yen) for _, each in read_payout_file(text.encode("cp932"), refunds)]
    assert told == [(1_000, 967), (-1_000, -967)]
    history = load_layout("paypay_history")
    text = "取引番号,取引ステータス,取引日時,取引金額\r\n1,取引完了,2026/05/20 19:00:00,500\r\n"
    text += "2,取引失敗,2026/05/20 19:01:00,500\r\n3,返金完了,2026/05/21 10:00:00,-500\r\n"
    assert [each.gross_yen for _, each in read_payout_file(text.encode(), history)] == [500, -500]


def test_layouts_are_found_by_name_or_brought_by_the_city(tmp_path: Path) -> None:
    assert list_layouts() == ("generic", "generic_refund_column", "paypay_history")
    with pytest.raises(FeeFaultsError):
        load_layout("../secret")
    own = tmp_path / "own.toml"
    own.write_text(
        'name="own"\ntitle="t"\nsource="s"\nmethods=["card"]\nreference="r"\nused_on="d"\ngross="g"\n', encoding="utf-8"
    )
    assert load_city_layout(own).headings == ("r", "d", "g")
    for text, told in (
        (own.read_bytes().replace(b"card", b"cash"), "methods"),
        (b"\xff", "TOML"),
        (b"#" * 100_001, "100000"),
        (b'name="Bad Name"', "name"),
    ):
        with pytest.raises(LayoutError, match=told):
            parse_layout(text, "own.toml")
    with pytest.raises(LayoutError, match="cannot be read"):
        load_city_layout(tmp_path / "none.toml")


def test_a_city_s_own_layouts_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    assert tuple(load_layouts()) == list_layouts() == tuple(load_layouts(tmp_path))
    (tmp_path / "ours.toml").write_text(shipped("generic").replace('name = "generic"', 'name = "ours"'))
    (tmp_path / "notes.txt").write_text("x")
    assert set(load_layouts(tmp_path)) == {*list_layouts(), "ours"}
    (tmp_path / "again.toml").write_text(shipped("generic"))
    with pytest.raises(LayoutError, match=r"again.toml: name: generic"):
        load_layouts(tmp_path)
    (tmp_path / "again.toml").write_text("name = 1")
    with pytest.raises(LayoutError, match=r"again.toml: name"):
        load_layouts(tmp_path)


def shipped(name: str) -> str:
    return (Path(layout_module.__file__).parent / "layouts" / f"{name}.toml").read_text()
