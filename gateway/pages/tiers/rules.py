"""規則: which rules hold for the network tiers, which wait for a second person, and which held before."""

from fastapi import APIRouter
from starlette.responses import Response

from gateway.pages.entrance.guard import Visitor
from store.tier_rules import list_activations, load_active_hash, load_rule_set

router = APIRouter()


@router.get("/tier-rules")
def get_rules(visit: Visitor) -> Response:
    """Show the rules that hold, by tier."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        active = load_active_hash(tx, tx.now)
        rules = (load_rule_set(tx, active) if active else None) or ()
        activations = list_activations(tx)
    return visit.render("tiers/rules.html", rules=rules, activations=activations)
