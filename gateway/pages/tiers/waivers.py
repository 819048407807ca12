"""例外（非常時）: rules set aside for somebody for a time, who asked for it and who granted it, now and before."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path, Query
from starlette.responses import Response

from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneFaultsError
from gateway.operations.zones.waive_rules import WishedWaiver, end_waiver_early, list_waivable, propose_waiver
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.tiers.code_words import load_active_sayings, tell_codes
from gateway.pages.tiers.naming import load_names, name_logins, name_tiers
from gateway.pages.tiers.rules import list_waiting, tell_faults
from store.directory import find_person
from store.rule_waivers import list_recent_waivers
from store.tier_proposals import ProposalKind

router = APIRouter()

HOURS = (1, 2, 4, 8, 12, 24)
HOURS_MAX = 24
"""So long rules may be set aside at most: whoever needs more asks again."""

Text = Annotated[str, Form(max_length=1000)]
Typed = dict[str, str]


@router.get("/tier-waivers")
def get_waivers(visit: Visitor, tier: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show what is set aside now, what waits for a second person, and what was; ask for one of a tier."""
    return _show(visit, {"tier_id": tier})


@router.post("/tier-waivers")
def post_waiver(
    visit: Visitor,
    form: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],
    *,
    person_id: Annotated[str, Form(max_length=64)] = "",
    tier_id: Annotated[str, Form(max_length=64)] = "",
    codes: Annotated[list[str] | None, Form(max_length=200)] = None,
    hours: Annotated[int, Form(ge=1, le=10_000)] = 1,
    reason: Text = "",
) -> Response:
    """Ask a second person to set rules aside."""
    context = visit.pages.context
    chosen = frozenset(codes or ())
    try:
        with context.store.transaction(context.now()) as tx:
            who = find_person(tx, person_id) or person_id.strip()
            wish = WishedWaiver(form, who, tier_id, chosen, hours, " ".join(reason.split()))
            propose_waiver(tx, wish, hours_max=HOURS_MAX, by=visit.signed_in.login)
    except ZoneFaultsError as error:
        typed = {"person_id": person_id, "tier_id": tier_id, "hours": str(hours), "reason": reason}
        return _show(visit, typed, chosen, error)
    context.committed.set()
    return see_other("/tier-waivers")


@router.post("/tier-waivers/{waiver_id}/end")
def post_end(visit: Visitor, waiver_id: Annotated[str, Path(max_length=64)]) -> Response:
    """End a waiver before its time."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            end_waiver_early(tx, waiver_id, by=visit.signed_in.login)
    except LookupError:
        raise HTTPException(404) from None
    except ZoneFaultsError as error:
        return _show(visit, {}, error=error)
    context.committed.set()
    return see_other("/tier-waivers")


def _show(
    visit: Visit, typed: Typed, chosen: frozenset[str] = frozenset(), error: ZoneFaultsError | None = None
) -> Response:
    context = visit.pages.context
    tiers = name_tiers(context.tiers.plan.tiers)
    tier_id = typed.get("tier_id", "") if typed.get("tier_id", "") in tiers else next(iter(tiers), "")
    with context.store.reading(context.now()) as tx:
        kept = list_recent_waivers(tx)
        names = load_names(tx, [each.waiver.person_id for each in kept])
        logins = {each.ended_by for each in kept} | {
            by for each in kept for by in (each.waiver.asked_by, each.waiver.granted_by)
        }
        named = name_logins(tx, logins)
        waiting = list_waiting(tx, visit, ProposalKind.waiver)
        sayings = load_active_sayings(tx)
        waivable = list_waivable(tx, tier_id)
    fields = {fault.field for fault in (error.faults if error else ())}
    told = {name: [tell_faults(error, visit.language)] for name in fields}
    return visit.render(
        "tiers/waivers.html",
        now_held=[each for each in kept if each.waiver.holds_at(tx.now)],
        past=[each for each in kept if not each.waiver.holds_at(tx.now)],
        names=names,
        logins=named,
        waiting=waiting,
        tiers=tiers,
        tier_id=tier_id,
        waivable=tell_codes(waivable, sayings, visit.language),
        tell=lambda codes: tell_codes(codes, sayings, visit.language),
        typed={"person_id": "", "hours": "1", "reason": ""} | typed,
        chosen=chosen,
        hours=HOURS,
        fault=tell_faults(error, visit.language),
        faults=told,
        keeps=visit.may(Right.keep_tiers),
        reason_max=TEXT_MAX,
        now=tx.now,
    )
