"""Changing the rules: a draft of one's own, rule by rule, tried on the last days and proposed to a second person.

It is one module because every act is a small step on the one draft, read and kept in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from contract.tier_rule_file import TierRuleFileError, load_rules, write_rules
from domain.civil import civil_minute, instant, parse_clock
from domain.zones.grammar import LENGTH_MAX
from domain.zones.rule import TEXT_MAX, Rule, RuleSet
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy, refuse_zone
from gateway.operations.zones.propose_rules import WishedRules, propose_rules
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tiers.naming import name_tiers
from gateway.pages.tiers.rule_form import EnteredRule, begin_rule, make_rule
from gateway.pages.tiers.rule_view import Mark, key_of, mark_draft
from gateway.pages.tiers.rule_words import list_facts, read_out
from gateway.pages.tiers.rules import HASH_PATTERN, tell_faults, tell_rules
from store.tier_rule_drafts import RuleDraft, delete_draft, load_draft, save_draft
from store.tier_rules import load_latest_hash, load_rule_set
from store.tx import Tx

router = APIRouter()

Key = Annotated[str, Form(max_length=64)]
Text = Annotated[str, Form(max_length=2000)]
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]


@dataclass(frozen=True, slots=True)
class Draft:
    """Somebody's rules in the making, and the set that they are held against: the last that was approved."""

    rules: RuleSet
    latest: RuleSet
    latest_hash: str
    is_begun: bool
    is_behind: bool
    """Another set was approved since it was begun."""


def load_own_draft(tx: Tx, login: str) -> Draft:
    """Give somebody's draft; where nothing was begun, the last set that was approved."""
    latest_hash = load_latest_hash(tx) or ""
    latest = load_rule_set(tx, latest_hash) or ()
    kept = load_draft(tx, login)
    if kept is None:
        return Draft(latest, latest, latest_hash, is_begun=False, is_behind=False)
    try:
        rules = load_rules(kept.body, by=login)
    except TierRuleFileError:  # it was left empty: every rule was taken out
        rules = ()
    return Draft(rules, latest, latest_hash, is_begun=True, is_behind=kept.base != latest_hash)


@router.get("/tier-rules/draft")
def get_draft(visit: Visitor) -> Response:
    """Show the own draft: each rule with how it differs, and the form that proposes it."""
    return _show_draft(visit)


@router.get("/tier-rules/draft/rule")
def get_rule(
    visit: Visitor,
    key: Annotated[str, Query(max_length=64)] = "",
    *,
    copy: bool = False,
) -> Response:
    """Show a rule's form; without a key it is a new one."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        draft = load_own_draft(tx, visit.signed_in.login)
    rule = next((each for each in draft.rules if key_of(each) == key), None)
    if key and rule is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _show_rule(visit, begin_rule(rule, as_copy=copy), "" if copy else key)


@router.get("/tier-rules/draft/reading")
def get_reading(visit: Visitor, expression: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """Read an expression out while it is written."""
    tiers = name_tiers(visit.pages.context.tiers.plan.tiers)
    reading = read_out(expression, visit.phrases, tiers) if expression.strip() else None
    return visit.render("tiers/parts/rule_reading.html", reading=reading, expression=expression)


@router.post("/tier-rules/draft/keep")
def post_rule(
    visit: Visitor,
    *,
    key: Key = "",
    code: Text = "",
    expression: Text = "",
    ja: Text = "",
    en: Text = "",
    do_ja: Text = "",
    do_en: Text = "",
    valid_from: FORM_DATE = "",
    valid_until: FORM_DATE = "",
    tiers: Annotated[list[str] | None, Form(max_length=50)] = None,
    may_be_waived: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a rule of the draft, a new one or in place of the one of ``key``."""
    texts = {"code": code, "expression": " ".join(expression.split()), "ja": ja, "en": en, "do_ja": do_ja}
    texts |= {"do_en": do_en, "valid_from": valid_from, "valid_until": valid_until}
    entered = EnteredRule(texts, frozenset(tiers or ()), may_be_waived=may_be_waived)
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.transaction(context.now()) as tx:
        draft = load_own_draft(tx, login)
        others = [each for each in draft.rules if key_of(each) != key]
        is_there = not key or len(others) < len(draft.rules)
        same = next((each for each in draft.rules if begin_rule(each) == entered), None)
        if same is not None:  # sent twice, or nothing was changed
            return see_other(f"/tier-rules/draft#rule-{key_of(same)}")
        known = frozenset(name_tiers(context.tiers.plan.tiers))
        made = make_rule(entered, others, known, by=login, phrases=visit.phrases)
        if made.rule is not None and is_there:
            _save(tx, login, draft, _put(draft.rules, key, made.rule))
    if made.rule is None:
        return _show_rule(visit, entered, key, made.faults)
    if not is_there:
        return _show_draft(visit, refuse_zone("rule", ZoneWhy.moved_on))
    return see_other(f"/tier-rules/draft#rule-{key_of(made.rule)}")


@router.post("/tier-rules/draft/drop")
def post_drop(visit: Visitor, key: Key) -> Response:
    """Take a rule out of the draft."""
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.transaction(context.now()) as tx:
        draft = load_own_draft(tx, login)
        _save(tx, login, draft, tuple(each for each in draft.rules if key_of(each) != key))
    return see_other("/tier-rules/draft")


@router.post("/tier-rules/draft/bring-back")
def post_bring_back(visit: Visitor, key: Key) -> Response:
    """Put a rule of the set that holds back into the draft, in place of those of its code."""
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.transaction(context.now()) as tx:
        draft = load_own_draft(tx, login)
        rule = next((each for each in draft.latest if key_of(each) == key), None)
        if rule is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        _save(tx, login, draft, (*(each for each in draft.rules if each.code != rule.code), rule))
    return see_other("/tier-rules/draft")


@router.post("/tier-rules/draft/begin")
def post_begin(visit: Visitor, set_hash: Annotated[str, Form(pattern=f"{HASH_PATTERN}|^$")] = "") -> Response:
    """Begin the draft anew: from an earlier set, or without one throw it away."""
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.transaction(context.now()) as tx:
        rules = load_rule_set(tx, set_hash) if set_hash else None
        if set_hash and rules is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if rules is None:
            delete_draft(tx, login)
        else:
            save_draft(tx, RuleDraft(login, load_latest_hash(tx) or "", write_rules(rules), tx.now))
    return see_other("/tier-rules/draft" if set_hash else "/tier-rules")


@router.post("/tier-rules/draft/propose")
def post_proposal(
    visit: Visitor,
    form: FormId,
    *,
    base: Annotated[str, Form(pattern=f"{HASH_PATTERN}|^$")] = "",
    note: Text = "",
    from_on: FORM_DATE = "",
    from_clock: Annotated[str, Form(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")] = "",
) -> Response:
    """Propose the draft to a second person."""
    context, login = visit.pages.context, visit.signed_in.login
    typed = {"note": note, "from_on": from_on, "from_clock": from_clock}
    try:
        with context.store.transaction(context.now()) as tx:
            draft = load_own_draft(tx, login)
            wish = WishedRules(form, draft.rules, " ".join(note.split()), base, _read_instant(from_on, from_clock))
            known = frozenset(name_tiers(context.tiers.plan.tiers))
            proposal = propose_rules(tx, wish, known, by=login)
    except ZoneFaultsError as error:
        return _show_draft(visit, error, typed)
    context.committed.set()
    return see_other(f"/tier-rules/proposals/{proposal.id}")


def _read_instant(on: str, clock: str) -> datetime | None:
    day: date | None = read_date(on)
    if on and day is None:
        raise refuse_zone("from_at", ZoneWhy.malformed, expected="YYYY-MM-DD")
    if day is None:
        return None
    return instant(day, parse_clock(clock) if clock else 0)


def _put(rules: Sequence[Rule], key: str, rule: Rule) -> RuleSet:
    if not key:
        return (*rules, rule)
    return tuple(rule if key_of(each) == key else each for each in rules)


def _save(tx: Tx, login: str, draft: Draft, rules: RuleSet) -> None:
    kept = load_draft(tx, login)
    base = kept.base if kept is not None else draft.latest_hash
    save_draft(tx, RuleDraft(login, base, write_rules(rules), tx.now))


def _show_draft(visit: Visit, error: ZoneFaultsError | None = None, typed: dict[str, str] | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        draft = load_own_draft(tx, visit.signed_in.login)
    teller = tell_rules(visit, tx.now)
    changes = teller.changes(draft.latest, draft.rules)
    fields = {fault.field for fault in (error.faults if error else ())} & {"note", "from_at"}
    told = {name: [tell_faults(error, visit.language)] for name in fields}
    return visit.render(
        "tiers/rule_draft.html",
        draft=draft,
        rows=mark_draft(teller, draft.latest, draft.rules),
        ended=[each.row for each in changes if each.mark is Mark.ended],
        changes=changes,
        fault=tell_faults(error, visit.language),
        faults=told,
        typed=typed or {"note": "", "from_on": "", "from_clock": ""},
        note_max=TEXT_MAX,
        today=civil_minute(tx.now)[0],
        now=tx.now,
    )


def _show_rule(visit: Visit, entered: EnteredRule, key: str, faults: FieldFaults | None = None) -> Response:
    tiers = name_tiers(visit.pages.context.tiers.plan.tiers)
    expression = entered.texts["expression"]
    return visit.render(
        "tiers/rule_form.html",
        fault="refused" if faults else None,
        faults=faults or {},
        entered=entered,
        key=key,
        tiers=tiers,
        reading=read_out(expression, visit.phrases, tiers) if expression else None,
        expression=expression,
        facts=list_facts(visit.phrases, tiers),
        length_max=LENGTH_MAX,
        text_max=TEXT_MAX,
    )
