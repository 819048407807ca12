"""Why somebody can or cannot connect: for each tier the answer of this moment, every reason, and what to do. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from domain.zones.decide_tier import Decision
from domain.zones.expression import list_names
from domain.zones.grammar import parse
from domain.zones.rule import Rule
from domain.zones.situation import Situation
from domain.zones.tier import Method, Tier, TierPlan
from domain.zones.training import Training, assess_training
from gateway.pages.tiers.code_words import Sayings, Told, tell_codes
from gateway.pages.tiers.grounds import Grounds, derive_grounds, last_day
from gateway.pages.words import Language

AT_TERMINAL = frozenset(
    {"method", "factor", "terminal_issued", "terminal_certified", "terminal_tier", "terminal_class"}
)
"""Facts that nobody knows before a terminal is switched on."""

_LIKELIEST = (Method.eap_tls, Method.agent, Method.mab)


@dataclass(frozen=True, slots=True)
class TrainingStands:
    """A training that a tier asks for, and the last day on which it counts; None: it is missing or has lapsed."""

    training: Training
    last_on: date | None


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """What somebody would be answered now.

    ``terminal_id`` is the terminal at which it was looked; empty: none is known, and ``at_terminal`` says what is
    found out at one. ``place_ids`` are the areas from which the tier may be used.
    """

    tier: Tier
    terminal_id: str
    decision: Decision
    failed: tuple[Told, ...]
    at_terminal: tuple[Told, ...]
    ends_by: tuple[Told, ...]
    grounds: Grounds
    trainings: tuple[TrainingStands, ...]
    place_ids: tuple[str, ...]

    @property
    def may(self) -> bool:
        """Tell whether nothing that is known stands against it."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Spoken:
    """In whose words reasons are told: a rule set with what it says, in a language."""

    rules: Sequence[Rule]
    sayings: Sayings
    language: Language


def choose_method(tier: Tier) -> Method:
    """Give the way in which somebody would most likely show themselves to a tier."""
    return next((each for each in _LIKELIEST if each in tier.methods), Method.eap_tls)


def choose_terminal(
    tier: Tier, person_id: str, kept: Mapping[str, tuple[str, str]], lately: Iterable[tuple[str, str]]
) -> str:
    """Give the terminal at which somebody most likely asks for a tier; empty: none is known.

    Args:
        tier: the tier.
        person_id: of whom.
        kept: terminals that are issued now → the tier of each and by whom it is kept.
        lately: tier and terminal of the latest decisions about the person, the newest first.
    """
    used = (terminal_id for tier_id, terminal_id in lately if tier_id == tier.id and terminal_id in kept)
    own = (id_ for id_, (tier_id, keeper) in sorted(kept.items()) if (tier_id, keeper) == (tier.id, person_id))
    return next(chain(used, own), "")


def view_verdict(
    plan: TierPlan, tier: Tier, decision: Decision, of: Situation, *, terminal_id: str, spoken: Spoken
) -> TierVerdict:
    """Put an answer into words; without a terminal what only a terminal can tell stands apart."""
    later = frozenset() if terminal_id else {rule.code for rule in spoken.rules if _asks_terminal(rule)}
    told = tell_codes(decision.failed, spoken.sayings, spoken.language)
    attended = of.person.attended if of.person is not None else ()
    at = decision.decided_at
    return TierVerdict(
        tier,
        terminal_id,
        decision,
        tuple(each for each in told if each.code not in later),
        tuple(each for each in told if each.code in later),
        tell_codes(decision.ends_by, spoken.sayings, spoken.language),
        derive_grounds(tier, of, at),
        tuple(
            TrainingStands(each, last_day(assess_training([each], attended, at).ends_at))
            for each in of.trainings
            if each.id in tier.trainings
        ),
        tuple(sorted({str(place.area_id) for place in plan.places if place.tier_id == tier.id})),
    )


def _asks_terminal(rule: Rule) -> bool:
    return bool(list_names(parse(rule.expression)) & AT_TERMINAL)
