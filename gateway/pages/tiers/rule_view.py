"""Rules as a page shows them: read out, by tier, and what one set changes against another. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.validity import is_in_force
from domain.zones.rule import Rule, Saying, hash_rules
from gateway.pages.drawing.phrases import Bilingual, Phrases
from gateway.pages.tiers.rule_words import read_out
from gateway.pages.words import Language

KEY_DIGITS = 16


class Mark(StrEnum):
    """How a rule of a draft stands to the set that holds."""

    same = "same"
    added = "added"
    changed = "changed"
    ended = "ended"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of a table: what is said of it, what it demands in words, and for which tiers; ``key`` finds it again."""

    key: str
    rule: Rule
    what: str
    todo: str
    demands: str
    tiers: tuple[str, ...]
    is_in_force: bool
    mark: Mark = Mark.same


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a rule that says something else: before and after; empty is nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What one set does to a rule of another: added, changed in some fields, or ended."""

    mark: Mark
    row: RuleRow
    fields: tuple[FieldChange, ...] = ()


def key_of(rule: Rule) -> str:
    """Give what finds a rule in its set again: it changes with what the rule says."""
    return hash_rules((rule,))[:KEY_DIGITS]


class RuleTeller:
    """Says rules in a visitor's language, with the tiers' names.

    Args:
        phrases: of the visitor.
        tiers: the tiers by id.
        today: which rules are in force.
    """

    def __init__(self, phrases: Phrases, tiers: Mapping[str, Bilingual], today: date) -> None:
        self._phrases = phrases
        self._tiers = tiers
        self._today = today

    def row(self, rule: Rule, mark: Mark = Mark.same) -> RuleRow:
        """Give a rule's row."""
        what, todo = self.say(rule.saying)
        demands = read_out(rule.expression, self._phrases, self._tiers).words
        named = tuple(self.name_tier(each) for each in sorted(rule.tiers, key=self._place))
        return RuleRow(key_of(rule), rule, what, todo, demands, named, is_in_force(rule, self._today), mark)

    def rows(self, rules: Iterable[Rule], tier_id: str = "") -> list[RuleRow]:
        """Give the rows of a set, or of those for one tier."""
        return [self.row(rule) for rule in rules if not tier_id or tier_id in rule.tiers]

    def changes(self, before: Sequence[Rule], after: Sequence[Rule]) -> list[RuleChange]:
        """Give what a set changes: rules of one code are held against each other, one after another."""
        found: list[RuleChange] = []
        former, coming = _by_code(before), _by_code(after)
        for code in dict.fromkeys((*coming, *former)):
            olds, news = _without_equals(former.get(code, []), coming.get(code, []))
            for old, new in zip(olds, news, strict=False):
                found.append(RuleChange(Mark.changed, self.row(new, Mark.changed), tuple(self._fields(old, new))))
            found += [RuleChange(Mark.added, self.row(new, Mark.added)) for new in news[len(olds) :]]
            found += [RuleChange(Mark.ended, self.row(old, Mark.ended)) for old in olds[len(news) :]]
        return found

    def say(self, saying: Saying) -> tuple[str, str]:
        """Give what is said of a rule, and what to do."""
        is_ja = self._phrases.language is Language.ja
        return (saying.ja, saying.do_ja) if is_ja else (saying.en, saying.do_en)

    def name_tier(self, tier_id: str) -> str:
        """Give a tier's name."""
        return self._phrases.name_of(self._tiers[tier_id]) if tier_id in self._tiers else tier_id

    def _place(self, tier_id: str) -> tuple[int, str]:
        known = list(self._tiers)
        return (known.index(tier_id) if tier_id in known else len(known), tier_id)

    def _fields(self, old: Rule, new: Rule) -> Iterable[FieldChange]:
        for name in ("ja", "en", "do_ja", "do_en"):
            texts = getattr(old.saying, name), getattr(new.saying, name)
            if texts[0] != texts[1]:
                yield FieldChange(name, *texts)
        if old.expression != new.expression:
            yield FieldChange("demands", self.row(old).demands, self.row(new).demands)
            yield FieldChange("expression", old.expression, new.expression)
        if old.tiers != new.tiers:
            comma = self._phrases.say("tier_rules.comma")
            yield FieldChange("tiers", comma.join(self.row(old).tiers), comma.join(self.row(new).tiers))
        if old.may_be_waived != new.may_be_waived:
            words = [self._phrases.say(f"tier_rules.waived_{str(each.may_be_waived).lower()}") for each in (old, new)]
            yield FieldChange("may_be_waived", *words)
        for name in ("valid_from", "valid_until"):
            days = getattr(old, name), getattr(new, name)
            if days[0] != days[1]:
                yield FieldChange(name, *(str(day or "") for day in days))


def mark_draft(teller: RuleTeller, standing: Sequence[Rule], draft: Sequence[Rule]) -> list[RuleRow]:
    """Give the rows of a draft, each with how it stands to the set that holds."""
    marks = {each.row.key: each.mark for each in teller.changes(standing, draft)}
    return [teller.row(rule, marks.get(key_of(rule), Mark.same)) for rule in draft]


def _by_code(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.code].append(rule)
    return found


def _without_equals(olds: list[Rule], news: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    both = {key_of(each) for each in olds} & {key_of(each) for each in news}
    return [each for each in olds if key_of(each) not in both], [each for each in news if key_of(each) not in both]
