"""決裁: what a card shows, one word each, many at once, who is refused and why, and where nothing can ever wait."""

import re
from datetime import timedelta

import pytest

from domain.attendance.requests import OvertimeRequest
from domain.civil import parse_clock
from domain.workflow.application import Wish
from domain.workflow.states import Act, State
from gateway.operations.attendance.decide_application import decide_application
from gateway.operations.attendance.name_stand_in import name_stand_in
from gateway.operations.identity.roles import Role
from store.applications import Filed, load_application
from tests.pages.asked import AHEAD, CLAIMED, CLEAR, LEAVE, PUNCH, ask, give_leave, on, overtime, put_asked
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told


@pytest.fixture
def asked(city: City) -> City:
    put_asked(city)
    return city


def kept(city: City, name: str) -> Filed:
    with city.store.reading(city.clock()) as tx:
        found = load_application(tx, name)
    assert found is not None
    return found


def word(city: City, name: str, act: str, **more: str) -> dict[str, str]:
    """The form of a card as the page drew it."""
    one = kept(city, name).application
    return {"act": act, "seen": str(len(one.deeds)), "content": one.content_hash, **more}


def decide(city: City, name: str, act: Act, by: str, reason: str = "理由") -> None:
    one = kept(city, name).application
    with city.store.transaction(city.clock()) as tx:
        decide_application(tx, name, Wish(act, by, one.content_hash, len(one.deeds), reason), city.context.rules)


def card_of(text: str, name: str) -> str:
    return next(part for part in text.split("<article")[1:] if f"/attendance/inbox/{name}" in part).split("</article")[
        0
    ]


def words_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_the_longest_waiting_comes_first_with_its_day_and_its_month(asked: City, sign_in_as) -> None:
    text = sign_in_as(Role.head).get("/attendance/inbox").text
    order = [text.index(f'/attendance/inbox/{name}"') for name in (CLAIMED, CLEAR, PUNCH, LEAVE, AHEAD)]
    assert order == sorted(order)
    clear = words_of(card_of(text, CLEAR))
    for said in (
        "石井 健太", "時間外勤務（事後）", "11月11日（火）", "17:15–17:45", "0.30", "窓口の締め処理", "乖離なし",
        "打刻 08:25〜17:45", "室内の扉の記録なし", "いま 6.00", "承認後 6.30",
    ):  # fmt: skip
        assert said in clear
    assert 'class="tl-asked"' in card_of(text, CLEAR)
    assert "limit-bar" in card_of(text, CLEAR)
    assert "いま 12日 → 承認後 10日" in words_of(card_of(text, LEAVE))
    assert "この日はまだ来ていません" in words_of(card_of(text, AHEAD))


def test_what_diverges_is_said_and_is_left_out_of_the_many(asked: City, sign_in_as) -> None:
    text = sign_in_as(Role.head).get("/attendance/inbox").text
    claimed = words_of(card_of(text, CLAIMED))
    assert "命令された時間に在庁の記録がありません 120分 （20:00–22:00）" in claimed
    assert "乖離なし" not in claimed
    chosen = re.findall(r'name="chosen" value="\d+ [0-9a-f]{64} ([0-9a-f]+)"', text)
    assert chosen == [CLEAR, PUNCH, LEAVE, AHEAD]


def test_doors_inside_stand_beside_the_stamps(asked: City, sign_in_as) -> None:
    asked.tap("server_in", "s0002", asked.clock() - timedelta(days=9) + timedelta(minutes=30))
    text = card_of(sign_in_as(Role.head).get("/attendance/inbox").text, CLEAR)
    assert "室内の扉 1回（17:00〜17:00）" in words_of(text)
    assert 'class="tl-inside"' in text


def test_one_word_approves_and_the_next_page_says_so(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    answer = head.post(f"/attendance/inbox/{CLEAR}", data={"csrf": csrf_of(head), **word(asked, CLEAR, "approve")})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/attendance/inbox?done={CLEAR}")
    one = kept(asked, CLEAR).application
    assert (one.state, one.step, one.deeds[-1].by) == (State.submitted, 1, "s0001")  # on to HR
    text = head.get(answer.headers["location"]).text
    assert "石井 健太 さんの申請を承認しました。" in text
    assert CLEAR not in re.findall(r"data-card.*?/attendance/inbox/(\w+)", text, re.DOTALL)
    hr = sign_in_as(Role.hr)
    assert "石井 健太" in hr.get("/attendance/inbox").text
    assert send(hr, f"/attendance/inbox/{CLEAR}", **word(asked, CLEAR, "approve")) == 303
    assert kept(asked, CLEAR).application.state is State.approved


@pytest.mark.parametrize(("act", "state"), [("send_back", State.returned), ("reject", State.rejected)])
def test_no_without_a_sentence(asked: City, sign_in_as, act: str, state: State) -> None:
    head = sign_in_as(Role.head)
    text = told(head, f"/attendance/inbox/{CLEAR}", **word(asked, CLEAR, act, reason="  "))
    assert "理由を一文で書いてください" in text
    assert 'aria-invalid="true" aria-describedby="reason-fault"' in text
    assert "200文字まで" in told(head, f"/attendance/inbox/{CLEAR}", **word(asked, CLEAR, act, reason="あ" * 201))
    assert kept(asked, CLEAR).application.state is State.submitted
    assert send(head, f"/attendance/inbox/{CLEAR}", **word(asked, CLEAR, act, reason="時刻を直してください")) == 303
    assert kept(asked, CLEAR).application.state is state
    assert "時刻を直してください" in head.get(f"/attendance/inbox/{CLEAR}").text


def test_the_second_is_told_who_decided_when(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    old = word(asked, PUNCH, "approve")
    with asked.store.transaction(asked.clock()) as tx:
        name_stand_in(tx, "s0001", "s0003", asked.clock().date(), asked.clock().date(), by="aoki")
    decide(asked, PUNCH, Act.approve, "s0003")
    text = words_of(told(head, f"/attendance/inbox/{PUNCH}", **old))
    assert "ほかの人が先に処理しました" in text
    assert "16:30:00 に 上田 翔 が処理しました（承認）" in text
    assert "上田 翔（青木 太郎 の代決）" in text


def test_what_was_changed_since_it_was_seen_is_not_approved(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    form = word(asked, CLEAR, "approve") | {"content": "0" * 64}
    assert "申請の内容が変わりました" in told(head, f"/attendance/inbox/{CLEAR}", **form)


def test_what_cannot_take_effect_any_more_says_why(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    form = word(asked, LEAVE, "approve")
    give_leave(asked, "s0003", -11)
    text = told(head, f"/attendance/inbox/{LEAVE}", **form)
    assert "いまは承認できません" in text
    assert "残りが足りません" in text
    assert "理由を書いて差し戻せば" in text
    assert "足りません" in words_of(card_of(head.get("/attendance/inbox").text, LEAVE))


def test_many_at_once_and_each_one_s_answer(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    text = head.get("/attendance/inbox").text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', text)
    decide(asked, AHEAD, Act.send_back, "s0001")
    again = told(head, "/attendance/inbox", chosen=chosen)
    assert "承認できなかった申請があります" in again
    assert words_of(again).count("承認しました") == 3
    assert "16:30:00 に 青木 太郎 が処理しました（差戻し）" in again
    states = {name: kept(asked, name).application.state for name in (CLEAR, PUNCH, LEAVE, AHEAD)}
    assert states == {
        CLEAR: State.submitted, PUNCH: State.approved, LEAVE: State.approved, AHEAD: State.returned,
    }  # fmt: skip


def test_when_all_are_approved_the_page_counts_them(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    chosen = re.findall(r'name="chosen" value="([^"]+)"', head.get("/attendance/inbox").text)
    answer = head.post("/attendance/inbox", data={"csrf": csrf_of(head), "chosen": chosen})
    assert answer.headers["location"] == "/attendance/inbox?approved=4"
    assert "4件を承認しました" in head.get(answer.headers["location"]).text
    assert send(head, "/attendance/inbox", chosen="1 x y") == 400


def test_what_was_approved_is_revoked_with_a_reason(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    decide(asked, PUNCH, Act.approve, "s0001")
    assert "決裁を取り消す" in head.get(f"/attendance/inbox/{PUNCH}").text
    assert send(head, f"/attendance/inbox/{PUNCH}", **word(asked, PUNCH, "revoke", reason="別の日でした")) == 303
    assert kept(asked, PUNCH).application.state is State.cancelled


def test_a_wish_to_end_is_agreed_to_one_by_one(asked: City, sign_in_as) -> None:
    decide(asked, LEAVE, Act.approve, "s0001")
    decide(asked, LEAVE, Act.cancel, "s0003", "出勤します")
    head = sign_in_as(Role.head)
    text = head.get("/attendance/inbox").text
    assert "決裁済みのものの取消の申出です" in card_of(text, LEAVE)
    assert f' {LEAVE}"' not in text.split('name="chosen"', 1)[1].split("</form>")[0]
    assert send(head, f"/attendance/inbox/{LEAVE}", **word(asked, LEAVE, "approve")) == 303
    assert kept(asked, LEAVE).application.state is State.cancelled


def test_everything_of_one_and_the_way_to_its_neighbours(asked: City, sign_in_as) -> None:
    head = sign_in_as(Role.head)
    text = head.get(f"/attendance/inbox/{CLEAR}").text
    for said in (
        "職員通用口・入",
        "所属長",
        "人事",
        "江口 花子",
        "5件中 2件目",
        kept(asked, CLEAR).application.content_hash[:12],
    ):
        assert said in text
    assert f'rel="prev" href="/attendance/inbox/{CLAIMED}"' in text
    assert f'rel="next" href="/attendance/inbox/{PUNCH}"' in text
    assert "年度の超過勤務" in text
    answer = head.post(
        f"/attendance/inbox/{CLEAR}", data={"csrf": csrf_of(head), "then": "next", **word(asked, CLEAR, "approve")}
    )
    assert answer.headers["location"] == f"/attendance/inbox/{PUNCH}?done={CLEAR}"


def test_an_own_matter_is_somebody_else_s(asked: City, sign_in_as) -> None:
    own = f"{9:016x}"
    ask(asked, own, "s0001", overtime(21, "17:15", "19:00"))
    head, hr = sign_in_as(Role.head), sign_in_as(Role.hr)
    assert own not in head.get("/attendance/inbox").text
    assert head.get(f"/attendance/inbox/{own}").status_code == 404
    assert (
        head.post(f"/attendance/inbox/{own}", data={"csrf": csrf_of(head), **word(asked, own, "approve")}).status_code
        == 404
    )
    assert "青木 太郎" in hr.get("/attendance/inbox").text  # nobody above: HR decides
    assert send(hr, f"/attendance/inbox/{own}", **word(asked, own, "approve")) == 303


@pytest.mark.parametrize("role", [Role.employee, Role.facility_admin, Role.operator])
def test_somebody_else_s_matter_is_not_there(asked: City, sign_in_as, role: Role) -> None:
    client = sign_in_as(role)
    assert client.get(f"/attendance/inbox/{CLEAR}").status_code == 404
    assert (
        client.post(
            f"/attendance/inbox/{CLEAR}", data={"csrf": csrf_of(client), **word(asked, CLEAR, "approve")}
        ).status_code
        == 404
    )
    assert kept(asked, CLEAR).application.step == 0


def test_the_tab_counts_what_waits_and_is_not_there_where_nothing_can(asked: City, sign_in_as) -> None:
    head, employee = sign_in_as(Role.head), sign_in_as(Role.employee)
    assert "待ち 5件" in head.get("/visits").text
    assert 'href="/attendance/inbox"' not in employee.get("/").text
    with asked.store.transaction(asked.clock()) as tx:
        name_stand_in(tx, "s0001", "s0002", asked.clock().date(), asked.clock().date(), by="aoki")
    text = words_of(employee.get("/attendance/inbox").text)
    assert "待ち 2件" in text  # 上田's; his own are others' to decide
    assert "青木 太郎 さんの代決" in text
    assert "決裁を待つ申請はありません" in sign_in_as(Role.facility_admin).get("/attendance/inbox").text


def test_whoever_decides_in_two_places_chooses_the_step(asked: City, sign_in_as) -> None:
    ask(asked, f"{9:016x}", "s0005", overtime(21, "17:15", "19:00"))
    decide(asked, CLEAR, Act.approve, "s0001")
    hr = sign_in_as(Role.hr)  # who is the head of another department, too
    both, own = hr.get("/attendance/inbox").text, hr.get("/attendance/inbox?role=head").text
    assert ("石井 健太" in both, "髙橋 美咲" in both) == (True, True)
    assert ("石井 健太" in own, "髙橋 美咲" in own) == (False, True)
    assert "すべて 2件" in words_of(both)
    assert "人事 1件" in words_of(own)
    assert hr.get("/attendance/inbox?role=nobody").status_code == 400
    approved = hr.post(
        f"/attendance/inbox/{9:016x}", data={"csrf": csrf_of(hr), **word(asked, f"{9:016x}", "approve", role="head")}
    )
    assert approved.headers["location"].endswith("&role=head")
    assert "この段階で待っている申請はありません" in hr.get("/attendance/inbox?role=head").text


def test_a_long_list_has_pages(city: City, sign_in_as) -> None:
    start = city.clock() - timedelta(hours=3)
    for number in range(52):
        day = on(21) + timedelta(days=number)
        request = OvertimeRequest(day, parse_clock("17:15"), parse_clock("18:00"), "決算")
        ask(city, f"{number:016x}", "s0002", request, at=start + timedelta(minutes=number))
    head = sign_in_as(Role.head)
    first, second = (head.get(f"/attendance/inbox?page={page}").text for page in (1, 2))
    assert (first.count("data-card"), second.count("data-card")) == (50, 2)
    assert "1〜50件目（全52件）" in first
    assert 'href="/attendance/inbox?page=1" rel="prev"' in second
    assert head.get("/attendance/inbox?page=9").status_code == 200


def test_nothing_waits_and_the_page_says_what_to_do(city: City, sign_in_as) -> None:
    text = sign_in_as(Role.head).get("/attendance/inbox").text
    assert "決裁を待つ申請はありません" in text
    assert "代決者を決めておけば" in text
    assert "data-keys" not in text
