"""The form of one rule: what stands in its fields, the rule that they make, and what is wrong by field. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from contract.tier_rule_file import RuleField
from domain.zones.rule import Rule, Saying, check_rules
from domain.zones.zone_words import describe_zone_fault
from gateway.pages.drawing.dates import read_date
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.words import Language

TEXTS = ("code", "expression", "ja", "en", "do_ja", "do_en", "valid_from", "valid_until")
FIELDS = (*TEXTS, "tiers", "may_be_waived")


@dataclass(frozen=True, slots=True)
class EnteredRule:
    """What stands in the form's fields."""

    texts: Mapping[str, str] = field(default_factory=dict)
    tiers: frozenset[str] = frozenset()
    may_be_waived: bool = False


@dataclass(frozen=True, slots=True)
class MadeRule:
    """The rule that a form makes; None where something is wrong with it."""

    rule: Rule | None
    faults: FieldFaults


def begin_rule(rule: Rule | None, *, as_copy: bool = False) -> EnteredRule:
    """Give what stands in the form of a rule, of a copy of it that needs a code of its own, or of a new one."""
    if rule is None:
        return EnteredRule(dict.fromkeys(TEXTS, ""))
    texts = {name: getattr(rule.saying, name) for name in ("ja", "en", "do_ja", "do_en")}
    days = {name: str(getattr(rule, name) or "") for name in ("valid_from", "valid_until")}
    code = "" if as_copy else rule.code
    return EnteredRule(
        {"code": code, "expression": rule.expression, **texts, **days}, rule.tiers, may_be_waived=rule.may_be_waived
    )


def make_rule(
    entered: EnteredRule, others: Sequence[Rule], tiers: frozenset[str], *, by: str, phrases: Phrases
) -> MadeRule:
    """Give the rule that was entered, held against the others of its set.

    Args:
        entered: what stands in the fields.
        others: the other rules of the draft.
        tiers: the ids of the tiers that there are.
        by: who enters it.
        phrases: in which faults are told.
    """
    plain = {name: text.strip() for name, text in entered.texts.items() if text.strip()}
    days = {name: plain.pop(name, "") for name in ("valid_from", "valid_until")}
    read = {name: read_date(text) for name, text in days.items()}
    told = _Told(phrases)
    for name, text in days.items():
        if text and read[name] is None:
            told.say(name, "day")
    try:
        kept = RuleField(**plain, **read, tiers=entered.tiers, may_be_waived=entered.may_be_waived)  # type: ignore[arg-type]
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False, include_context=False):
            told.say(*_name_fault(str(each["loc"][0]), each["type"]))
        return MadeRule(None, told.by_field)
    rule = Rule(
        kept.code,
        Saying(kept.ja, kept.en, kept.do_ja, kept.do_en),
        kept.expression,
        kept.tiers,
        by,
        may_be_waived=kept.may_be_waived,
        valid_from=kept.valid_from,
        valid_until=kept.valid_until,
    )
    for fault in check_rules((*others, rule), tiers):
        code, _, name = fault.field.partition(".")
        if code == rule.code:
            told.add(name, describe_zone_fault(fault)[0 if phrases.language is Language.ja else 1])
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        told.say("valid_until", "days")
    return MadeRule(None if told.by_field else rule, told.by_field)


class _Told:
    """What is wrong, by field."""

    def __init__(self, phrases: Phrases) -> None:
        self.by_field: dict[str, list[str]] = {}
        self._phrases = phrases

    def say(self, name: str, word: str) -> None:
        self.add(name, self._phrases.say(f"tier_rules.fault.{word}"))

    def add(self, name: str, text: str) -> None:
        self.by_field.setdefault(name, []).append(text)


def _name_fault(name: str, kind: str) -> tuple[str, str]:
    """Give the field, and the word for what pydantic found wrong with it."""
    if kind == "string_pattern_mismatch":
        return name, "code" if name == "code" else "marks"
    return name, {"too_short": "no_tiers", "string_too_long": "long"}.get(kind, "missing")
