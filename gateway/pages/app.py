"""Puts the people's pages together; one module because the list of all routers is read and changed as one."""

from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts

from gateway.context import GatewayContext
from gateway.pages.access.routes import ROUTES
from gateway.pages.approval import decisions, inbox, matter, months, orders, stand_ins
from gateway.pages.attendance import caps, leave, leave_department, month, people
from gateway.pages.bookings import (
    booking_acts,
    booking_import,
    booking_page,
    booking_papers,
    bookings,
    change,
    permission,
    round_form,
    rounds,
    waiting,
)
from gateway.pages.bookings import inbox as bookings_inbox
from gateway.pages.desk import cards as desk_cards
from gateway.pages.desk import lend, loans, today, waits
from gateway.pages.devices import controller, controllers, revocations, rollouts
from gateway.pages.doors import alarms, commands, doors, plan
from gateway.pages.drawing.rendering import PageFiles, make_environment
from gateway.pages.entrance import errors, language, live, password, sign_in
from gateway.pages.entrance.attempts import Attempts
from gateway.pages.entrance.border import Border
from gateway.pages.entrance.guard import meet_visitor
from gateway.pages.entrance.origins import read_origins
from gateway.pages.entrance.visit import Pages
from gateway.pages.facilities import fee_pages, house_file, houses, thing_page
from gateway.pages.facilities import people as facility_people
from gateway.pages.hr import (
    adjustments,
    back_pay,
    closing,
    closing_person,
    divergences,
    files,
    leave_book,
    overtime_charts,
    pay,
    profile,
    punches,
)
from gateway.pages.information import classes, links, movements
from gateway.pages.keys import (
    cases,
    counts,
    emergency,
    handovers,
    key_acts,
    key_form,
    key_keeping,
    key_page,
    labels,
    last_leaver,
    register,
    shelter_boxes,
    tags,
    wall,
)
from gateway.pages.notices import addresses, messages
from gateway.pages.papers import calendar, papers
from gateway.pages.persons import (
    cards,
    contractors,
    enrolments,
    groups,
    organisation,
    persons_access,
    posts,
    staffing,
    suspensions,
)
from gateway.pages.records import events, questions, reads, reports, reviews, saved_views, taps
from gateway.pages.requests import application, applications, day
from gateway.pages.reservees import reservee, reservee_form, reservee_merge, reservees
from gateway.pages.rooms import book as room_book
from gateway.pages.rooms import calendar as room_calendar
from gateway.pages.rooms import lots, room, series
from gateway.pages.rosters import pattern_members, rosters, shift_kinds
from gateway.pages.safety import inside, muster, threats
from gateway.pages.stage import stage_page
from gateway.pages.stage.stage import Stage
from gateway.pages.takings import account, account_acts, entry, payouts, refunds, taking_papers, till
from gateway.pages.tier_people import (
    attendances,
    clearances,
    drills,
    terminal_form,
    terminals,
    training_import,
    training_kinds,
    trainings,
)
from gateway.pages.tiers import board as tier_board
from gateway.pages.tiers import evidence, network, rule_drafts, rule_trials, waivers
from gateway.pages.tiers import rules as tier_rules
from gateway.pages.tiers import sessions as tier_sessions
from gateway.pages.use_reports import use_reports
from gateway.pages.visitors import visit_acts, visit_desk, visit_form, visits

ROUTERS = (
    sign_in.router,
    password.router,
    language.router,
    live.router,
    addresses.router,
    messages.router,
    divergences.router,
    punches.router,
    back_pay.router,
    closing.router,
    closing_person.router,
    adjustments.router,
    months.router,
    pay.router,
    papers.router,
    calendar.router,
    files.router,
    leave.router,
    leave_department.router,
    leave_book.router,
    rosters.router,
    pattern_members.router,
    shift_kinds.router,
    profile.router,
    overtime_charts.router,
    month.router,
    day.router,
    applications.router,
    application.router,
    caps.router,
    people.router,
    inbox.router,
    matter.router,
    decisions.router,
    stand_ins.router,
    orders.router,
    doors.router,
    commands.router,
    alarms.router,
    inside.router,
    muster.router,
    plan.router,
    cards.router,
    persons_access.router,
    staffing.router,
    suspensions.router,
    posts.router,
    organisation.router,
    groups.router,
    contractors.router,
    enrolments.router,
    taps.router,
    threats.router,
    questions.router,
    events.router,
    saved_views.router,
    reports.router,
    reviews.router,
    reads.router,
    revocations.router,
    rollouts.router,
    controllers.router,
    controller.router,
    visit_form.router,
    visits.router,
    visit_acts.router,
    visit_desk.router,
    room_calendar.router,
    room_book.router,
    room.router,
    lots.router,
    series.router,
    bookings.router,
    bookings_inbox.router,
    permission.router,
    booking_import.router,
    round_form.router,
    rounds.router,
    waiting.router,
    booking_page.router,
    booking_acts.router,
    change.router,
    booking_papers.router,
    facility_people.router,
    houses.router,
    thing_page.router,
    fee_pages.router,
    house_file.router,
    reservees.router,
    reservee_form.router,
    reservee.router,
    reservee_merge.router,
    till.router,
    entry.router,
    account.router,
    account_acts.router,
    refunds.router,
    payouts.router,
    taking_papers.router,
    use_reports.router,
    wall.router,
    counts.router,
    cases.router,
    handovers.router,
    last_leaver.router,
    shelter_boxes.router,
    labels.router,
    tags.router,
    register.router,
    key_form.router,
    key_keeping.router,
    emergency.router,
    key_acts.router,
    key_page.router,
    today.router,
    desk_cards.router,
    lend.router,
    loans.router,
    waits.router,
    tier_board.router,
    network.router,
    tier_sessions.router,
    evidence.router,
    clearances.router,
    trainings.router,
    attendances.router,
    training_kinds.router,
    training_import.router,
    drills.router,
    terminals.router,
    terminal_form.router,
    tier_rules.router,
    rule_drafts.router,
    rule_trials.router,
    waivers.router,
    movements.router,
    classes.router,
    links.router,
    stage_page.router,
)


def create_pages(context: GatewayContext, stage: Stage | None = None) -> FastAPI:
    """Give the application that serves the pages; with a ``stage`` the visitor may tap cards himself.

    Raises:
        LookupError: a route has no row in ``access/rows``: nobody said who may use it.
    """
    app = FastAPI(
        title="Sekisho",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(meet_visitor)],
        redirect_slashes=False,
    )
    origins = read_origins(context.settings.public_url)
    app.state.pages = Pages(context, make_environment(), origins, Attempts(), stage)
    for router in ROUTERS:
        app.include_router(router)
    if missing := list_routes(app) - set(ROUTES):
        raise LookupError(f"no row in gateway.pages.access.rows for {sorted(missing)}")
    app.mount("/static", PageFiles(), name="static")
    errors.add_handlers(app)
    app.add_middleware(Border, origins=origins)
    return app


def list_routes(app: FastAPI) -> set[tuple[str, str]]:
    """Give every (method, path) that the application serves, static files apart."""
    return {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        if context.path is not None
        for method in context.methods or ()
    }
