"""A person's word about a file from HR: handed in sealed, columns told, agreed by another, refused with a reason."""

from datetime import date

from contract.hr_file import open_hr_file
from gateway.operations.attendance.hand_in_hr_file import HandedIn, HrFileFault, agree, hand_in, refuse, say_columns
from store.hr_files import HrFileState, load_content, load_hr_file, save_preview
from store.hr_sources import load_column_mapping
from store.hr_summary import HrSummary
from store.tx import Store
from tests.sync.desks import DECEMBER, KEY

TODAY = date(2025, 12, 3)
APRIL = date(2026, 4, 1)


def handed_in(store: Store, state: HrFileState, summary: HrSummary) -> int:
    with store.transaction(DECEMBER) as tx:
        given = HandedIn("staff", "shokuin.xlsx", b"data", APRIL, bytes(12))
        file_id, faults = hand_in(tx, KEY, given, today=TODAY, by="jinji")
        assert faults == []
        assert file_id is not None
        save_preview(tx, file_id, state, summary)
    return file_id


def test_a_file_is_sealed_and_the_same_one_again_is_one(store: Store) -> None:
    given = HandedIn("staff", "shokuin.xlsx", b"data", APRIL, bytes(12))
    with store.transaction(DECEMBER) as tx:
        first, second = (hand_in(tx, KEY, given, today=TODAY, by="jinji") for _ in range(2))
        assert first == second
        assert first[0] is not None
        assert open_hr_file(KEY, load_content(tx, first[0])) == b"data"
        file = load_hr_file(tx, first[0])
    assert file is not None
    assert (file.state, file.source, file.brought_by) == (HrFileState.brought, "desk", "jinji")


def test_every_fault_is_told_at_once(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        told = hand_in(tx, KEY, HandedIn("pay", "x", b"", date(2025, 12, 2), bytes(12)), today=TODAY, by="jinji")
    assert told == (None, [HrFileFault.no_kind, HrFileFault.empty, HrFileFault.past])


def test_columns_are_told_once_and_of_the_file_alone(store: Store) -> None:
    summary = HrSummary(headings=("コード", "氏名"), fields=("name", "staff_no"))
    file_id = handed_in(store, HrFileState.unmapped, summary)
    with store.transaction(DECEMBER) as tx:
        wrong = {"コード": "blood", "血液型": "name", "氏名": "name"}
        assert say_columns(tx, file_id, wrong, by="jinji") == [
            HrFileFault.no_heading, HrFileFault.no_field, HrFileFault.doubled_field,
        ]  # fmt: skip
        assert say_columns(tx, file_id, {"コード": "staff_no", "氏名": ""}, by="jinji") == []
        assert say_columns(tx, file_id, {}, by="jinji") == [HrFileFault.not_waiting]
        assert say_columns(tx, 99, {}, by="jinji") == [HrFileFault.no_file]
        saved = load_column_mapping(tx, "staff", "desk")
    assert saved is not None
    assert saved.headings == {"コード": "staff_no", "氏名": ""}


def test_another_person_agrees_once(store: Store) -> None:
    file_id = handed_in(store, HrFileState.waits, HrSummary(percent=50))
    with store.transaction(DECEMBER) as tx:
        assert agree(tx, file_id, by="jinji") is HrFileFault.same_person
        assert agree(tx, file_id, by="buchou") is None
        assert agree(tx, file_id, by="kachou") is HrFileFault.not_waiting
        assert agree(tx, 99, by="buchou") is HrFileFault.no_file


def test_a_file_is_refused_with_a_reason_and_forgotten(store: Store) -> None:
    file_id = handed_in(store, HrFileState.previewed, HrSummary(added=1))
    with store.transaction(DECEMBER) as tx:
        assert refuse(tx, file_id, by="jinji", reason=" ") is HrFileFault.no_reason
        assert refuse(tx, file_id, by="jinji", reason="x" * 501) is HrFileFault.long_reason
        assert refuse(tx, file_id, by="jinji", reason="別の月") is None
        assert refuse(tx, file_id, by="jinji", reason="別の月") is HrFileFault.is_over
        assert refuse(tx, 99, by="jinji", reason="別の月") is HrFileFault.no_file
        file = load_hr_file(tx, file_id)
        assert load_content(tx, file_id) == b""
    assert file is not None
    assert (file.state, file.settled_by, file.summary.faults) == (HrFileState.refused, "jinji", ("別の月",))
