"""Rules of the tiers on the pages: changed in a draft, tried on past decisions, approved by a second person.

It is one module because each test goes on from the same city with two security officers.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.zones.rule import Rule
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.roles import Role
from gateway.zones.rule_trial import RuleTrials
from store.rule_waivers import list_recent_waivers
from store.tier_proposals import Proposal, ProposalKind, ProposalState, list_proposals
from store.tier_rules import load_active_hash, load_rule_set
from tests.pages.city import PASSWORD_HASH, City
from tests.pages.conftest import csrf_of, make_client, send, sign_in, told
from tests.pages.tiered import build_tiers

FORM = "0123456789abcdef"
RULE = {
    "code": "two_persons",
    "tiers": "mynumber",
    "expression": "others_cleared >= 1",
    "ja": "認められた人がほかにいません。",
    "en": "Nobody else is cleared.",
    "do_ja": "二人以上で作業してください。",
    "do_en": "Work together with a colleague.",
}


@pytest.fixture
def built(city: City) -> City:
    """The city with its rules and past decisions, and a second security officer."""
    build_tiers(city)
    with city.store.transaction(city.clock()) as tx:
        create_account(tx, "anzen", password_hash=PASSWORD_HASH, roles=[Role.security])
    city.clock.advance(minutes=1)
    return city


@pytest.fixture
def first(built: City, sign_in_as: Callable[[Role], TestClient]) -> TestClient:
    """The security officer who asks."""
    return sign_in_as(Role.security)


@pytest.fixture
def second(built: City, pages) -> TestClient:
    """The one who approves."""
    client = make_client(pages)
    assert sign_in(client, "anzen") == 303
    return client


def active(city: City) -> dict[str, Rule]:
    with city.store.reading(city.clock()) as tx:
        return {rule.code: rule for rule in load_rule_set(tx, load_active_hash(tx, tx.now) or "") or ()}


def proposals(city: City, kind: ProposalKind = ProposalKind.rules) -> list[Proposal]:
    with city.store.reading(city.clock()) as tx:
        return list_proposals(tx, kind=kind)


def key_in(text: str, code: str) -> str:
    """The key of a rule in the draft's table."""
    found = re.search(rf'id="rule-([0-9a-f]+)"[^>]*>\s*<th[^>]*><span class="code">{code}</span>', text)
    assert found is not None
    return found[1]


def propose(client: TestClient, note: str = "見直し", **other: str) -> None:
    """Propose the draft as the page's form would."""
    base = client.get("/tier-rules/draft").text.split('name="base" value="')[1].split('"')[0]
    assert send(client, "/tier-rules/draft/propose", **{"form": FORM, "base": base, "note": note, **other}) == 303


def test_the_rules_that_hold_are_read_out_by_tier(first: TestClient) -> None:
    text = first.get("/tier-rules").text
    assert "「在職中」である または 「来訪者・保守員」である" in text
    assert "「本人の確認」が〈職員証と暗証番号〉・〈生体認証〉のどれか" in text
    assert "room_mynumber" not in first.get("/tier-rules?tier=internet").text
    assert "room_mynumber" in first.get("/tier-rules?tier=mynumber").text
    first.post("/language", data={"language": "en", "csrf": csrf_of(first)})
    assert "“the tier the terminal is issued for” is “the tier that is asked for”" in first.get("/tier-rules").text


def test_before_any_rule_holds_the_page_says_so(sign_in_as) -> None:
    answer = sign_in_as(Role.security).get("/tier-rules")
    assert answer.status_code == 200
    assert "規則がない間は、どの系にもつながりません" in answer.text


def test_a_rule_is_added_proposed_and_approved_by_another(built: City, first: TestClient, second: TestClient) -> None:
    assert send(first, "/tier-rules/draft/keep", **RULE) == 303
    draft = first.get("/tier-rules/draft").text
    assert "「同じ部屋にいる認められた人」が1以上" in draft
    assert "two_persons" not in second.get("/tier-rules/draft").text  # a draft is one's own
    propose(first)
    (proposal,) = proposals(built)
    assert (proposal.asked_by, proposal.reason, proposal.state) == ("security", "見直し", ProposalState.open)
    path = f"/tier-rules/proposals/{proposal.id}/decide"
    assert "別の人にしてください" in told(first, path, verdict="approve")
    assert "承認する" not in first.get("/tier-rules").text
    home = second.get("/tier-rules").text
    assert "承認する" in home
    assert "two_persons" in home
    assert "two_persons" not in active(built)
    assert send(second, path, verdict="approve") == 303
    made = active(built)["two_persons"]
    assert (made.author, made.approver) == ("security", "anzen")
    assert "画面を読み直して" in told(second, path, verdict="approve")


def test_a_rule_is_changed_ended_and_brought_back(built: City, first: TestClient, second: TestClient) -> None:
    text = first.get("/tier-rules/draft").text
    assert "今の規則と同じです" in text
    form = first.get(f"/tier-rules/draft/rule?key={key_in(text, 'hours')}").text
    assert "in_hours or overtime_ordered" in form
    hours = active(built)["hours"]
    saying = {name: getattr(hours.saying, name) for name in ("ja", "en", "do_ja", "do_en")}
    changed = {"code": "hours", "expression": "in_hours", **saying, "valid_from": "2025-12-01"}
    sent = {"key": key_in(text, "hours"), "tiers": ["mynumber", "lgwan"], **changed}
    assert send(first, "/tier-rules/draft/keep", **sent) == 303
    assert send(first, "/tier-rules/draft/keep", **sent) == 303  # sent twice
    assert send(first, "/tier-rules/draft/drop", key=key_in(text, "drill")) == 303
    draft = first.get("/tier-rules/draft").text
    for said in ("廃止する規則", "変更前", "インターネット接続系", "2025-12-01", "例外を認めることがある"):
        assert said in draft
    assert send(first, "/tier-rules/draft/bring-back", key=key_in(first.get("/tier-rules").text, "drill")) == 303
    assert "廃止する規則" not in first.get("/tier-rules/draft").text
    propose(first, from_on="2025-12-01", from_clock="08:30")
    assert "12月1日" in first.get(f"/tier-rules/proposals/{FORM}").text
    assert send(second, f"/tier-rules/proposals/{FORM}/decide", verdict="approve") == 303
    assert active(built)["hours"].expression == "in_hours or overtime_ordered"
    assert "これから有効" in first.get("/tier-rules").text
    built.clock.advance(days=20)
    assert active(built)["hours"].expression == "in_hours"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"expression": "others_cleared >= 1 and presnt"}, "25文字目の「presnt」という項目はありません"),
        ({"expression": "threat == 'calm'"}, "threat」が &#39;calm&#39; になることはありません"),
        ({"expression": ""}, "入力してください"),
        ({"code": "Two"}, "小文字の英字で始め"),
        ({"code": "hours", "tiers": "lgwan"}, "同じ期間に別の規則が使っています"),
        ({"tiers": []}, "どの系の規則かを選んでください"),
        ({"tiers": "lan"}, "「lan」という系はありません"),
        ({"ja": "長" * 201}, "長すぎます"),
        ({"do_en": "a\tb"}, "使えない文字"),
        ({"valid_from": "2026-02-31"}, "暦にない日です"),
        ({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "最初の日と同じか"),
    ],
    ids=["fact", "word", "none", "code", "taken", "no-tier", "tier", "long", "tab", "no-day", "days"],
)
def test_what_is_wrong_stands_at_its_field(first: TestClient, other: dict[str, object], said: str) -> None:
    text = told(first, "/tier-rules/draft/keep", **{**RULE, **other})
    assert said in text
    assert text.count('class="field-fault"') >= 1
    assert "two_persons" not in first.get("/tier-rules/draft").text


def test_an_expression_is_read_out_while_it_is_written(first: TestClient) -> None:
    def read(expression: str) -> str:
        return first.get("/tier-rules/draft/reading", params={"expression": expression}).text

    assert "「在職中」である かつ （「研修" not in read("employed")
    text = read("employed and (not visitor or 'security' not in missing_training) and not (trained and cleared)")
    assert "「在職中」である かつ （「来訪者・保守員」でない または 「足りない研修」に〈security〉がない）" in text
    assert "ではない" in text
    assert "<mark>presnt</mark>" in read("employed and presnt")
    assert "読み下し" in read("")


def test_what_cannot_be_proposed_is_said(built: City, first: TestClient) -> None:
    base = {"form": FORM, "base": "", "note": "見直し"}
    assert "状態が変わっています" in told(first, "/tier-rules/draft/propose", **base)
    send(first, "/tier-rules/draft/keep", **RULE)
    page = first.get("/tier-rules/draft").text
    base["base"] = page.split('name="base" value="')[1].split('"')[0]
    assert "理由または方法" in told(first, "/tier-rules/draft/propose", **{**base, "note": " "})
    for on, said in (("2025-11-01", "期限が過ぎています"), ("2025-02-30", "YYYY-MM-DD")):
        text = told(first, "/tier-rules/draft/propose", **{**base, "from_on": on})
        assert said in text
        assert f'value="{on}"' in text
    assert proposals(built) == []
    assert send(first, "/tier-rules/draft/begin") == 303
    assert "two_persons" not in first.get("/tier-rules/draft").text


def test_a_draft_is_told_when_other_rules_were_approved_meanwhile(first: TestClient, second: TestClient) -> None:
    send(second, "/tier-rules/draft/keep", **RULE)
    send(first, "/tier-rules/draft/keep", **{**RULE, "code": "pairs"})
    propose(first)
    assert send(second, f"/tier-rules/proposals/{FORM}/decide", verdict="approve") == 303
    text = second.get("/tier-rules/draft").text
    assert "下書きを始めたあとに" in text
    assert "pairs" in text  # what would be undone is seen


def test_a_proposal_is_sent_back_with_a_reason_or_withdrawn(first: TestClient, second: TestClient) -> None:
    send(first, "/tier-rules/draft/keep", **RULE)
    propose(first)
    path = f"/tier-rules/proposals/{FORM}/decide"
    assert "理由または方法" in told(second, path, verdict="refuse", why="")
    assert "申請した人だけ" in told(second, path, verdict="withdraw")
    assert send(second, path, verdict="refuse", why="根拠が足りない") == 303
    assert "根拠が足りない" in first.get(f"/tier-rules/proposals/{FORM}").text
    assert first.get("/tier-rules/proposals/none").status_code == 404


def test_earlier_rules_are_proposed_again(built: City, first: TestClient, second: TestClient) -> None:
    before = first.get("/tier-rules").text.split('href="/tier-rules/sets/')[1].split('"')[0]
    send(first, "/tier-rules/draft/keep", **RULE)
    propose(first)
    send(second, f"/tier-rules/proposals/{FORM}/decide", verdict="approve")
    page = first.get(f"/tier-rules/sets/{before}").text
    assert "この規則に戻す案を作る" in page
    assert "この規則に戻す案を作る" not in second.get(f"/tier-rules/sets/{proposals(built)[0].subject}").text
    assert send(first, "/tier-rules/draft/begin", set_hash=before) == 303
    propose(first, form="fedcba9876543210")
    assert send(second, "/tier-rules/proposals/fedcba9876543210/decide", verdict="approve") == 303
    assert "two_persons" not in active(built)


def test_a_trial_names_who_would_be_put_off(built: City, first: TestClient) -> None:
    send(first, "/tier-rules/draft/keep", **{**RULE, "tiers": ["lgwan", "internet"]})
    text = first.get("/tier-rules/trial?of=draft").text
    assert "石井 健太" in text
    assert "認められた人がほかにいません。" in text
    assert 'hx-trigger="every 1s"' not in text
    assert first.get("/tier-rules/trial?of=" + "0" * 64).status_code == 404
    part = first.get("/tier-rules/trial/part?of=draft").text
    assert "<html" not in part


def test_a_trial_that_takes_long_shows_how_far_it_is(built: City, first: TestClient, monkeypatch) -> None:
    monkeypatch.setattr("gateway.pages.tiers.rule_trials.WAIT_SECONDS", 0.0)
    trials = RuleTrials()
    begun = trials.begin

    def begin(*given):
        trial = begun(*given)
        trial.over.wait(30)
        trial.result, trial.days_done = None, 12
        return trial

    trials.begin = begin
    built.context.trials = trials
    text = first.get("/tier-rules/trial?of=draft").text
    assert 'hx-trigger="every 1s"' in text
    assert "30日のうち12日まで" in text


def test_those_who_only_read_see_rules_but_no_acts(built: City, first: TestClient, sign_in_as) -> None:
    send(first, "/tier-rules/draft/keep", **RULE)
    propose(first)
    auditor = sign_in_as(Role.auditor)
    text = auditor.get("/tier-rules").text
    assert "two_persons" in text
    assert "承認する" not in text
    assert "規則を変える" not in text
    assert auditor.get("/tier-rules/trial?of=draft").status_code == 403
    assert auditor.get(f"/tier-rules/trial?of={proposals(built)[0].subject}").status_code == 200
    assert "例外を申請する" not in auditor.get("/tier-waivers").text


def test_z13_a_waiver_is_asked_granted_seen_and_ended(built: City, first: TestClient, second: TestClient) -> None:
    asked = {"person_id": "石井健太", "tier_id": "lgwan", "codes": ["hours"], "hours": 4, "reason": "夜間の障害対応"}
    assert send(first, "/tier-waivers", form=FORM, **asked) == 303
    path = f"/tier-rules/proposals/{FORM}/decide"
    assert "別の人にしてください" in told(first, path, verdict="approve")
    assert "石井 健太 さんの例外（4時間）" in second.get("/tier-rules").text
    assert send(second, path, verdict="approve") == 303
    page = first.get("/tier-waivers").text
    assert "夜間の障害対応" in page
    assert "今すぐ終える" in page
    with built.store.reading(built.clock()) as tx:
        mine = next(each.waiver for each in list_recent_waivers(tx) if each.waiver.id == FORM)
    assert mine.until_at - mine.from_at == timedelta(hours=4)
    assert send(first, f"/tier-waivers/{FORM}/end") == 303
    assert "期限が過ぎています" in told(second, f"/tier-waivers/{FORM}/end")
    assert "途中で終了" in second.get("/tier-waivers").text
    with built.store.reading(built.clock()) as tx:
        assert next(each.ended_by for each in list_recent_waivers(tx) if each.waiver.id == FORM) == "security"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"person_id": "s9999"}, "「s9999」に当たる職員が見つからない"),
        ({"reason": ""}, "理由または方法"),
        ({"hours": 48}, "24時間まで"),
        ({"codes": "cleared"}, "「cleared」は外せません"),
    ],
    ids=["nobody", "no-reason", "too-long", "never"],
)
def test_what_cannot_be_waived_is_said(first: TestClient, other: dict[str, object], said: str) -> None:
    asked = {"person_id": "s0002", "tier_id": "lgwan", "codes": "hours", "hours": 4, "reason": "障害"}
    assert said in told(first, "/tier-waivers", **{"form": FORM, **asked, **other})
