"""A rule set as one Python function a tier: fast enough to judge a month of a city again while somebody waits.

Code is made from the checked tree alone (``grammar.parse``), node by node: no text of a rule ever becomes code.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.validity import is_in_force
from domain.zones.expression import Compared, Joined, Name, Negated, Number, Sign, Tree, Words
from domain.zones.facts import Facts
from domain.zones.grammar import parse
from domain.zones.rule import Rule, hash_rules

Judge = Callable[[Facts], tuple[str, ...]]
"""Gives the codes of all rules that do not hold, in their order."""


@dataclass(frozen=True, slots=True)
class TierRules:
    """The rules of one tier as one function, their ``codes`` in order, and those that can be set aside."""

    judge: Judge
    codes: tuple[str, ...]
    waivable: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A rule set by tier, as it is from ``first_on`` until ``last_on`` (None: no bound); ``hash`` is of all rules."""

    hash: str
    first_on: date | None
    last_on: date | None
    tiers: Mapping[str, TierRules]

    def hold_on(self, on: date) -> bool:
        """Tell whether these are the rules of a day."""
        return (self.first_on or date.min) <= on <= (self.last_on or date.max)


def compile_rules(rules: Iterable[Rule], on: date) -> CompiledRules:
    """Compile the rules that are in force on a day.

    Raises:
        ZoneFaultsError: an expression cannot be read (rules are checked before they are kept).
    """
    every = tuple(rules)
    chosen = sorted((rule for rule in every if is_in_force(rule, on)), key=lambda rule: rule.code)
    tiers = sorted({tier for rule in chosen for tier in rule.tiers})
    first_on, last_on = _find_days(every, on)
    compiled = {tier: _compile_tier([rule for rule in chosen if tier in rule.tiers]) for tier in tiers}
    return CompiledRules(hash_rules(every), first_on, last_on, compiled)


def _find_days(rules: tuple[Rule, ...], on: date) -> tuple[date | None, date | None]:
    """Give the first and the last day around ``on`` on which the same rules are in force."""
    begins = {rule.valid_from for rule in rules if rule.valid_from is not None}
    begins |= {rule.valid_until + timedelta(days=1) for rule in rules if rule.valid_until is not None}
    next_on = min((each for each in begins if each > on), default=None)
    last_on = None if next_on is None else next_on - timedelta(days=1)
    return max((each for each in begins if each <= on), default=None), last_on


def _compile_tier(rules: list[Rule]) -> TierRules:
    return TierRules(
        _make_judge([(rule.code, parse(rule.expression)) for rule in rules]),
        tuple(rule.code for rule in rules),
        frozenset(rule.code for rule in rules if rule.may_be_waived),
    )


def _make_judge(trees: list[tuple[str, Tree]]) -> Judge:
    """Make ``lambda facts: (*(() if <tree> else (code,)), …)``."""
    empty = ast.Tuple([], ast.Load())
    parts: list[ast.expr] = [
        ast.Starred(ast.IfExp(_write(tree), empty, ast.Tuple([ast.Constant(code)], ast.Load())), ast.Load())
        for code, tree in trees
    ]
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("facts")], kwonlyargs=[], kw_defaults=[], defaults=[])
    made = ast.Expression(ast.Lambda(arguments, ast.Tuple(parts, ast.Load())))
    judge: Judge = eval(  # noqa: S307 (of nodes made here, from names and constants that were checked)
        compile(ast.fix_missing_locations(made), "<rules>", "eval"), {"__builtins__": {}}
    )
    return judge


_SIGNS: Mapping[Sign, type[ast.cmpop]] = {
    Sign.equal: ast.Eq,
    Sign.unequal: ast.NotEq,
    Sign.less: ast.Lt,
    Sign.at_most: ast.LtE,
    Sign.more: ast.Gt,
    Sign.at_least: ast.GtE,
    Sign.within: ast.In,
    Sign.outside: ast.NotIn,
}


def _write(tree: Tree | Number | Words) -> ast.expr:
    match tree:
        case Name(name):
            return ast.Attribute(ast.Name("facts", ast.Load()), name, ast.Load())
        case Number(value):
            return ast.Constant(value)
        case Words(words, many):
            each = [ast.Constant(word) for word in sorted(words)]
            return ast.Set([*each]) if many else each[0]
        case Compared(left, sign, right):
            return ast.Compare(_write(left), [_SIGNS[sign]()], [_write(right)])
        case Negated(of):
            return ast.UnaryOp(ast.Not(), _write(of))
        case Joined(parts, any_of):
            return ast.BoolOp(ast.Or() if any_of else ast.And(), [_write(part) for part in parts])
