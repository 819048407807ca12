"""Decides about network tiers from memory: the plan of the site, the rules of the day, and what is known of everybody.

Nothing is written here: whoever decides writes the decision and what follows from it in one transaction
(``gateway.operations.zones``).
"""

from collections.abc import Callable
from datetime import date, datetime

from contract.tier_decision import Written
from domain.civil import civil_minute
from domain.zones.compile_rules import CompiledRules, compile_rules
from domain.zones.decide_tier import Built, decide_tier
from domain.zones.rule import RuleSet, Saying
from domain.zones.situation import look_out
from domain.zones.tier import TierPlan
from domain.zones.zone_words import BUILT_WORDS
from gateway.zones.question import Known, Question
from gateway.zones.situations import Situations


class TierDesk:
    """The decisions of one gateway process; may be asked from any thread.

    Args:
        plan: gives the tiers as the site's description has them now.
        situations: what is known of everybody.
    """

    def __init__(self, plan: Callable[[], TierPlan], situations: Situations) -> None:
        self._plan = plan
        self._situations = situations
        self._rules: RuleSet = ()
        self._compiled: tuple[RuleSet, date, CompiledRules] | None = None

    @property
    def plan(self) -> TierPlan:
        """The tiers that hold now."""
        return self._plan()

    def hold_rules(self, rules: RuleSet) -> None:
        """Let another rule set hold from now on."""
        self._rules = rules

    def rules_of(self, on: date) -> CompiledRules:
        """Give the rules of a day."""
        rules, kept = self._rules, self._compiled
        if kept is None or kept[0] is not rules or kept[1] != on:
            kept = self._compiled = (rules, on, compile_rules(rules, on))
        return kept[2]

    def find_saying(self, code: str) -> Saying | None:
        """Give what is said of a reason by the rules that hold now, or by those that are built in."""
        built = BUILT_WORDS.get(Built(code)) if code in set(Built) else None
        return built or next((rule.saying for rule in self._rules if rule.code == code), None)

    def look(self, question: Question, now: datetime) -> Known:
        """Give what is known of a question."""
        return self._situations.look(question, now)

    def decide(self, question: Question, now: datetime) -> Written:
        """Decide, and give the decision as it is to be written down."""
        known = self.look(question, now)
        plan = self.plan
        rules = self.rules_of(civil_minute(now)[0])
        decision = decide_tier(plan, rules, look_out(plan, known.situation, now), now, known.waivers)
        return Written(decision, known.person_id, known.terminal_id, question.asked_by, known.waivers)
