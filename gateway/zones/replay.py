"""Proves the book of decisions: each follows the one before, and each can be made again to the same codes.

A decision is judged by the rules that it names, of its day, on the facts and waivers that it keeps. What the site's
description alone decided (no such tier, a method that it does not take, a switch that it does not know) is believed
where it was refused: no rule was asked.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from contract.chain import chain_step
from contract.tier_decision import CHAIN_START, TierDecisionError, Written, read_decision
from domain.civil import civil_minute
from domain.zones.compile_rules import CompiledRules
from domain.zones.decide_tier import Answer, judge_facts
from domain.zones.facts import Facts
from domain.zones.rule import RuleSet, hash_rules
from domain.zones.tier import Method, Tier, TierId, TierPlan
from gateway.zones.rule_trial import NOT_OF_RULES, compile_daily
from store.tier_decisions import stream_chain
from store.tier_rules import load_rule_set
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first decision that does not fit; ``position`` counts from 1.

    ``written`` is None where the bytes are no decision; ``again`` are the codes that it gives now, None where the chain
    is broken before it, or the rules that it names are not kept.
    """

    position: int
    is_broken: bool
    written: Written | None = None
    again: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """So many decisions fit, the last of them at ``last_at`` with the chain's ``head``; ``misfit`` is the first not."""

    fitting: int
    last_at: datetime | None
    head: bytes
    misfit: Misfit | None = None


def prove_decisions(tx: Tx, tell: Callable[[int], None] = lambda _: None) -> Proof:
    """Hold every decision against the chain and its rules, up to the first that does not fit.

    Args:
        tx: a transaction.
        tell: hears how many fitted so far.
    """
    with closing(stream_chain(tx)) as rows:
        return _prove(rows, _Rules(tx), tell)


def _prove(rows: Iterable[tuple[bytes, bytes]], rules: "_Rules", tell: Callable[[int], None]) -> Proof:
    head, position, last_at = CHAIN_START, 0, None
    for position, (body, kept) in enumerate(rows, start=1):
        after, written = chain_step(head, body), _read(body)
        if after != kept:
            return Proof(position - 1, last_at, head, Misfit(position, is_broken=True, written=written))
        misfit = Misfit(position, is_broken=False) if written is None else _replay(rules, position, written)
        if misfit is not None or written is None:
            return Proof(position - 1, last_at, head, misfit)
        head, last_at = after, written.decision.decided_at
        tell(position)
    return Proof(position, last_at, head)


def _read(body: bytes) -> Written | None:
    try:
        return read_decision(body)
    except TierDecisionError:
        return None


def _replay(rules: "_Rules", position: int, written: Written) -> Misfit | None:
    decision = written.decision
    if (decision.answer is Answer.permit) != (not decision.failed):
        return Misfit(position, is_broken=False, written=written, again=decision.failed)
    if not NOT_OF_RULES.isdisjoint(decision.failed):
        return None
    compiled = rules.find(decision.rules_hash, civil_minute(decision.decided_at)[0])
    if compiled is None:
        return Misfit(position, is_broken=False, written=written)
    judged = judge_facts(_open_plan(decision.facts), compiled, decision.facts, decision.decided_at, written.waivers)
    fits = (judged.failed, judged.waived) == (decision.failed, decision.waived)
    return None if fits else Misfit(position, is_broken=False, written=written, again=judged.failed)


def _open_plan(facts: Facts) -> TierPlan:
    """Give a plan with nothing but the tier that was asked for, which takes what was shown: only the rules judge."""
    methods = frozenset(method for method in Method if method.value == facts.method)
    return TierPlan((Tier(TierId(facts.tier), facts.tier, facts.tier, 1, methods),))


class _Rules:
    """Rule sets by hash and day, each read and compiled once."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[str, Callable[[date], CompiledRules] | None] = {hash_rules(()): compile_daily(())}

    def find(self, hash_: str, on: date) -> CompiledRules | None:
        if hash_ not in self._known:
            rules: RuleSet | None = load_rule_set(self._tx, hash_)
            is_itself = rules is not None and hash_rules(rules) == hash_
            self._known[hash_] = compile_daily(rules) if rules is not None and is_itself else None
        of_day = self._known[hash_]
        return None if of_day is None else of_day(on)
