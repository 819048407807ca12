"""Rule sets of the network tiers: written once each, and from when which one holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update

from domain.zones.rule import Rule, RuleSet, Saying, hash_rules
from store.bulk import insert_rows
from store.conflicts import insert_new
from store.tx import Tx
from store.zone_tables import tier_rule, tier_rule_activation, tier_rule_set

_SAYING = ("ja", "en", "do_ja", "do_en")
_ROW = ("code", *_SAYING, "expression", "tiers", "author", "approver", "may_be_waived", "valid_from", "valid_until")


_LOCK = 0x74696572726C
"""The advisory lock of PostgreSQL under which sets begin to hold; on SQLite a writer is alone anyway."""


@dataclass(frozen=True, slots=True)
class RuleSetNote:
    """Who wrote a set down, when, and why."""

    hash: str
    proposed_by: str
    proposed_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Activation:
    """From when a set holds, and on whose word."""

    set_hash: str
    from_at: datetime
    asked_by: str
    approved_by: str


def insert_rule_set(tx: Tx, rules: RuleSet, *, by: str, note: str) -> str:
    """Keep a set that is proposed, and give its hash; one that says the same stands already and is left as it is."""
    hash_ = hash_rules(rules)
    values = {"hash": hash_, "proposed_by": by, "proposed_at": tx.now, "note": note}
    if insert_new(tx, tier_rule_set, values):
        rows = [(hash_, position, *_write(rule)) for position, rule in enumerate(rules)]
        insert_rows(tx, tier_rule, ("set_hash", "position", *_ROW), rows)
    return hash_


def load_rule_set(tx: Tx, set_hash: str) -> RuleSet | None:
    """Give a set; None when there is none of that hash."""
    known = select(tier_rule_set.c.hash).where(tier_rule_set.c.hash == set_hash)
    if tx.connection.execute(known).one_or_none() is None:
        return None
    query = select(*(tier_rule.c[name] for name in _ROW)).where(tier_rule.c.set_hash == set_hash)
    return tuple(_read(*row) for row in tx.connection.execute(query.order_by(tier_rule.c.position)))


def activate_rule_set(tx: Tx, rules: RuleSet, new: Activation) -> None:
    """Let a set hold from an instant; ``rules`` are its own, each with whoever approved it."""
    for rule in rules:
        row = (tier_rule.c.set_hash == new.set_hash) & (tier_rule.c.code == rule.code)
        unapproved = row & (tier_rule.c.approver == "")
        tx.connection.execute(update(tier_rule).where(unapproved).values(approver=rule.approver))
    values = {name: getattr(new, name) for name in ("set_hash", "from_at", "asked_by", "approved_by")}
    tx.connection.execute(tier_rule_activation.insert().values(values))


def load_active_hash(tx: Tx, at: datetime) -> str | None:
    """Give the hash of the set that holds at an instant; None before the first one."""
    query = select(tier_rule_activation.c.set_hash).where(tier_rule_activation.c.from_at <= at)
    latest = query.order_by(tier_rule_activation.c.from_at.desc(), tier_rule_activation.c.id.desc()).limit(1)
    return tx.connection.execute(latest).scalar_one_or_none()


def hold_activations(tx: Tx) -> None:
    """Let nobody else change which set holds until the commit."""
    if tx.is_postgresql:
        tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def load_latest_hash(tx: Tx) -> str | None:
    """Give the hash of the set that holds last of all that were approved, of one to come too; None before the first."""
    return next((each.set_hash for each in list_activations(tx)), None)


def list_rule_sets(tx: Tx) -> dict[str, RuleSetNote]:
    """Give who wrote each set down, by its hash."""
    query = select(*(tier_rule_set.c[name] for name in ("hash", "proposed_by", "proposed_at", "note")))
    return {row.hash: RuleSetNote(*row) for row in tx.connection.execute(query)}


def list_activations(tx: Tx) -> list[Activation]:
    """Give every activation, the last one first."""
    columns = (tier_rule_activation.c[name] for name in ("set_hash", "from_at", "asked_by", "approved_by"))
    query = select(*columns).order_by(tier_rule_activation.c.from_at.desc(), tier_rule_activation.c.id.desc())
    return [Activation(*row) for row in tx.connection.execute(query)]


def _write(rule: Rule) -> tuple[object, ...]:
    said = tuple(getattr(rule.saying, name) for name in _SAYING)
    days = (rule.valid_from, rule.valid_until)
    tiers = " ".join(sorted(rule.tiers))
    return (rule.code, *said, rule.expression, tiers, rule.author, rule.approver, rule.may_be_waived, *days)


def _read(code: str, *row: Any) -> Rule:
    said, (expression, tiers, *rest) = row[: len(_SAYING)], row[len(_SAYING) :]
    return Rule(code, Saying(*said), expression, frozenset(tiers.split()), *rest)
