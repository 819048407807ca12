"""Known outcomes: decisions made at the centre that a controller must reproduce before a policy takes effect there."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from domain.access.decide import Tap, decide
from domain.access.policy import PolicySnapshot
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Granted, Reason, Verdict

OUTCOMES_MAX = 32
STRANGER = CredentialToken("0" * 32)
"""A token that no card has; its refusal is among the outcomes of every policy."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a tap, nothing else being known (``situation.NOTHING_KNOWN``)."""

    tap: Tap
    verdict: Verdict


def choose_outcomes(
    policy: PolicySnapshot, cards: Collection[CredentialToken], at: datetime, *, limit: int = OUTCOMES_MAX
) -> tuple[Outcome, ...]:
    """Decide taps at ``at`` of the given cards at every point in turn, and of a stranger: at most ``limit`` outcomes.

    Cards come before points, so that a change of many cards still tries each of the first ones.
    """
    points = sorted(policy.points)
    if not points:
        return ()
    asked = [(STRANGER, points[0]), *islice(_pairs(sorted(cards), points), limit - 1)]
    taps = (Tap(token, point, at, at, policy.points[point].minimum_assurance) for token, point in asked)
    return tuple(Outcome(tap, decide(policy, tap)) for tap in taps)


def _pairs(
    cards: list[CredentialToken], points: list[AccessPointId]
) -> Iterator[tuple[CredentialToken, AccessPointId]]:
    for turn in range(len(points)):
        for number, card in enumerate(cards):
            yield card, points[(number + turn) % len(points)]


def find_difference(policy: PolicySnapshot, outcomes: Iterable[Outcome]) -> Outcome | None:
    """Give the first outcome that the policy does not reproduce, None when it reproduces all."""
    return next((each for each in outcomes if decide(policy, each.tap) != each.verdict), None)


def describe_outcome(outcome: Outcome) -> str:
    """Say where and what in a few words; the card is not named."""
    word = outcome.verdict.rule if isinstance(outcome.verdict, Granted) else Reason(outcome.verdict.reason)
    return f"{outcome.tap.point}: {word}"
