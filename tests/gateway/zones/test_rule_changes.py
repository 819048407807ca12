"""Rules of the tiers are changed by two persons, on both databases; whoever is late is told so."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.zones.rule import Rule, RuleSet, hash_rules
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy
from gateway.operations.zones.decide_proposal import Verdict, decide_proposal
from gateway.operations.zones.propose_rules import WishedRules, propose_rules
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import list_unsent
from store.tier_proposals import ProposalState, load_proposal
from store.tier_rule_drafts import RuleDraft, load_draft, save_draft
from store.tier_rules import list_activations, load_active_hash, load_latest_hash, load_rule_set
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, MYNUM, NOW, RULES, rule

TIERS = frozenset((MYNUM, LGWAN))
HOUR = timedelta(hours=1)


def as_written(rules: RuleSet) -> RuleSet:
    return tuple(replace(each, author="draft", approver="") for each in rules)


def wish(id_: str, rules: RuleSet, base: RuleSet | None = None, /, **other: object) -> WishedRules:
    made = WishedRules(id_, as_written(rules), "見直し", hash_rules(base) if base else "")
    return replace(made, **other)  # type: ignore[arg-type]


def propose(tx: Tx, wished: WishedRules, by: str = "ueda") -> str:
    return propose_rules(tx, wished, TIERS, by=by).id


def begin(store: Store) -> None:
    """The first rules hold."""
    with store.transaction(NOW - HOUR) as tx:
        decide_proposal(tx, propose(tx, wish("first", RULES)), Verdict.approve, by="aoki")


@contextmanager
def refused(field: str, why: ZoneWhy) -> Iterator[None]:
    with pytest.raises(ZoneFaultsError) as caught:
        yield
    assert [(fault.field, fault.why) for fault in caught.value.faults] == [(field, why)]


def added(code: str, expression: str = "cleared", **other: object) -> Rule:
    return rule(code, expression, LGWAN, **other)


def test_a_set_holds_once_another_person_approved_it(store: Store) -> None:
    begin(store)
    changed = (*RULES, added("new"))
    with store.transaction(NOW) as tx:
        save_draft(tx, RuleDraft("ueda", hash_rules(RULES), "{}", NOW))
        propose(tx, wish("p1", changed, RULES), by="yamada")
        assert load_active_hash(tx, NOW) == hash_rules(RULES)
        assert load_draft(tx, "ueda") is not None
        propose(tx, wish("p2", (*RULES, added("other")), RULES))
        assert load_draft(tx, "ueda") is None
    with store.transaction(NOW + HOUR) as tx:
        decide_proposal(tx, "p1", Verdict.approve, by="aoki")
        assert load_active_hash(tx, tx.now) == hash_rules(changed)
        kept = load_rule_set(tx, hash_rules(changed))
        assert kept is not None
        assert {(each.code, each.author, each.approver) for each in kept if each.code in ("new", "known")} == {
            ("new", "yamada", "aoki"),
            ("known", "ueda", "aoki"),
        }
        told = [each.notice for each in list_unsent(tx, limit=9)]
        assert [(each.kind, each.subject) for each in told] == [(TIER_CHANGED, "")] * 2


def test_nobody_approves_or_refuses_what_they_asked_for_themselves(store: Store) -> None:
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", RULES))
    for verdict in (Verdict.approve, Verdict.refuse):
        with refused("decided_by", ZoneWhy.same_person), store.transaction(NOW) as tx:
            decide_proposal(tx, "p1", verdict, by="ueda", why="違う")
    with refused("decided_by", ZoneWhy.not_yours), store.transaction(NOW) as tx:
        decide_proposal(tx, "p1", Verdict.withdraw, by="aoki")
    with store.transaction(NOW) as tx:
        decide_proposal(tx, "p1", Verdict.withdraw, by="ueda")
        assert load_active_hash(tx, NOW) is None


def test_whoever_wrote_a_rule_once_does_not_approve_it_in_anothers_name(store: Store) -> None:
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", RULES))
        decide_proposal(tx, "p1", Verdict.refuse, by="aoki", why="早い")
        propose(tx, wish("p2", RULES), by="aoki")  # the same set, written down by ueda
    with pytest.raises(ZoneFaultsError, match=ZoneWhy.same_person), store.transaction(NOW) as tx:
        decide_proposal(tx, "p2", Verdict.approve, by="ueda")
    with store.reading(NOW) as tx:
        proposal = load_proposal(tx, "p2")
        assert proposal is not None
        assert proposal.state is ProposalState.open
        assert load_active_hash(tx, NOW) is None


def test_a_refusal_says_why(store: Store) -> None:
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", RULES))
        with refused("why", ZoneWhy.no_reason):
            decide_proposal(tx, "p1", Verdict.refuse, by="aoki", why=" ")
        decide_proposal(tx, "p1", Verdict.refuse, by="aoki", why="根拠が足りない")
        proposal = load_proposal(tx, "p1")
        assert proposal is not None
        assert (proposal.state, proposal.decided_by, proposal.decided_why) == (
            ProposalState.refused,
            "aoki",
            "根拠が足りない",
        )
        with refused("state", ZoneWhy.moved_on):
            decide_proposal(tx, "p1", Verdict.approve, by="aoki")
        with pytest.raises(LookupError):
            decide_proposal(tx, "p9", Verdict.approve, by="aoki")


def test_of_two_who_approve_at_once_one_is_told_so(store: Store) -> None:
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", RULES))

    def approve(by: str) -> str:
        try:
            with store.transaction(NOW) as tx:
                decide_proposal(tx, "p1", Verdict.approve, by=by)
        except ZoneFaultsError as error:
            return str(error)
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, ("aoki", "yamada"))) == ["approved", ZoneWhy.moved_on]
    with store.reading(NOW) as tx:
        assert len(list_activations(tx)) == 1


def test_of_two_changes_of_one_set_the_later_one_is_begun_anew(store: Store) -> None:
    begin(store)
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", (*RULES, added("one")), RULES))
        propose(tx, wish("p2", (*RULES, added("two")), RULES))

    def approve(id_: str) -> str:
        try:
            with store.transaction(NOW) as tx:
                decide_proposal(tx, id_, Verdict.approve, by="aoki")
        except ZoneFaultsError as error:
            return str(error)
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, ("p1", "p2"))) == ["approved", ZoneWhy.moved_on]
    with refused("base", ZoneWhy.moved_on), store.transaction(NOW) as tx:
        propose(tx, wish("p3", (*RULES, added("three")), RULES))


def test_a_set_holds_from_its_instant_and_takes_over_what_was_planned(store: Store) -> None:
    begin(store)
    planned, urgent = (*RULES, added("planned")), (*RULES, added("urgent"))
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", planned, RULES, from_at=NOW + 5 * HOUR))
        decide_proposal(tx, "p1", Verdict.approve, by="aoki")
        assert load_active_hash(tx, NOW + 4 * HOUR) == hash_rules(RULES)
        assert load_active_hash(tx, NOW + 5 * HOUR) == load_latest_hash(tx) == hash_rules(planned)
        propose(tx, wish("p2", urgent, planned))
    with store.transaction(NOW + HOUR) as tx:
        decide_proposal(tx, "p2", Verdict.approve, by="aoki")
        assert {load_active_hash(tx, NOW + n * HOUR) for n in (1, 5, 9)} == {hash_rules(urgent)}


def test_an_approval_that_comes_late_holds_from_then_on(store: Store) -> None:
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", RULES, from_at=NOW + HOUR))
    with store.transaction(NOW + 3 * HOUR) as tx:
        decide_proposal(tx, "p1", Verdict.approve, by="aoki")
        assert [each.from_at for each in list_activations(tx)] == [NOW + 3 * HOUR]


def test_an_earlier_set_holds_again_when_it_is_proposed_again(store: Store) -> None:
    begin(store)
    changed = (*RULES, added("new"))
    with store.transaction(NOW) as tx:
        propose(tx, wish("p1", changed, RULES))
        decide_proposal(tx, "p1", Verdict.approve, by="aoki")
        propose(tx, wish("p2", RULES, changed))
        decide_proposal(tx, "p2", Verdict.approve, by="yamada")
        assert load_active_hash(tx, NOW) == hash_rules(RULES)
        assert len(list_activations(tx)) == 3


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"note": " "}, "note", ZoneWhy.no_reason),
        ({"note": "長" * 201}, "note", ZoneWhy.too_long),
        ({"from_at": NOW}, "from_at", ZoneWhy.over),
        ({"base": "0" * 64}, "base", ZoneWhy.moved_on),
        ({"rules": as_written(RULES)}, "rules", ZoneWhy.unchanged),
        ({"rules": ()}, "rules", ZoneWhy.unchanged),
        ({"rules": (added("new", "clear"),)}, "new.expression", ZoneWhy.unknown_fact),
        ({"rules": (added("new", tiers=frozenset({"lan"})),)}, "new.tiers", ZoneWhy.unknown_tier),
    ],
    ids=["no-note", "long-note", "past", "other-base", "same", "none", "expression", "tier"],
)
def test_what_cannot_be_proposed(store: Store, changes: dict[str, object], field: str, why: ZoneWhy) -> None:
    begin(store)
    with refused(field, why), store.transaction(NOW) as tx:
        propose(tx, wish("p1", (*RULES, added("new")), RULES, **changes))


def test_the_same_proposal_sent_twice_is_one(store: Store) -> None:
    with store.transaction(NOW) as tx:
        first = propose_rules(tx, wish("p1", RULES), TIERS, by="ueda")
    with store.transaction(NOW + HOUR) as tx:
        assert propose_rules(tx, wish("p1", RULES), TIERS, by="ueda") == first
