"""Stand-ins and orders as pages: what is refused says why beside its field, and nothing is kept then."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from gateway.operations.attendance.name_stand_in import name_stand_in
from gateway.operations.identity.roles import Role
from store.delegations import list_delegations_of
from store.messages import list_messages
from store.orders import OvertimeOrder, list_orders
from tests.pages.asked import CLEAR, put_asked
from tests.pages.city import NOW, City
from tests.pages.conftest import csrf_of, send, told

ORDER = {"on": "2025-11-21", "starts": "17:15", "ends": "20:00", "reason": "庁舎の停電対応"}
REQUEST = "0123456789abcdef"


def orders(city: City, day: date = date(2025, 11, 21)) -> list[OvertimeOrder]:
    since = NOW.replace(year=day.year, month=day.month, day=day.day, hour=0)
    with city.store.reading(city.clock()) as tx:
        return list_orders(tx, None, since=since, until=since + timedelta(days=2))


def test_several_are_ordered_at_once_told_of_it_and_listed(city: City, sign_in_as) -> None:
    head: TestClient = sign_in_as(Role.head)
    form = head.get("/attendance/orders/new?person=s0002").text
    assert 'value="s0002" checked' in form
    assert "青木 太郎 <span class" not in form  # nobody orders himself
    assert 'name="starts" value="17:15"' in form
    assert send(head, "/attendance/orders", request=REQUEST, people=["s0002", "s0003"], **ORDER) == 303
    assert send(head, "/attendance/orders", request=REQUEST, people=["s0002", "s0003"], **ORDER) == 303  # sent twice
    assert [each.person_id for each in orders(city)] == ["s0002", "s0003"]
    text = head.get("/attendance/orders").text
    assert "これからの命令" in text
    assert text.count("庁舎の停電対応") == 2
    with city.store.reading(city.clock()) as tx:
        assert [each.message.kind for each in list_messages(tx, "s0002")] == ["overtime_ordered"]
    assert send(head, "/attendance/orders/end", order=f"{REQUEST}/s0003") == 303
    assert [each.person_id for each in orders(city)] == ["s0002"]
    assert send(head, "/attendance/orders/end", order="none") == 303


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starts": "x"}, "読み取れません"),
        ({"breaks": "19:00"}, "読み取れません"),
        ({"on": ""}, "読み取れません"),
        ({"people": []}, "一人以上を選んでください"),
        ({"people": ["s0005"]}, "所属の職員ではない人"),
        ({"people": ["s0001"]}, "所属の職員ではない人"),
        ({"ends": "17:00"}, "終わりは始まりより後"),
        ({"starts": "16:30"}, "正規の勤務時間の内です"),
        ({"reason": " "}, "理由を入力してください"),
    ],
    ids=str,
)
def test_what_cannot_be_ordered_is_said_and_kept_in_the_form(
    city: City, sign_in_as, change: dict[str, object], said: str
) -> None:
    head = sign_in_as(Role.head)
    form: dict[str, object] = {"request": REQUEST, "people": ["s0002"], **ORDER, **change}
    text = told(head, "/attendance/orders", **form)
    assert said in text
    assert f'value="{form["ends"]}"' in text
    assert orders(city) == []


def test_of_many_the_one_who_cannot_is_named_and_nobody_is_ordered(city: City, sign_in_as) -> None:
    put_asked(city)  # 上田 asked for these hours himself
    text = told(sign_in_as(Role.head), "/attendance/orders", request=REQUEST, people=["s0002", "s0003"], **ORDER)
    assert "全員には命じられません" in text
    assert "<strong>上田 翔</strong>" in text
    assert "<strong>石井 健太</strong>" not in text
    assert orders(city) == []


def test_whoever_leads_nobody_finds_no_orders(city: City, sign_in_as) -> None:
    employee, desk = sign_in_as(Role.employee), sign_in_as(Role.operator)
    for client in (employee, desk):
        assert client.get("/attendance/orders").status_code == 404
        assert client.get("/attendance/orders/new").status_code == 404
    form = {"csrf": csrf_of(employee), "request": REQUEST, "people": ["s0003"], **ORDER}
    assert employee.post("/attendance/orders", data=form).status_code == 404
    with city.store.transaction(city.clock()) as tx:
        name_stand_in(tx, "s0001", "s0002", NOW.date(), NOW.date(), by="aoki")
    assert send(employee, "/attendance/orders", request=REQUEST, people=["s0003"], **ORDER) == 303
    assert [each.ordered_by for each in orders(city)] == ["s0002"]


def test_an_order_of_another_s_people_is_not_ended(city: City, sign_in_as) -> None:
    head, other = sign_in_as(Role.head), sign_in_as(Role.hr)
    assert send(head, "/attendance/orders", request=REQUEST, people=["s0002"], **ORDER) == 303
    assert send(other, "/attendance/orders/end", order=f"{REQUEST}/s0002") == 404
    assert len(orders(city)) == 1


def test_a_stand_in_is_named_listed_and_ended(city: City, sign_in_as) -> None:
    put_asked(city)
    head = sign_in_as(Role.head)
    assert "代決者はいません" in head.get("/attendance/stand-ins").text
    days = {"from_on": "2025-11-20", "until_on": "2025-11-25"}
    assert send(head, "/attendance/stand-ins", person="石井健太", **days) == 303
    text = head.get("/attendance/stand-ins").text
    assert "代決中" in text
    assert CLEAR not in sign_in_as(Role.employee).get("/attendance/inbox").text  # his own
    with city.store.reading(city.clock()) as tx:
        (named,) = list_delegations_of(tx, "s0001", limit=5)
    assert send(sign_in_as(Role.hr), f"/attendance/stand-ins/{named.id}/end") == 403
    assert send(head, f"/attendance/stand-ins/{named.id}/end") == 303
    assert send(head, f"/attendance/stand-ins/{named.id}/end") == 404
    assert "これまでの代決者" in head.get("/attendance/stand-ins").text


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"person": "だれか"}, "delegate_id", "その職員が見つかりません"),
        ({"person": "青木"}, "delegate_id", "自分を代決者にはできません"),
        ({"until_on": "2025-11-19"}, "until_on", "期間が正しくありません"),
        ({"until_on": "2027-11-19"}, "until_on", "期間が長すぎます"),
        ({"from_on": ""}, "from_on", "日を入力してください"),
    ],
    ids=str,
)
def test_an_impossible_stand_in_is_told_beside_its_field(
    city: City, sign_in_as, change: dict[str, str], field: str, said: str
) -> None:
    form = {"person": "石井", "from_on": "2025-11-20", "until_on": "2025-11-25"} | change
    text = told(sign_in_as(Role.head), "/attendance/stand-ins", **form)
    assert f'id="fault-{field}"' in text
    assert said in text
    assert f'value="{form["person"]}"' in text
    with city.store.reading(city.clock()) as tx:
        assert list_delegations_of(tx, "s0001", limit=5) == []
