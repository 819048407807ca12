"""The register of terminals: by hand, from a file, with certificates, and ended for good; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract.terminal_file import TerminalRow, read_certificates, read_terminal_file
from domain.civil import civil_minute, instant
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from gateway.operations.zones.end_terminal import end_terminal_now
from gateway.operations.zones.keep_terminal import (
    Premises,
    bring_terminals,
    keep_terminal,
    preview_terminals,
    take_certificates,
)
from gateway.zones.refused_lines import RefusedLinesError
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import list_unsent
from store.people import Department, Person, upsert_departments, upsert_persons
from store.terminals import EndedFor, KeptTerminal, list_terminals, load_terminal
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, NOW

PREMISES = Premises({LGWAN: frozenset({"LGWAN接続系"})}, frozenset({"seat_in"}))
SINCE = instant(civil_minute(NOW)[0], 0)
FILE = (
    "端末番号,名称,系,種類,MACアドレス,管理者,席の読取機\n"
    "PC-001.city,窓口端末,LGWAN接続系,pc,,S1,seat_in\n"
    "prn-1,複合機,lgwan,printer,00:00:5E:00:53:01,,\n"
)


@pytest.fixture(autouse=True)
def people(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("tax", "税務課")])
        upsert_persons(tx, [Person("s1", "s1", "", "tax")])


def changed(tx: Tx) -> list[str]:
    return [each.notice.subject for each in list_unsent(tx, limit=100) if each.notice.kind == TIER_CHANGED]


def certificate(name: str, days: int = 365, serial: int = 0xAB12) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), serial, NOW, NOW + timedelta(days=days))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def row(**told: object) -> TerminalRow:
    return TerminalRow.model_validate({"id": "pc-1", "name": "端末", "tier_id": LGWAN, "terminal_class": "pc"} | told)


def test_a_file_is_taken_once_and_empty_cells_change_nothing(store: Store) -> None:
    rows, faulty = read_terminal_file(FILE.encode("cp932"))
    assert faulty == []
    desk = KeptTerminal("PC-001.city", "窓口端末", LGWAN, "pc", SINCE, kept_by="s1", seat_point_id="seat_in")
    printer = KeptTerminal("prn-1", "複合機", LGWAN, "printer", SINCE, mac="00005e005301")
    with store.transaction(NOW) as tx:
        assert bring_terminals(tx, rows, PREMISES) == 2
        assert list_terminals(tx) == [desk, printer]
        assert bring_terminals(tx, rows, PREMISES) == 0
        assert changed(tx) == [""]
        fewer, _ = read_terminal_file("端末番号,名称,系,種類\nprn-1,複合機２,lgwan,printer\n".encode())
        seen = preview_terminals(tx, fewer, PREMISES)
        assert (seen.new, seen.standing) == ((), 0)
        assert [(each.name, each.mac) for each in seen.changed] == [("複合機2", "00005e005301")]


def test_wrong_lines_keep_a_file_out(store: Store) -> None:
    with store.transaction(NOW) as tx:
        keep_terminal(tx, row(mac="00005e005301"), PREMISES)
        rows, _ = read_terminal_file(
            "端末番号,名称,系,種類,MACアドレス,管理者,席の読取機\n"
            "p-1,a,no,pc,,s9,nowhere\np-2,a,lgwan,pc,00-00-5e-00-53-01,,\np-3,a,lgwan,pc,00005e005302,,\n"
            "p-4,a,lgwan,pc,00005e005302,,\n".encode()
        )
        with pytest.raises(RefusedLinesError) as refused:
            bring_terminals(tx, rows, PREMISES)
    assert [(each.line, [(fault.field, fault.why) for fault in each.faults]) for each in refused.value.faulty] == [
        (2, [("tier_id", ZoneWhy.unknown_tier), ("kept_by", ZoneWhy.unknown_person),
             ("seat_point_id", ZoneWhy.unknown_point)]),
        (3, [("mac", ZoneWhy.taken_address)]),
        (4, [("mac", ZoneWhy.taken_address)]),
        (5, [("mac", ZoneWhy.taken_address)]),
    ]  # fmt: skip


def test_a_form_empties_what_it_shows_empty(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert keep_terminal(tx, row(mac="00005e005301", kept_by="s1", seat_point_id="seat_in"), PREMISES)
        assert keep_terminal(tx, row(mac=None, kept_by=None, seat_point_id=None), PREMISES)
        assert not keep_terminal(tx, row(mac=None), PREMISES)
        assert load_terminal(tx, "pc-1") == KeptTerminal("pc-1", "端末", LGWAN, "pc", SINCE)


def test_certificates_give_days_and_number(store: Store) -> None:
    with store.transaction(NOW) as tx:
        keep_terminal(tx, row(), PREMISES)
        both = read_certificates(certificate("pc-1", 30, 7) + certificate("pc-1"))
        assert take_certificates(tx, both) == 1
        assert take_certificates(tx, both) == 0
        kept = load_terminal(tx, "pc-1")
        assert kept is not None
        assert (kept.certificate_serial, kept.certificate_until) == ("ab12", NOW + timedelta(days=365))
        assert keep_terminal(tx, row(name="別名"), PREMISES)
        assert (load_terminal(tx, "pc-1") or kept).certificate_serial == "ab12"
        with pytest.raises(ZoneFaultsError, match="unknown_terminal"):
            take_certificates(tx, read_certificates(certificate("pc-2")))
        with pytest.raises(ZoneFaultsError, match="no_rows"):
            take_certificates(tx, [])


def test_what_is_no_certificate_is_refused() -> None:
    for data, why in (
        (b"-----BEGIN PRIVATE KEY-----", "private_key"),
        (b"nothing", "malformed"),
        (b"x" * (1024 * 1024 + 1), "malformed"),
    ):
        with pytest.raises(ZoneFaultsError, match=why):
            read_certificates(data)


def test_what_was_lost_never_comes_back_under_its_name(store: Store) -> None:
    with store.transaction(NOW) as tx:
        keep_terminal(tx, row(), PREMISES)
        end_terminal_now(tx, "pc-1", EndedFor.lost, by="ueda")
        ended = load_terminal(tx, "pc-1")
        assert ended is not None
        assert (ended.issued_until, ended.ended_for, ended.ended_by) == (NOW, EndedFor.lost, "ueda")
        assert changed(tx) == ["", ""]
        for act in (
            lambda: end_terminal_now(tx, "pc-1", EndedFor.disposed, by="ueda"),
            lambda: keep_terminal(tx, row(), PREMISES),
            lambda: take_certificates(tx, read_certificates(certificate("pc-1"))),
        ):
            with pytest.raises(ZoneFaultsError, match="was_ended"):
                act()
        with pytest.raises(LookupError):
            end_terminal_now(tx, "pc-9", EndedFor.lost, by="ueda")


def test_days_are_read_as_spreadsheets_write_them() -> None:
    [(_, read)], _ = read_terminal_file("端末番号,名称,系,種類,使用開始日\np,a,lgwan,pc,2025/4/1\n".encode())
    assert read.issued_on is not None
    assert instant(read.issued_on, 0) == datetime(2025, 3, 31, 15, tzinfo=UTC)
