"""Overtime by department and person: only of those one may see, the nearest to a cap first, the same as a file."""

import csv
import io
import re

from gateway.operations.identity.roles import Role
from tests.pages.booked import ISHII, work_late
from tests.pages.city import City
from tests.pages.divergent import look


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _near(text: str) -> str:
    return _plain(text.split('id="near"')[1].split("</section>", maxsplit=1)[0])


def _departments(text: str) -> str:
    return _plain(text.split('id="departments"')[1].split("</section>", maxsplit=1)[0])


def _busy(city: City) -> None:
    work_late(city, ISHII, range(1, 23), "20:30", month=10)  # 52 hours
    work_late(city, "s0005", range(1, 17), "20:30", month=10)  # 39 hours
    work_late(city, "s0005", range(1, 31), "21:30", month=9)
    look(city)


def test_hr_sees_every_department_and_who_is_near_a_cap(city: City, sign_in_as) -> None:
    _busy(city)
    for role in (Role.hr, Role.auditor):
        text = sign_in_as(role).get("/attendance/overtime?period=2025-10").text
        near = _near(text)
        assert "（2人、上限の80%から）" in near
        assert near.index("石井 健太") < near.index("髙橋 美咲")
        assert "超過 この月の超過勤務（原則の上限） 52.00 ／上限 45.00" in near
        assert "上限に近い この月の超過勤務（原則の上限） 39.00 ／上限 45.00" in near
        assert "総務課 3 17.20" in _departments(text)
        assert "情報政策課 2 19.30" in _departments(text)
        assert 'href="/people/s0002/months/2025-10"' in text


def test_a_head_sees_the_own_department_alone(city: City, sign_in_as) -> None:
    _busy(city)
    text = sign_in_as(Role.head).get("/attendance/overtime?period=2025-10").text
    assert "石井 健太" in _near(text)
    assert "髙橋 美咲" not in text
    assert "情報政策課" not in _departments(text)
    assert "情報政策課" not in sign_in_as(Role.head).get("/attendance/overtime/file?period=2025-10").text


def test_others_do_not_see_it(sign_in_as) -> None:
    for role in (Role.employee, Role.facility_admin, Role.operator):
        for path in ("/attendance/overtime", "/attendance/overtime/file"):
            assert sign_in_as(role).get(path).status_code == 403


def test_the_year_adds_its_months_up_to_the_one_shown(city: City, sign_in_as) -> None:
    _busy(city)
    client = sign_in_as(Role.hr)
    september = _departments(client.get("/attendance/overtime?period=2025-09").text)
    october = _departments(client.get("/attendance/overtime?period=2025-10").text)
    assert "2025-04 から 2025-09" in september
    assert "2025-04 から 2025-10" in october
    assert "52.00" not in september
    assert "132.30" in october  # September's 93.30 and October's 39.00 of one person


def test_what_is_not_counted_yet_says_so(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.hr)
    text = _plain(client.get("/attendance/overtime?period=2025-10").text)
    assert "この月はまだ集計していません" in text
    assert "見ることのできる部署の集計がまだありません" in text
    look(city)
    text = _plain(client.get("/attendance/overtime?period=2025-10").text)
    assert "5人のうち5人を数えました" in text
    assert "上限に近い人はいません。" in text


def test_the_file_holds_what_the_table_shows(city: City, sign_in_as) -> None:
    _busy(city)
    client = sign_in_as(Role.hr)
    answer = client.get("/attendance/overtime/file?period=2025-10")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["部署番号", "部署", "人数"]
    assert ["joho", "情報政策課", "2", "39.00", "19.30", "39.00"] in [row[:6] for row in rows]
    cp932 = client.get("/attendance/overtime/file?period=2025-10&encoding=cp932").content.decode("cp932")
    assert "総務課" in cp932


def test_what_is_no_month_is_no_page(sign_in_as) -> None:
    client = sign_in_as(Role.hr)
    assert client.get("/attendance/overtime?period=2025-13").status_code == 404
    assert client.get("/attendance/overtime?period=" + "9" * 40).status_code == 400
