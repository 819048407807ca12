"""Rules tried on the last thirty days: who would have been put off and who let in, by name, before they hold."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.zones.rule import RuleSet
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.tiers.code_words import load_active_sayings, tell_codes
from gateway.pages.tiers.naming import load_names, name_tiers
from gateway.pages.tiers.rule_drafts import load_own_draft
from gateway.zones.rule_trial import TRIAL_DAYS
from store.tier_rules import load_rule_set
from store.tx import Tx

router = APIRouter()

DRAFT = "draft"
WAIT_SECONDS = 1.0
"""So long a page waits for a trial that is quick; a longer one shows how far it is."""

LISTED_MAX = 200

Of = Annotated[str, Query(pattern=r"^([0-9a-f]{64}|draft)$")]
"""The hash of a set, or the own draft."""


@router.get("/tier-rules/trial")
def get_trial(visit: Visitor, of: Of) -> Response:
    """Try rules on the last days, and show what they would have changed."""
    return _show(visit, of, "tiers/rule_trial.html")


@router.get("/tier-rules/trial/part")
def get_trial_part(visit: Visitor, of: Of) -> Response:
    """Give the part of it that changes while it runs."""
    return _show(visit, of, "tiers/parts/rule_trial.html")


def _show(visit: Visit, of: str, template: str) -> Response:
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        rules = _load(tx, visit, of)
        sayings = dict(load_active_sayings(tx)) | {rule.code: rule.saying for rule in rules}
    trial = context.trials.begin(context.store, context.tiers.plan, rules, now)
    trial.over.wait(WAIT_SECONDS)
    result = trial.result
    with context.store.reading(now) as tx:
        names = load_names(tx, [each.person_id for each in (*result.put_off, *result.let_in)] if result else [])
    return visit.render(
        template,
        of=of,
        trial=trial,
        result=result,
        names=names,
        tiers=name_tiers(context.tiers.plan.tiers),
        tell=lambda codes: tell_codes(codes, sayings, visit.language),
        days=TRIAL_DAYS,
        listed_max=LISTED_MAX,
        is_draft=of == DRAFT,
        now=now,
    )


def _load(tx: Tx, visit: Visit, of: str) -> RuleSet:
    if of == DRAFT:
        if not visit.may(Right.keep_tiers):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return load_own_draft(tx, visit.signed_in.login).rules
    rules = load_rule_set(tx, of)
    if rules is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return rules
