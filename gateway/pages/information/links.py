"""特定通信: which connections of a tier are allowed and why, and what a firewall lets through beside them."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from contract.firewall_export import BYTES_MAX, LINK_COLUMNS, read_firewall, read_links, read_ports, tell_link
from domain.validity import is_in_force
from domain.zones.export import Export
from domain.zones.specific_link import Flow, Protocol, SpecificLink
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy
from gateway.operations.zones.compare_firewall import compare_firewall
from gateway.operations.zones.keep_link import decide_link, keep_link
from gateway.pages.access.rights import Right
from gateway.pages.drawing.csv_file import send_csv
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.information.second_word import FormIds, FormVerdict, say_word, tell_lines
from gateway.pages.tier_people.tiers_now import today_of
from gateway.pages.tiers.naming import name_logins
from store.specific_links import list_drifts, list_link_versions, list_links
from store.versions import VersionState

router = APIRouter()

Address = Annotated[str, Field(max_length=64)]


class LinkForm(BaseModel):
    """A connection as it was filled in."""

    link_id: Annotated[str, Field(max_length=63)] = ""
    source: Address = ""
    destination: Address = ""
    protocol: Protocol = Protocol.tcp
    ports: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=1000)] = ""
    valid_from: Annotated[str, Field(pattern=DATE_PATTERN)] = ""
    valid_until: Annotated[str, Field(pattern=DATE_PATTERN)] = ""


@router.get("/specific-links")
def get_links(visit: Visitor) -> Response:
    """Show the list, what waits for a second person, and how each firewall differed when it was last compared."""
    return _show(visit)


@router.post("/specific-links")
def post_link(visit: Visitor, form: Annotated[LinkForm, Form()]) -> Response:
    """Enter a connection, new or changed; an earlier last day ends it."""
    context = visit.pages.context
    try:
        ports = _read_one(form.ports)
        flow = Flow(form.source.strip(), form.destination.strip(), form.protocol, *ports)
        days = (read_date(form.valid_from), read_date(form.valid_until))
        with context.store.transaction(context.now()) as tx:
            keep_link(tx, SpecificLink(form.link_id, flow, form.reason, "", *days), by=visit.signed_in.login)
    except ZoneFaultsError as error:
        return _show(visit, faults=tell_lines(visit, error), kept=form)
    return see_other("/specific-links#waiting")


@router.post("/specific-links/import")
def post_file(visit: Visitor, file: UploadFile) -> Response:
    """Enter the connections of a CSV: all of them or none."""
    context = visit.pages.context
    try:
        links, faulty = read_links(file.file.read(BYTES_MAX + 1))
        if faulty:
            lines = [(each.line, ZoneFaultsError(each.faults)) for each in faulty]
            told = [f"{line}: {text}" for line, error in lines for text in tell_lines(visit, error)]
            return _show(visit, faults=told[:50])
        with context.store.transaction(context.now()) as tx:
            for each in links:
                keep_link(tx, each, by=visit.signed_in.login)
    except ZoneFaultsError as error:
        return _show(visit, faults=tell_lines(visit, error))
    return see_other("/specific-links#waiting")


@router.get("/specific-links/file")
def get_file(visit: Visitor) -> Response:
    """Give the list as a CSV, which can be taken in again."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rows, today = [tell_link(each) for each in list_links(tx)], today_of(tx)
    leaving = let_out(visit, Export.links)
    return send_csv(leaving, visit.phrases.say("links.title"), today, list(LINK_COLUMNS), rows, encoding="utf8")


@router.post("/specific-links/decide")
def post_word(visit: Visitor, ids: FormIds, verdict: FormVerdict = "approve") -> Response:
    """Approve or refuse what waits: all of it or none."""
    if faults := say_word(visit, ids, verdict, decide_link):
        return _show(visit, faults=faults)
    return see_other("/specific-links")


@router.post("/specific-links/compare")
def post_export(visit: Visitor, file: UploadFile, name: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Hold a firewall's export against the list; what differs stays until the next comparison."""
    context = visit.pages.context
    try:
        flows, faulty = read_firewall(file.file.read(BYTES_MAX + 1))
        if faulty:
            lines = [(each.line, ZoneFaultsError(each.faults)) for each in faulty]
            told = [f"{line}: {text}" for line, error in lines for text in tell_lines(visit, error)]
            return _show(visit, faults=told[:50])
        with context.store.transaction(context.now()) as tx:
            compare_firewall(tx, name, flows, by=visit.signed_in.login)
    except ZoneFaultsError as error:
        return _show(visit, faults=tell_lines(visit, error))
    context.committed.set()
    return see_other("/specific-links#drift")


def _read_one(text: str) -> tuple[int, int]:
    try:
        ((first, last),) = read_ports(text)
    except ValueError:
        raise ZoneFaultsError((ZoneFault("ports", ZoneWhy.malformed, {"expected": "443, 8000-8080, any"}),)) from None
    return first, last


def _show(visit: Visit, *, faults: list[str] | None = None, kept: LinkForm | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        links, versions, drifts = list_links(tx), list_link_versions(tx), list_drifts(tx)
        today = today_of(tx)
        logins = {login for each in versions for login in (each.standing.asked_by, each.standing.decided_by)}
        names = name_logins(tx, logins | {each.compared_by for each in drifts})
    latest = {each.firewall: each for each in reversed(drifts)}
    return visit.render(
        "information/links.html",
        links=links,
        in_force={each.id for each in links if is_in_force(each, today)},
        waiting=[each for each in versions if each.standing.state is VersionState.waiting],
        drifts=[latest[name] for name in sorted(latest)],
        protocols=list(Protocol),
        logins=names,
        keeps=visit.may(Right.keep_tiers),
        now=tx.now,
        today=today,
        faults=faults or [],
        kept=kept.model_dump() if kept else {},
        fault="faults" if faults else None,
    )
