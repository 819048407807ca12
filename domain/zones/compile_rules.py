"""A rule set as one Python function a tier: fast enough to judge a month of a city again while somebody waits.

Code is made from the checked tree alone (``grammar.parse``), node by node: no text of a rule ever becomes code.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.validity import is_in_force
from domain.zones.expression import Compared, Joined, Name, Negated, Number, Sign, Tree, Words, list_names
from domain.zones.facts import Facts
from domain.zones.grammar import parse
from domain.zones.rule import Rule, hash_rules

Judge = Callable[[Facts], tuple[str, ...]]
"""Gives the codes of all rules that do not hold, in their order."""


@dataclass(frozen=True, slots=True)
class TierRules:
    """The rules of one tier on one day: the ``facts`` they name, and the codes that can be set aside (``waivable``)."""

    judge: Judge
    codes: tuple[str, ...]
    facts: frozenset[str]
    waivable: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """A rule set of one day, by tier; ``hash`` is that of the whole set."""

    hash: str
    on: date
    tiers: Mapping[str, TierRules]


def compile_rules(rules: Iterable[Rule], on: date) -> CompiledRules:
    """Compile the rules that are in force on a day.

    Raises:
        ZoneFaultsError: an expression cannot be read (rules are checked before they are kept).
    """
    every = tuple(rules)
    chosen = sorted((rule for rule in every if is_in_force(rule, on)), key=lambda rule: rule.code)
    tiers = sorted({tier for rule in chosen for tier in rule.tiers})
    return CompiledRules(
        hash_rules(every), on, {tier: _compile_tier([rule for rule in chosen if tier in rule.tiers]) for tier in tiers}
    )


def _compile_tier(rules: list[Rule]) -> TierRules:
    trees = [(rule.code, parse(rule.expression)) for rule in rules]
    return TierRules(
        _make_judge(trees),
        tuple(rule.code for rule in rules),
        frozenset[str]().union(*(list_names(tree) for _, tree in trees)),
        frozenset(rule.code for rule in rules if rule.may_be_waived),
    )


def _make_judge(trees: list[tuple[str, Tree]]) -> Judge:
    """Make ``lambda facts: (*(() if <tree> else (code,)), …)``."""
    empty = ast.Tuple([], ast.Load())
    parts: list[ast.expr] = [
        ast.Starred(
            ast.IfExp(_write(tree), empty, ast.Tuple([ast.Constant(code)], ast.Load())),
            ast.Load(),
        )
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
            return ast.Set([ast.Constant(word) for word in sorted(words)]) if many else ast.Constant(next(iter(words)))
        case Compared(left, sign, right):
            return ast.Compare(_write(left), [_SIGNS[sign]()], [_write(right)])
        case Negated(of):
            return ast.UnaryOp(ast.Not(), _write(of))
        case Joined(parts, any_of):
            return ast.BoolOp(ast.Or() if any_of else ast.And(), [_write(part) for part in parts])
