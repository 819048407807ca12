"""The import of bookings without a browser: looked through, brought in once, or refused line by line."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from gateway.operations.identity.roles import Role
from store.booking_search import Sought, search_bookings
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.houses import build_houses

SignIn = Callable[[Role], TestClient]
HEAD = "予約番号,部屋,利用日,開始,終了,氏名・団体名,利用者区分,人数,利用目的,状態"
GOOD = (
    f"{HEAD}\nold-1,meeting-2,2025-11-27,10:00,12:00,句会,resident,8,句会,許可済\n"
    "old-2,washitsu,2025-11-28,10:00,12:00,句会,resident,8,茶会,申請中\n"
)


@pytest.fixture(autouse=True)
def houses(city: City) -> None:
    build_houses(city)


def look(client: TestClient, text: str | bytes) -> Response:
    data = text if isinstance(text, bytes) else text.encode("cp932")
    form = {"csrf": csrf_of(client), "act": "look"}
    return client.post("/bookings/import", data=form, files={"file": ("old.csv", data, "text/csv")})


def bring(client: TestClient, kept: str) -> Response:
    return client.post("/bookings/import", data={"csrf": csrf_of(client), "act": "bring", "kept": kept})


def kept_in(answer: Response) -> str:
    return answer.text.partition('name="kept" value="')[2].partition('"')[0]


def count(city: City) -> int:
    with city.store.reading(city.clock()) as tx:
        return search_bookings(tx, Sought(text="句会"), limit=9)[1]


def test_a_file_is_looked_through_and_then_brought_in_once(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    looked = look(desk, GOOD)
    assert looked.status_code == 200
    assert "2件を取り込む" in looked.text
    assert count(city) == 0
    assert bring(desk, kept_in(looked)).headers["location"] == "/bookings/import?brought=2"
    assert count(city) == 2
    assert bring(desk, kept_in(looked)).headers["location"] == "/bookings/import?stood=1"
    assert count(city) == 2
    assert "2件の予約を取り込みました" in desk.get("/bookings/import?brought=2").text


def test_one_wrong_line_keeps_all_of_them_out(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    bad = look(
        desk,
        GOOD
        + "old-3,hall,2025-11-29,25:99,12:00,句会,resident,8,会\n"
        + "old-4,study,2025-11-29,10:00,12:00,句会,resident,8,会\n",
    )
    assert bad.status_code == 422
    for said in ("取り込めない行が 2行", "HH:MM", "その部屋はありません", ">4<", ">5<"):
        assert said in bad.text, said
    assert 'name="kept"' not in bad.text
    with_taken = look(desk, GOOD + "old-5,washitsu,2025-11-22,13:00,14:00,句会,resident,8,会,許可済\n")
    assert "予約済みです" in with_taken.text
    assert count(city) == 0


def test_what_was_taken_since_it_was_looked_at_is_told(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    mine = look(desk, GOOD)
    other = GOOD.replace("old-", "new-").replace("句会,resident", "歌会,resident")
    assert bring(desk, kept_in(look(desk, other))).status_code == 303
    answer = bring(desk, kept_in(mine))
    assert (answer.status_code, "予約済みです" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "列 予約番号"),
        (b"\x81\xff", "UTF-8 / Shift_JIS"),
        ("予約番号,部屋\na,b\n", "列 利用日"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MiB"),
    ],
    ids=("empty", "bytes", "columns", "large"),
)
def test_what_is_no_such_file_is_said_beside_the_field(sign_in_as: SignIn, data: str | bytes, said: str) -> None:
    answer = look(sign_in_as(Role.facility_desk), data)
    assert (answer.status_code, 'id="file-fault"' in answer.text, said in answer.text) == (422, True, True)


def test_what_the_page_did_not_write_is_refused(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    for kept in ("", "%%%", b64encode(b"no zlib").decode()):
        assert bring(desk, kept).status_code == 422, kept


def test_only_a_counter_brings_bookings_in(sign_in_as: SignIn) -> None:
    for role in (Role.employee, Role.auditor, Role.hr):
        assert sign_in_as(role).get("/bookings/import").status_code == 403
