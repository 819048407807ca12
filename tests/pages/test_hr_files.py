"""HR's files on their page: handed in, read by the connector itself, told apart, agreed to by another, refused."""

from collections.abc import Callable
from datetime import date

from fastapi.testclient import TestClient

from gateway.operations.attendance.hand_in_hr_file import HandedIn
from gateway.operations.attendance.hand_in_hr_file import hand_in as operation
from gateway.operations.identity.roles import Role
from store.hr_files import HrFileState, load_hr_file
from sync.jobs.apply_hr_files import apply_ready
from sync.jobs.preview_hr_files import HrDesk, preview_brought
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.profiles import HAGI

TODAY = date(2025, 11, 20)

SignIn = Callable[[Role], TestClient]

HEAD = "職員番号,氏名,フリガナ,所属コード,所属名\n"
STAFF = (
    "s0001,青木 太郎,アオキ タロウ,somu,総務課",
    "s0002,石井 健太,イシイ ケンタ,joho,情報政策課",
    "s0003,上田 翔,ウエダ ショウ,somu,総務課",
    "s0004,江口 花子,エグチ ハナコ,joho,情報政策課",
    "s0005,髙橋 美咲,タカハシ ミサキ,joho,情報政策課",
    "s0006,新田 空,ニッタ ソラ,joho,情報政策課",
)


def staff_file(*lines: str, head: str = HEAD) -> bytes:
    """Write a staff file."""
    return (head + "".join(f"{line}\n" for line in lines or STAFF)).encode()


def hand_in(desk: TestClient, data: bytes, **form: str) -> str:
    """Hand a file in; gives the path of its page."""
    answer = desk.post(
        "/attendance/files",
        data={"csrf": csrf_of(desk), "kind": "staff", "effective_on": "", **form},
        files={"file": ("職員.csv", data, "text/csv")},
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def let_the_connector_look(city: City, *, on: date | None = None, percent_max: int = 30) -> None:
    """Let the connector read what was brought and, with a day, apply what is due."""
    desk = HrDesk(city.store, bytes(32), HAGI, percent_max, city.clock())
    assert preview_brought(desk) == []
    if on:
        apply_ready(desk, on)


def test_a_file_is_read_and_says_what_it_would_change(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    path = hand_in(desk, staff_file(), effective_on="2025-12-01")
    page = desk.get(path).text
    assert "読み取り待ち" in page
    assert f'hx-get="{path}/part"' in page
    let_the_connector_look(city)
    page = desk.get(path).text
    assert "適用日を待っています" in page
    assert "12月1日（月）から適用" in page
    assert "石井 健太" in page
    assert "<td>somu</td><td><strong>joho</strong></td>" in page
    assert "s0006" in page
    assert "職員.csv" in desk.get("/attendance/files").text


def test_columns_that_nobody_knows_are_asked_for_once(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    head = "番号,氏名,フリガナ,所属コード,所属名,血液型\n"
    path = hand_in(desk, staff_file(*(f"{line},A" for line in STAFF), head=head))
    let_the_connector_look(city)
    page = desk.get(path).text
    assert "列の意味を教えてください" in page
    assert page.count("不明</span>") == 2
    doubled = {f"column-{number}": field for number, field in enumerate(["name", "name", "kana", "", "", ""])}
    assert "同じ意味を二つの列に付けています" in told(desk, f"{path}/columns", **doubled)
    fields = ["staff_no", "name", "kana", "department_id", "department_name", ""]
    assert send(desk, f"{path}/columns", **{f"column-{n}": field for n, field in enumerate(fields)}) == 303
    let_the_connector_look(city)
    assert "適用日を待っています" in desk.get(path).text


def test_whoever_handed_a_mass_change_in_cannot_agree(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    path = hand_in(desk, staff_file(*STAFF[:2]))
    let_the_connector_look(city)
    page = desk.get(path).text
    assert "もう一人の同意を待っています" in page
    assert "別の人事担当者が同意してください" in page
    assert "渡した人は同意できません" in told(desk, f"{path}/agree")


def test_a_mass_change_is_applied_once_a_second_person_agreed(city: City, sign_in_as: SignIn) -> None:
    given = HandedIn("staff", "職員.csv", staff_file(*STAFF[:2]), TODAY, bytes(12))
    with city.store.transaction(city.clock()) as tx:
        file_id, _ = operation(tx, bytes(32), given, today=TODAY, by="somebody-else")
    assert file_id is not None
    let_the_connector_look(city)
    desk, path = sign_in_as(Role.hr), f"/attendance/files/{file_id}"
    assert send(desk, f"{path}/agree") == 303
    assert "eguchi が同意しました" in desk.get(path).text
    assert "もう待っていません" in told(desk, f"{path}/agree")
    let_the_connector_look(city, on=TODAY)
    with city.store.reading(city.clock()) as tx:
        file = load_hr_file(tx, file_id)
    assert file is not None
    assert file.state is HrFileState.applied


def test_a_file_is_refused_with_a_sentence_only(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    path = hand_in(desk, staff_file(), effective_on="2025-12-01")
    let_the_connector_look(city)
    assert "理由がありません" in told(desk, f"{path}/refuse", reason=" ")
    assert send(desk, f"{path}/refuse", reason="先月分でした") == 303
    page = desk.get(path).text
    assert "適用しませんでした" in page
    assert "先月分でした" in page
    assert "もう終わっています" in told(desk, f"{path}/refuse", reason="もう一度")


def test_what_is_wrong_in_a_file_is_told_line_by_line(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    path = hand_in(desk, staff_file("s 1,,カナ,somu,総務課"))
    let_the_connector_look(city)
    page = desk.get(path).text
    assert "適用しませんでした" in page
    assert "職員番号" in page


def test_every_fault_of_handing_in_is_told_and_the_choice_stays(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    page = told(desk, "/attendance/files", kind="posts", effective_on="2025-11-19")
    assert "ファイルが空です" in page
    assert "適用する日が過ぎています" in page
    assert '<option value="posts" selected>' in page


def test_the_auditor_reads_and_changes_nothing(city: City, sign_in_as: SignIn) -> None:
    path = hand_in(sign_in_as(Role.hr), staff_file(), effective_on="2025-12-01")
    let_the_connector_look(city)
    auditor = sign_in_as(Role.auditor)
    page = auditor.get(path).text
    assert "変わること" in page
    assert "<form method" not in page.split("<main")[1]
    assert 'enctype="multipart/form-data"' not in auditor.get("/attendance/files").text


def test_there_is_no_other_file(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    assert desk.get("/attendance/files/9").status_code == 404
    assert send(desk, "/attendance/files/9/agree") == 404
