"""A small city of two tiers, somebody who may use both, and the rules that say so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from domain.ids import AreaId
from domain.zones.compile_rules import compile_rules
from domain.zones.decide_tier import Decision, Outlook, Waiver, decide_tier
from domain.zones.facts import Factor, Facts, Threat
from domain.zones.presence_grade import Grade
from domain.zones.rule import Rule, Saying
from domain.zones.tier import FailurePolicy, Method, Silence, Tier, TierId, TierPlace, TierPlan

NOW = datetime(2025, 11, 20, 1, 0, tzinfo=UTC)
TODAY = date(2025, 11, 20)
MYNUM, LGWAN = TierId("mynum"), TierId("lgwan")

PLAN = TierPlan(
    (
        Tier(MYNUM, "マイナンバー利用事務系", "My Number", 10, frozenset((Method.eap_tls,))),
        Tier(
            LGWAN,
            "LGWAN接続系",
            "LGWAN",
            20,
            frozenset((Method.eap_tls, Method.agent)),
            quarantine_vlan=99,
            failure=FailurePolicy(Silence.silent),
        ),
    ),
    (TierPlace(MYNUM, AreaId("records")), TierPlace(LGWAN, AreaId("main"))),
)

SAYING = Saying("足りません", "It is missing", "担当へ", "Ask the desk")

ALLOWED = Facts(
    tier=LGWAN,
    method=Method.eap_tls,
    person_known=True,
    employed=True,
    suspended=False,
    on_leave=False,
    present=True,
    presence_grade=Grade.door_pair,
    factor=Factor.card_pin,
    cleared=True,
    trained=True,
    drill_open=False,
    in_hours=True,
    on_duty=True,
    terminal_issued=True,
    terminal_certified=True,
    terminal_tier=LGWAN,
    visitor=False,
    threat=Threat.normal,
)


def rule(code: str, expression: str, *tiers: str, **other: object) -> Rule:
    """A rule of both tiers, or of those named."""
    made = Rule(code, SAYING, expression, frozenset(tiers or (MYNUM, LGWAN)), "author", "approver")
    return replace(made, **other)  # type: ignore[arg-type]


RULES = (
    rule("known", "person_known and employed and not suspended"),
    rule("leave", "not on_leave"),
    rule("terminal", "terminal_issued and terminal_certified and terminal_tier == tier"),
    rule("present", "present"),
    rule("sure", "presence_grade in ['door_and_desk', 'door_pair']", MYNUM),
    rule("factor", "factor in ['card_pin', 'biometric']", MYNUM),
    rule("cleared", "cleared"),
    rule("trained", "trained and not drill_open", may_be_waived=True),
    rule("hours", "in_hours or overtime_ordered", may_be_waived=True),
    rule("escort", "not visitor or escorted"),
    rule("threat", "threat in ['normal', 'shelter']"),
)


def decide(
    facts: Facts = ALLOWED,
    *waivers: Waiver,
    rules: tuple[Rule, ...] = RULES,
    now: datetime = NOW,
    on: date = TODAY,
    later: Mapping[datetime, Facts] | None = None,
) -> Decision:
    """Decide about somebody who may, unless said otherwise; ``later`` is what the facts turn to by themselves."""
    turns = dict(sorted((later or {}).items()))

    def facts_at(at: datetime) -> Facts:
        return next((turns[turn] for turn in reversed(turns) if turn <= at), facts)

    return decide_tier(PLAN, compile_rules(rules, on), Outlook(facts_at, tuple(turns)), now, waivers)


def waiver(*codes: str, **other: object) -> Waiver:
    """An emergency's waiver of an hour."""
    made = Waiver(
        "w-1", "s1", LGWAN, frozenset(codes), NOW - timedelta(minutes=1), NOW + timedelta(hours=1), "障害", "a", "b"
    )
    return replace(made, **other)  # type: ignore[arg-type]
