"""入金明細: providers' files of what they paid out: handed in, looked at, brought, and held against takings.

A provider pays for all facilities of the city at once, so these pages are for whoever serves all of them.
"""

from http import HTTPStatus
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, UploadFile
from starlette.responses import Response

from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.takings import Taking
from gateway.fees.entries import raise_faults
from gateway.operations.facilities.bring_payout_file import Brought, bring_payout_file, preview_payout_file
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.takings.payout_view import view_payouts
from gateway.payouts.findings import Findings, find_differences
from gateway.payouts.layout import PayoutLayout
from store.facilities import list_facilities
from store.payout_uploads import PayoutUpload, forget_upload, load_upload, save_upload
from store.payouts import list_payout_files
from store.takings import list_takings_by_id
from store.tx import Tx

router = APIRouter()

FILES_SHOWN = 10
NAME_LENGTH_MAX = 200
Provider = Annotated[str, Query(max_length=40)]


@router.get("/takings/payouts")
def get_payouts(visit: Visitor, provider: Provider = "") -> Response:
    """Show what a provider's files say against our takings, and the form that hands one in."""
    return _show(visit, provider)


@router.post("/takings/payouts")
def post_payouts(
    visit: Visitor, provider: Annotated[str, Form(max_length=40)] = "", file: UploadFile | None = None
) -> Response:
    """Hand a file in; it is only looked at."""
    context = visit.pages.context
    content = file.file.read() if file else b""
    name = PurePath((file.filename if file else None) or "").name[-NAME_LENGTH_MAX:]
    try:
        layout = _choose_layout(visit, provider, content)
        with context.store.transaction(context.now()) as tx:
            _demand_whole(visit, tx)
            preview_payout_file(tx, layout, content)
            save_upload(tx, PayoutUpload(visit.signed_in.login, provider, name, content, tx.now))
    except FeeFaultsError as error:
        return _show(visit, provider, faults=tell_by_field(error.faults, describe_fee_fault, visit.language))
    return see_other("/takings/payouts/look")


@router.get("/takings/payouts/look")
def get_look(visit: Visitor) -> Response:
    """Show what the file that was handed in would bring."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        _demand_whole(visit, tx)
        upload = load_upload(tx, visit.signed_in.login)
        layout = context.settings.read_payout_layouts().get(upload.provider) if upload else None
        if upload is None or layout is None:
            return see_other("/takings/payouts")
        brought = preview_payout_file(tx, layout, upload.content)
        takings = _load_takings(tx, brought.findings)
        houses = {each.id: each.name for each in list_facilities(tx)}
    view = view_payouts(brought.findings.found, takings)
    return visit.render(
        "takings/payout_look.html", upload=upload, layout=layout, brought=brought, view=view, houses=houses
    )


@router.post("/takings/payouts/bring")
def post_bring(visit: Visitor) -> Response:
    """Bring the file that was looked at."""
    context = visit.pages.context
    login = visit.signed_in.login
    with context.store.transaction(context.now()) as tx:
        _demand_whole(visit, tx)
        upload = load_upload(tx, login)
        layout = context.settings.read_payout_layouts().get(upload.provider) if upload else None
        if upload is None or layout is None:
            return see_other("/takings/payouts")
        _bring(tx, layout, upload, login)
    return see_other(f"/takings/payouts?provider={upload.provider}")


@router.post("/takings/payouts/drop")
def post_drop(visit: Visitor) -> Response:
    """Put the file away that was looked at."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        forget_upload(tx, visit.signed_in.login)
    return see_other("/takings/payouts")


def _choose_layout(visit: Visit, provider: str, content: bytes) -> PayoutLayout:
    """Give the form that a file was handed in as.

    Raises:
        FeeFaultsError: there is no such form, or no file.
    """
    layouts = visit.pages.context.settings.read_payout_layouts()
    faults = [] if provider in layouts else [FeeFault("provider", FeeWhy.bad_choice)]
    raise_faults(faults if content else [*faults, FeeFault("file", FeeWhy.no_file)])
    return layouts[provider]


def _bring(tx: Tx, layout: PayoutLayout, upload: PayoutUpload, login: str) -> Brought:
    brought = bring_payout_file(tx, layout, upload.content, name=upload.name, by=login)
    forget_upload(tx, login)
    return brought


def _show(visit: Visit, provider: str, *, faults: FieldFaults | None = None) -> Response:
    context = visit.pages.context
    layouts = context.settings.read_payout_layouts()
    with context.store.reading(context.now()) as tx:
        _demand_whole(visit, tx)
        files = {name: list_payout_files(tx, name, limit=FILES_SHOWN) for name in layouts}
        known = [name for name in layouts if files[name]]
        chosen = provider if provider in layouts else next(iter(known or layouts))
        findings = find_differences(tx, layouts[chosen])
        takings = _load_takings(tx, findings)
        houses = {each.id: each.name for each in list_facilities(tx)}
    return visit.render(
        "takings/payouts.html",
        layouts=layouts,
        chosen=layouts[chosen],
        files=files[chosen],
        view=view_payouts(findings.found, takings),
        houses=houses,
        keeps=visit.may(Right.keep_takings),
        faults=faults or {},
        fault="takings.fault" if faults else None,
        now=context.now(),
    )


def _load_takings(tx: Tx, findings: Findings) -> dict[str, Taking]:
    return list_takings_by_id(tx, [each.ours.id for each in findings.found if each.ours])


def _demand_whole(visit: Visit, tx: Tx) -> None:
    """Let only those in who serve every facility.

    Raises:
        HTTPException: 404.
    """
    if not {each.id for each in list_facilities(tx)} <= read_scope(tx, visit).read:
        raise HTTPException(HTTPStatus.NOT_FOUND)
