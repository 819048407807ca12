"""Before a page gives a file: may it leave as the city has classified it, and what is it marked with?"""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus

from starlette.responses import Response

from domain.civil import JST, civil_minute
from domain.zones.export import Export, find_export_rule
from domain.zones.information import Demand
from domain.zones.movement import Movement
from gateway.context import GatewayContext
from gateway.operations.zones.ask_movement import TEXT_MAX
from gateway.operations.zones.let_out_export import MayNotLeaveError, flows_freely, let_out_export
from gateway.pages.access.rights import Right
from gateway.pages.drawing.leaving import Leaving
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.origins import safe_path
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.looks import note_look
from gateway.pages.tiers.naming import name_tiers
from gateway.pages.words import Language
from store.information_classes import load_register
from store.tx import Tx

ASKED_FOR = timedelta(days=7)
"""A request made from a file's page is for so long."""

_HASH_CHARS = 12


def let_out(visit: Visit, export: Export) -> Leaving:
    """Give leave for the file at the address that the visitor is at.

    Raises:
        MayNotLeaveError: it may not leave, or not before its request is approved.
    """
    context = visit.pages.context
    now = context.now()
    rule = find_export_rule(context.site.export_rules, export, civil_minute(now)[0])
    if rule is None:
        return Leaving("")
    with context.store.transaction(now) as tx:
        subject, place = name_request(export, visit.path)
        found = let_out_export(tx, rule, by=visit.signed_in.login, subject=subject, place=place)
    tier = context.tiers.plan.find(rule.to_tier, civil_minute(now)[0])
    phrases = visit.phrases
    return Leaving(f"{phrases.name_of(found)}・{phrases.name_of(tier) if tier else rule.to_tier}")


def show_hindrance(visit: Visit, error: MayNotLeaveError) -> Response:
    """Say why a file may not leave, with the request that waits for it or the form that makes one."""
    context, rule = visit.pages.context, error.rule
    now = context.now()
    with context.store.reading(now) as tx:
        found = load_register(tx).find(rule.class_id, civil_minute(now)[0])
    if error.demand is Demand.forbidden:
        note_look(visit, "export_refused", None, f"export={rule.export}&class={rule.class_id}&to={rule.to_tier}")
    subject, place = name_request(rule.export, visit.path)
    return visit.render(
        "information/may_not_leave.html",
        status=HTTPStatus.FORBIDDEN,
        rule=rule,
        information_class=found,
        names=name_tiers(context.tiers.plan.tiers),
        demand=error.demand,
        is_forbidden=error.demand is Demand.forbidden,
        waiting=error.waiting,
        asks=visit.may(Right.ask_movements),
        subject=subject,
        place=place,
        until=(now + ASKED_FOR).astimezone(JST).strftime("%Y-%m-%dT%H:%M"),
        text_max=TEXT_MAX,
        now=now,
    )


def may_flow(context: GatewayContext, tx: Tx, export: Export) -> bool:
    """Tell whether a kind may leave by itself now, with nobody who could ask for approval."""
    return flows_freely(tx, find_export_rule(context.site.export_rules, export, civil_minute(tx.now)[0]))


def name_request(export: Export, path: str) -> tuple[str, str]:
    """Give what a request for a file says: what it is, and its address; of a long one its end as a hash.

    The record is in Japanese whoever asks, so that the same file is the same request in either language.
    """
    place = path
    if len(path) > TEXT_MAX:
        digest = sha256(path.encode()).hexdigest()[:_HASH_CHARS]
        place = f"{path[: TEXT_MAX - _HASH_CHARS - 1]}#{digest}"
    return Phrases(Language.ja).say(f"leaving.export_{export}"), place


def read_file_address(of: Movement) -> str:
    """Give where a request's file is fetched; empty for a request that is for no file of ours, or a long address."""
    is_ours = of.subject in {name_request(each, "")[0] for each in Export}
    is_whole = of.place.startswith("/") and "#" not in of.place and safe_path(of.place) == of.place
    return of.place if is_ours and is_whole else ""
