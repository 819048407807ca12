"""Trainings and drills: entered by hand or from a file, all of it or nothing, the same again without harm."""

from datetime import date, timedelta

import pytest

from contract.training_file import read_attendance_file, read_drill_file
from domain.notices.lapse_notice import LapseKind, list_subjects, name_message
from domain.notices.message import Message
from domain.zones.training import Attendance, Training
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from gateway.operations.zones.enter_drill import bring_drill, enter_drill_failures, make_good, preview_drill
from gateway.operations.zones.keep_training import keep_training
from gateway.operations.zones.take_trainings import bring_attendances, enter_attendances, preview_attendances
from gateway.zones.refused_lines import RefusedLinesError
from gateway.zones.tier_news import TIER_CHANGED
from store.messages import count_unread, insert_messages
from store.outbox import list_unsent
from store.people import Department, Person, upsert_departments, upsert_persons
from store.trainings import list_attendances, list_drills, list_open_drills, list_trainings
from store.tx import Store, Tx
from tests.domain.zones.cases import NOW, TODAY

SECURITY = Training("security", "情報セキュリティ研修", "Security", 12)
FILE = f"職員番号,研修,受講日,結果\nS1,security,{TODAY:%Y/%m/%d},合格\ns2,security,2025-04-01,不合格\n".encode("cp932")
DRILL = (
    f"職員番号,訓練日,結果,再受講日\ns1,2025-10-01,開封,{TODAY}\ns2,2025-10-01,クリック,\ns3,2025-10-01,なし,\n"
).encode()


@pytest.fixture(autouse=True)
def people(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("tax", "税務課")])
        upsert_persons(tx, [Person(each, each, "", "tax") for each in ("s1", "s2", "s3")])
        keep_training(tx, SECURITY)


def changed(tx: Tx) -> list[str]:
    return [each.notice.subject for each in list_unsent(tx, limit=100) if each.notice.kind == TIER_CHANGED]


def test_a_training_is_kept_and_everybody_is_decided_again(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert not keep_training(tx, SECURITY)
        assert keep_training(tx, Training("security", "情報セキュリティ研修", "Security", 24))
        assert [each.months for each in list_trainings(tx)] == [24]
        assert changed(tx) == ["", ""]
        with pytest.raises(ZoneFaultsError) as refused:
            keep_training(tx, Training("A b", " ", "x" * 81, 0))
    fields = [(each.field, each.why) for each in refused.value.faults]
    assert fields == [
        ("id", ZoneWhy.malformed),
        ("name", ZoneWhy.no_words),
        ("name_en", ZoneWhy.too_long),
        ("months", ZoneWhy.malformed),
    ]


def test_a_whole_department_is_entered_at_once_and_told_of_once(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert enter_attendances(tx, "security", ["s1", "s2"], TODAY, by="hr") == 2
        assert enter_attendances(tx, "security", ["s1", "s2"], TODAY, by="hr") == 0
        assert changed(tx) == ["", "s1", "s2"]
        assert list_attendances(tx, ["s1"]) == {"s1": [Attendance("s1", "security", TODAY)]}


@pytest.mark.parametrize(
    ("training", "who", "on", "why"),
    [
        ("other", ["s1"], TODAY, ZoneWhy.unknown_training),
        ("security", ["s9"], TODAY, ZoneWhy.unknown_person),
        ("security", [], TODAY, ZoneWhy.no_rows),
        ("security", ["s1"], TODAY + timedelta(days=1), ZoneWhy.ahead),
        ("security", ["s1"], None, ZoneWhy.malformed),
    ],
    ids=["training", "person", "nobody", "ahead", "no day"],
)
def test_what_cannot_be_entered(store: Store, training: str, who: list[str], on: date | None, why: ZoneWhy) -> None:
    with store.transaction(NOW) as tx, pytest.raises(ZoneFaultsError) as refused:
        enter_attendances(tx, training, who, on, by="hr")
    assert [each.why for each in refused.value.faults] == [why]


def test_a_file_is_taken_once(store: Store) -> None:
    rows, faulty = read_attendance_file(FILE)
    assert faulty == []
    with store.transaction(NOW) as tx:
        assert len(preview_attendances(tx, rows).new) == 2
        assert bring_attendances(tx, rows, by="hr") == 2
        again = preview_attendances(tx, rows)
        assert (again.new, again.standing) == ((), 2)
        assert bring_attendances(tx, rows, by="hr") == 0
        assert changed(tx) == ["", "s1", "s2"]
        assert list_attendances(tx, ["s2"])["s2"] == [Attendance("s2", "security", date(2025, 4, 1), passed=False)]


def test_one_wrong_line_keeps_a_file_out(store: Store) -> None:
    text = f"person_id,training_id,attended_on\ns1,security,{TODAY}\ns9,other,{TODAY + timedelta(days=1)}\n"
    rows, _ = read_attendance_file(text.encode())
    with store.transaction(NOW) as tx, pytest.raises(RefusedLinesError) as refused:
        bring_attendances(tx, rows, by="hr")
    [line] = refused.value.faulty
    assert line.line == 3
    assert [each.field for each in line.faults] == ["person_id", "training_id", "attended_on"]
    with store.reading(NOW) as tx:
        assert list_attendances(tx, ["s1"]) == {}


def test_whoever_renews_is_reminded_no_more(store: Store) -> None:
    kind = name_message(LapseKind.training)
    old = TODAY - timedelta(days=350)
    with store.transaction(NOW) as tx:
        enter_attendances(tx, "security", ["s1", "s2"], old, by="hr")
        subject = list_subjects("security", old.replace(year=old.year + 1))[0]
        insert_messages(tx, [Message(each, kind, subject, "/network") for each in ("s1", "s2")])
        enter_attendances(tx, "security", ["s1"], TODAY, by="hr")
        assert [count_unread(tx, each) for each in ("s1", "s2")] == [0, 1]


def test_a_drill_is_entered_and_made_good(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert enter_drill_failures(tx, ["s1", "s2"], TODAY, by="hr") == 2
        assert enter_drill_failures(tx, ["s1", "s2"], TODAY, by="hr") == 0
        assert make_good(tx, "s1", TODAY) == 1
        assert make_good(tx, "s1", TODAY) == 0
        assert list_open_drills(tx, ["s1", "s2"]) == {"s2"}
        assert changed(tx) == ["", "s1", "s2", "s1"]
        for people, on, why in (
            (["s9"], TODAY, "unknown_person"),
            ([], TODAY, "no_rows"),
            (["s1"], TODAY + timedelta(days=1), "ahead"),
            (["s1"], None, "malformed"),
        ):
            with pytest.raises(ZoneFaultsError, match=why):
                enter_drill_failures(tx, people, on, by="hr")
        for on, why in ((TODAY + timedelta(days=1), "ahead"), (None, "malformed")):
            with pytest.raises(ZoneFaultsError, match=why):
                make_good(tx, "s1", on)


def test_a_drills_file_is_taken_once(store: Store) -> None:
    rows, faulty = read_drill_file(DRILL)
    assert faulty == []
    with store.transaction(NOW) as tx:
        seen = preview_drill(tx, rows)
        assert ([each.person_id for each in seen.fell], [each.person_id for each in seen.made_good]) == (
            ["s1", "s2"],
            ["s1"],
        )
        assert seen.standing == 1
        assert bring_drill(tx, rows, by="hr") == 2
        assert bring_drill(tx, rows, by="hr") == 0
        assert [(each.person_id, each.made_good_on) for each in list_drills(tx, ["s1", "s2", "s3"])] == [
            ("s1", TODAY),
            ("s2", None),
        ]
        later, _ = read_drill_file(f"職員番号,訓練日,再受講日\ns2,2025-10-01,{TODAY}\n".encode())
        assert bring_drill(tx, later, by="hr") == 1
        assert list_open_drills(tx, ["s1", "s2"]) == frozenset()


def test_a_drills_file_names_its_wrong_lines(store: Store) -> None:
    ahead = TODAY + timedelta(days=1)
    text = f"職員番号,訓練日,再受講日\ns9,{ahead},\ns1,2025-10-02,2025-10-01\ns1,2025-10-02,{ahead}\n"
    rows, _ = read_drill_file(text.encode())
    with store.transaction(NOW) as tx, pytest.raises(RefusedLinesError) as refused:
        bring_drill(tx, rows, by="hr")
    assert [(each.line, [fault.why for fault in each.faults]) for each in refused.value.faulty] == [
        (2, [ZoneWhy.unknown_person, ZoneWhy.ahead]),
        (3, [ZoneWhy.ends_first]),
        (4, [ZoneWhy.ahead]),
    ]
