"""Who may do what on the pages: one table of rights by role and one of rights by route, both as data.

``ROUTES`` is what :mod:`gateway.pages.entrance.guard` asks: a route without a row is refused at start. What a role may
see of *whom* is decided by :func:`may_see_month`. It is one module because both tables are read side by side.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.operations.identity.roles import Role
from store.sessions import Session


class Right(StrEnum):
    """Something a visitor may do."""

    anyone = "anyone"  # also without a session
    signed_in = "signed_in"
    own_month = "own_month"
    department_months = "department_months"
    all_months = "all_months"
    own_taps = "own_taps"
    all_taps = "all_taps"
    names_at_doors = "names_at_doors"
    door_board = "door_board"
    command_doors = "command_doors"
    acknowledge_alarms = "acknowledge_alarms"
    duress = "duress"  # that somebody is being forced: only those who will help
    read_inside = "read_inside"  # who is where now, with names
    correct_presence = "correct_presence"
    muster = "muster"  # to lead an evacuation
    keep_plans = "keep_plans"
    event_log = "event_log"
    own_views = "own_views"
    share_views = "share_views"
    entry_report = "entry_report"  # who was where
    read_reviews = "read_reviews"
    open_reviews = "open_reviews"
    answer_reviews = "answer_reviews"  # only those that are one's own
    read_log = "read_log"  # who looked at whose events
    read_cards = "read_cards"
    keep_cards = "keep_cards"
    announce_visits = "announce_visits"
    decide_visits = "decide_visits"  # only those that are one's own to decide
    receive_visits = "receive_visits"
    read_visits = "read_visits"
    give_rights = "give_rights"  # grants, denials, posts, groups; contractors, their end too
    end_people = "end_people"  # leavers, transfers, what lies above what
    ask_rules = "ask_rules"  # why refused, and could somebody enter
    decide_rollouts = "decide_rollouts"
    keep_controllers = "keep_controllers"  # invite, admit, refuse and revoke boxes
    declare_threats = "declare_threats"  # the site's threat level, and to confirm a colleague's word
    ask = "ask"  # to apply for overtime, leave and what else an employee asks for
    decide_requests = "decide_requests"  # only those that wait for one's own word
    lead_department = "lead_department"  # orders, stand-ins, shifts, the own people's months
    keep_attendance = "keep_attendance"  # HR: divergences, doubtful punches, closing, adjustments, leave, payroll
    keep_hr_files = "keep_hr_files"
    read_hr_files = "read_hr_files"
    order_papers = "order_papers"  # of months one may see, and one's own calendar
    stage = "stage"


_SELF = frozenset({Right.signed_in, Right.own_month, Right.own_taps, Right.order_papers})
_ASKS = frozenset({Right.ask, Right.decide_requests})  # anybody may stand in for a head
_SAFETY = frozenset({Right.read_inside, Right.correct_presence, Right.muster, Right.keep_plans})
_LOG = frozenset({Right.event_log, Right.own_views})
_REVIEWS = frozenset({Right.read_reviews, Right.open_reviews, Right.answer_reviews})

ALLOWED: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.employee: _SELF | _ASKS | {Right.stage, Right.announce_visits},
        Role.head: _SELF
        | _ASKS
        | {Right.announce_visits, Right.decide_visits}
        | {Right.department_months, Right.lead_department, Right.stage, Right.answer_reviews},
        Role.hr: _SELF
        | _ASKS
        | {Right.announce_visits}
        | {Right.all_months, Right.ask_rules, Right.stage, Right.read_cards, Right.keep_cards}
        | {Right.give_rights, Right.end_people}
        | {Right.keep_attendance, Right.keep_hr_files},
        Role.facility_admin: _SELF
        | _ASKS
        | _SAFETY
        | {Right.announce_visits, Right.decide_visits, Right.receive_visits}
        | (_LOG | _REVIEWS | {Right.share_views})
        | {Right.door_board, Right.acknowledge_alarms, Right.all_taps, Right.ask_rules, Right.stage}
        | {Right.declare_threats},
        Role.operator: _SELF
        | _ASKS
        | _SAFETY
        | {Right.announce_visits, Right.receive_visits}
        | _LOG
        | _REVIEWS
        | {Right.share_views, Right.entry_report}
        | {
            Right.door_board,
            Right.command_doors,
            Right.decide_rollouts,
            Right.keep_controllers,
            Right.declare_threats,
            Right.acknowledge_alarms,
            Right.duress,
            Right.all_taps,
        }
        | {Right.ask_rules}
        | {Right.names_at_doors, Right.read_cards, Right.keep_cards, Right.give_rights, Right.stage},
        # Reads everything but a call for help, changes nothing but the own password and views.
        Role.auditor: _SELF
        | {Right.read_inside}
        | {Right.read_visits}
        | (_LOG | {Right.entry_report, Right.read_reviews, Right.read_log})
        | {Right.all_months, Right.door_board, Right.all_taps, Right.names_at_doors, Right.read_cards}
        | {Right.ask_rules, Right.read_hr_files},
    }
)

ROUTES: Mapping[tuple[str, str], frozenset[Right]] = MappingProxyType(
    {
        ("GET", "/sign-in"): frozenset({Right.anyone}),
        ("POST", "/sign-in"): frozenset({Right.anyone}),
        ("POST", "/language"): frozenset({Right.anyone}),
        ("POST", "/sign-out"): frozenset({Right.signed_in}),
        ("GET", "/password"): frozenset({Right.signed_in}),
        ("POST", "/password"): frozenset({Right.signed_in}),
        ("GET", "/live"): frozenset({Right.signed_in}),
        ("GET", "/"): frozenset({Right.signed_in}),
        ("GET", "/months/{period}"): frozenset({Right.own_month}),
        ("GET", "/months/{period}/part"): frozenset({Right.own_month}),
        ("POST", "/months/{period}/confirm"): frozenset({Right.ask}),
        ("GET", "/months/{period}/caps"): frozenset({Right.own_month}),
        ("GET", "/months/{period}/caps/part"): frozenset({Right.own_month}),
        ("GET", "/messages"): frozenset({Right.signed_in}),
        ("GET", "/messages/{message_id}"): frozenset({Right.signed_in}),
        ("POST", "/messages"): frozenset({Right.signed_in}),
        ("GET", "/messages/addresses"): frozenset({Right.signed_in}),
        ("POST", "/messages/addresses/{way}"): frozenset({Right.signed_in}),
        ("POST", "/messages/addresses/{way}/remove"): frozenset({Right.signed_in}),
        ("GET", "/attendance/days"): frozenset({Right.ask}),
        ("GET", "/attendance/days/{on}"): frozenset({Right.ask}),
        ("GET", "/attendance/people/{person_id}/days/{on}"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("GET", "/attendance/applications"): frozenset({Right.ask}),
        ("POST", "/attendance/applications"): frozenset({Right.ask}),
        ("POST", "/attendance/ahead"): frozenset({Right.ask}),
        ("GET", "/attendance/applications/{application_id}"): frozenset({Right.ask, Right.all_months}),
        ("GET", "/attendance/applications/{application_id}/edit"): frozenset({Right.ask}),
        ("POST", "/attendance/applications/{application_id}/withdraw"): frozenset({Right.ask}),
        ("POST", "/attendance/applications/{application_id}/cancel"): frozenset({Right.ask}),
        ("GET", "/attendance/divergences"): frozenset({Right.department_months, Right.all_months}),
        ("POST", "/attendance/divergences/verdict"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("POST", "/attendance/divergences/question"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("GET", "/attendance/punches"): frozenset({Right.all_months}),
        ("POST", "/attendance/punches/{device_id}/{epoch}/{seq}"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/back-pay"): frozenset({Right.department_months, Right.all_months}),
        ("POST", "/attendance/back-pay"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("GET", "/attendance/closing"): frozenset({Right.all_months}),
        ("POST", "/attendance/closing/{period}"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/closing/{period}"): frozenset({Right.all_months}),
        ("GET", "/attendance/closing/{period}/part"): frozenset({Right.all_months}),
        ("GET", "/attendance/closing/{period}/people/{person_id}"): frozenset({Right.all_months}),
        ("POST", "/attendance/closing/{period}/people/{person_id}"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/adjustments"): frozenset({Right.all_months}),
        ("POST", "/attendance/adjustments/{adjustment_id}"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/department"): frozenset({Right.decide_requests}),
        ("POST", "/attendance/department/{period}"): frozenset({Right.decide_requests}),
        ("POST", "/attendance/department/{period}/people/{person_id}"): frozenset({Right.decide_requests}),
        ("GET", "/attendance/papers"): frozenset({Right.own_month}),
        ("POST", "/attendance/papers"): frozenset({Right.order_papers}),
        ("GET", "/attendance/papers/{paper_id}"): frozenset({Right.own_month}),
        ("GET", "/attendance/papers/{paper_id}/part"): frozenset({Right.own_month}),
        ("GET", "/attendance/papers/{paper_id}/file"): frozenset({Right.own_month}),
        ("GET", "/attendance/calendar"): frozenset({Right.own_month}),
        ("POST", "/attendance/calendar"): frozenset({Right.order_papers}),
        ("GET", "/attendance/calendar/file"): frozenset({Right.own_month}),
        ("GET", "/calendar/{token}.ics"): frozenset({Right.anyone}),  # the address itself is the secret
        ("GET", "/attendance/pay"): frozenset({Right.all_months}),
        ("GET", "/attendance/pay/{period}"): frozenset({Right.all_months}),
        ("POST", "/attendance/pay/{period}/files"): frozenset({Right.keep_attendance}),
        ("POST", "/attendance/pay"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/pay/{period}/batches/{batch_id}"): frozenset({Right.all_months}),
        ("GET", "/attendance/files"): frozenset({Right.keep_hr_files, Right.read_hr_files}),
        ("POST", "/attendance/files"): frozenset({Right.keep_hr_files}),
        ("GET", "/attendance/files/{file_id}"): frozenset({Right.keep_hr_files, Right.read_hr_files}),
        ("GET", "/attendance/files/{file_id}/part"): frozenset({Right.keep_hr_files, Right.read_hr_files}),
        ("POST", "/attendance/files/{file_id}/columns"): frozenset({Right.keep_hr_files}),
        ("POST", "/attendance/files/{file_id}/agree"): frozenset({Right.keep_hr_files}),
        ("POST", "/attendance/files/{file_id}/refuse"): frozenset({Right.keep_hr_files}),
        ("GET", "/attendance/leave"): frozenset({Right.own_month}),
        ("GET", "/attendance/leave/department"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/attendance/leave/department/file"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/attendance/leave/people/{person_id}"): frozenset({Right.department_months, Right.all_months}),
        ("POST", "/attendance/leave/people/{person_id}/corrections"): frozenset({Right.keep_attendance}),
        ("POST", "/attendance/leave/people/{person_id}/terms"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/rosters"): frozenset({Right.lead_department, Right.keep_attendance, Right.all_months}),
        ("POST", "/attendance/rosters"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("POST", "/attendance/rosters/members"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("POST", "/attendance/rosters/members/end"): frozenset({Right.lead_department, Right.keep_attendance}),
        ("GET", "/attendance/rosters/kinds"): frozenset(
            {Right.lead_department, Right.keep_attendance, Right.all_months}
        ),
        ("POST", "/attendance/rosters/kinds"): frozenset({Right.keep_attendance}),
        ("GET", "/attendance/rosters/patterns"): frozenset(
            {Right.lead_department, Right.keep_attendance, Right.all_months}
        ),
        ("POST", "/attendance/rosters/patterns"): frozenset({Right.keep_attendance}),
        ("GET", "/people"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/people/{person_id}/months/{period}"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/people/{person_id}/months/{period}/caps"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/people/{person_id}/months/{period}/caps/part"): frozenset(
            {Right.department_months, Right.all_months}
        ),
        ("GET", "/attendance/profile"): frozenset({Right.signed_in}),
        ("GET", "/attendance/overtime"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/attendance/overtime/file"): frozenset({Right.department_months, Right.all_months}),
        ("GET", "/doors"): frozenset({Right.door_board}),
        ("GET", "/doors/part"): frozenset({Right.door_board}),
        ("GET", "/doors/{door_id}/view"): frozenset({Right.door_board}),
        ("GET", "/doors/{door_id}/view/part"): frozenset({Right.door_board}),
        ("GET", "/commands"): frozenset({Right.door_board}),
        ("POST", "/commands"): frozenset({Right.command_doors}),
        ("GET", "/commands/{request_id}"): frozenset({Right.door_board}),
        ("GET", "/commands/{request_id}/part"): frozenset({Right.door_board}),
        ("POST", "/commands/{request_id}/confirm"): frozenset({Right.command_doors}),
        ("GET", "/alarms"): frozenset({Right.door_board}),
        ("GET", "/alarms/part"): frozenset({Right.door_board}),
        ("GET", "/alarms/count"): frozenset({Right.door_board}),
        ("GET", "/alarms/past"): frozenset({Right.door_board}),
        ("GET", "/alarms/{alarm_id}"): frozenset({Right.door_board}),
        ("POST", "/alarms/{alarm_id}/notes"): frozenset({Right.acknowledge_alarms}),
        ("POST", "/alarms/{alarm_id}/clear"): frozenset({Right.acknowledge_alarms}),
        ("POST", "/alarms/{alarm_id}/acknowledge"): frozenset({Right.acknowledge_alarms}),
        ("GET", "/plans"): frozenset({Right.door_board}),
        ("POST", "/plans"): frozenset({Right.keep_plans}),
        ("GET", "/plans/{plan_id}"): frozenset({Right.door_board}),
        ("GET", "/plans/{plan_id}/part"): frozenset({Right.door_board}),
        ("GET", "/plans/{plan_id}/image"): frozenset({Right.door_board}),
        ("GET", "/plans/{plan_id}/edit"): frozenset({Right.keep_plans}),
        ("POST", "/plans/{plan_id}/markers"): frozenset({Right.keep_plans}),
        ("POST", "/plans/{plan_id}/markers/remove"): frozenset({Right.keep_plans}),
        ("POST", "/plans/{plan_id}/remove"): frozenset({Right.keep_plans}),
        ("GET", "/inside"): frozenset({Right.read_inside}),
        ("GET", "/inside/part"): frozenset({Right.read_inside}),
        ("GET", "/inside/{person_id}"): frozenset({Right.correct_presence}),
        ("POST", "/inside/{person_id}"): frozenset({Right.correct_presence}),
        ("GET", "/muster"): frozenset({Right.read_inside}),
        ("POST", "/muster"): frozenset({Right.muster}),
        ("GET", "/muster/{muster_id}"): frozenset({Right.read_inside}),
        ("GET", "/muster/{muster_id}/part"): frozenset({Right.read_inside}),
        ("GET", "/muster/{muster_id}/point"): frozenset({Right.read_inside}),
        ("GET", "/muster/{muster_id}/point/part"): frozenset({Right.read_inside}),
        ("POST", "/muster/{muster_id}/marks"): frozenset({Right.muster}),
        ("POST", "/muster/{muster_id}/people"): frozenset({Right.muster}),
        ("POST", "/muster/{muster_id}/end"): frozenset({Right.muster}),
        ("GET", "/cards"): frozenset({Right.read_cards}),
        ("GET", "/cards/{person_id}"): frozenset({Right.read_cards}),
        ("POST", "/cards/{person_id}/status"): frozenset({Right.keep_cards}),
        ("POST", "/cards/{person_id}/replacement"): frozenset({Right.keep_cards}),
        ("GET", "/access/{person_id}"): frozenset({Right.read_cards}),
        ("GET", "/access/{person_id}/part"): frozenset({Right.read_cards}),
        ("POST", "/access/{person_id}/grants"): frozenset({Right.give_rights}),
        ("POST", "/access/{person_id}/grants/{grant_id}/end"): frozenset({Right.give_rights}),
        ("POST", "/access/{person_id}/denials"): frozenset({Right.give_rights}),
        ("POST", "/access/{person_id}/denials/{denial_id}/end"): frozenset({Right.give_rights}),
        ("POST", "/access/{person_id}/posts"): frozenset({Right.give_rights}),
        ("POST", "/access/{person_id}/posts/{post_id}/end"): frozenset({Right.give_rights}),
        ("GET", "/access/{person_id}/leave"): frozenset({Right.end_people, Right.give_rights}),
        ("POST", "/access/{person_id}/leave"): frozenset({Right.end_people, Right.give_rights}),
        ("GET", "/access/{person_id}/transfer"): frozenset({Right.end_people}),
        ("POST", "/access/{person_id}/transfer"): frozenset({Right.end_people}),
        ("POST", "/access/{person_id}/orders/{order_id}/cancel"): frozenset({Right.end_people, Right.give_rights}),
        ("GET", "/organisation"): frozenset({Right.read_cards}),
        ("GET", "/organisation/{department_id}"): frozenset({Right.read_cards}),
        ("POST", "/organisation/{department_id}/grants"): frozenset({Right.give_rights}),
        ("POST", "/organisation/{department_id}/grants/{grant_id}/end"): frozenset({Right.give_rights}),
        ("POST", "/organisation/{department_id}/denials"): frozenset({Right.give_rights}),
        ("POST", "/organisation/{department_id}/denials/{denial_id}/end"): frozenset({Right.give_rights}),
        ("POST", "/organisation/{department_id}/posts"): frozenset({Right.give_rights}),
        ("POST", "/organisation/{department_id}/parent"): frozenset({Right.end_people}),
        ("POST", "/organisation/{department_id}/workplace"): frozenset({Right.keep_attendance}),
        ("GET", "/groups"): frozenset({Right.read_cards}),
        ("POST", "/groups"): frozenset({Right.give_rights}),
        ("GET", "/groups/{group_id}"): frozenset({Right.read_cards}),
        ("POST", "/groups/{group_id}/members"): frozenset({Right.give_rights}),
        ("POST", "/groups/{group_id}/members/{member_id}/end"): frozenset({Right.give_rights}),
        ("POST", "/groups/{group_id}/grants"): frozenset({Right.give_rights}),
        ("POST", "/groups/{group_id}/grants/{grant_id}/end"): frozenset({Right.give_rights}),
        ("POST", "/groups/{group_id}/denials"): frozenset({Right.give_rights}),
        ("POST", "/groups/{group_id}/denials/{denial_id}/end"): frozenset({Right.give_rights}),
        ("GET", "/contractors"): frozenset({Right.read_cards}),
        ("POST", "/contractors"): frozenset({Right.give_rights}),
        ("GET", "/contractors/{person_id}"): frozenset({Right.read_cards}),
        ("POST", "/contractors/{person_id}"): frozenset({Right.give_rights}),
        ("POST", "/cards/{person_id}/allowances"): frozenset({Right.keep_cards}),
        ("POST", "/cards/{person_id}/pin"): frozenset({Right.keep_cards}),
        ("POST", "/cards/{person_id}/pin/remove"): frozenset({Right.keep_cards}),
        ("POST", "/cards/{person_id}/enrolments"): frozenset({Right.keep_cards}),
        ("GET", "/enrolments/{enrolment_id}"): frozenset({Right.keep_cards}),
        ("GET", "/enrolments/{enrolment_id}/part"): frozenset({Right.keep_cards}),
        ("POST", "/enrolments/{enrolment_id}/cancel"): frozenset({Right.keep_cards}),
        ("GET", "/events"): frozenset({Right.event_log}),
        ("GET", "/events/file"): frozenset({Right.event_log}),
        ("GET", "/events/{device_id}/{epoch}/{seq}"): frozenset({Right.event_log}),
        ("POST", "/events/views"): frozenset({Right.own_views}),
        ("POST", "/events/views/remove"): frozenset({Right.own_views}),
        ("GET", "/reads"): frozenset({Right.read_log}),
        ("GET", "/reports"): frozenset({Right.event_log, Right.read_cards, Right.answer_reviews}),
        ("GET", "/reports/entries"): frozenset({Right.entry_report}),
        ("GET", "/reports/entries/file"): frozenset({Right.entry_report}),
        ("GET", "/reports/held"): frozenset({Right.event_log}),
        ("GET", "/reports/held/file"): frozenset({Right.event_log}),
        ("GET", "/reports/unused"): frozenset({Right.read_cards}),
        ("GET", "/reports/unused/file"): frozenset({Right.read_cards}),
        ("GET", "/reviews"): frozenset({Right.read_reviews, Right.answer_reviews}),
        ("POST", "/reviews"): frozenset({Right.open_reviews}),
        ("GET", "/reviews/{review_id}"): frozenset({Right.read_reviews, Right.answer_reviews}),
        ("POST", "/reviews/{review_id}/marks"): frozenset({Right.answer_reviews}),
        ("POST", "/reviews/{review_id}/sign"): frozenset({Right.answer_reviews}),
        ("GET", "/taps"): frozenset({Right.own_taps, Right.all_taps}),
        ("GET", "/taps/part"): frozenset({Right.own_taps, Right.all_taps}),
        ("GET", "/revocations"): frozenset({Right.door_board, Right.read_cards}),
        ("GET", "/revocations/{version}"): frozenset({Right.door_board, Right.read_cards}),
        ("GET", "/revocations/{version}/part"): frozenset({Right.door_board, Right.read_cards}),
        ("GET", "/cards/{person_id}/revocation"): frozenset({Right.read_cards}),
        ("GET", "/questions"): frozenset({Right.ask_rules}),
        ("GET", "/visits"): frozenset({Right.announce_visits, Right.receive_visits, Right.read_visits}),
        ("GET", "/visits/part"): frozenset({Right.announce_visits, Right.receive_visits, Right.read_visits}),
        ("GET", "/visits/new"): frozenset({Right.announce_visits}),
        ("POST", "/visits"): frozenset({Right.announce_visits}),
        ("POST", "/visits/cards/pool"): frozenset({Right.keep_cards}),
        ("GET", "/visits/{visit_id}"): frozenset({Right.announce_visits, Right.receive_visits, Right.read_visits}),
        ("GET", "/visits/{visit_id}/part"): frozenset({Right.announce_visits, Right.receive_visits, Right.read_visits}),
        ("GET", "/visits/{visit_id}/code"): frozenset({Right.receive_visits}),
        ("POST", "/visits/{visit_id}/decide"): frozenset({Right.decide_visits}),
        ("POST", "/visits/{visit_id}/cancel"): frozenset({Right.announce_visits, Right.receive_visits}),
        ("POST", "/visits/{visit_id}/extend"): frozenset({Right.announce_visits, Right.receive_visits}),
        ("POST", "/visits/{visit_id}/receive"): frozenset({Right.receive_visits}),
        ("POST", "/visits/{visit_id}/pass"): frozenset({Right.receive_visits}),
        ("POST", "/visits/{visit_id}/leave"): frozenset({Right.receive_visits}),
        ("GET", "/threats"): frozenset({Right.door_board}),
        ("GET", "/threats/part"): frozenset({Right.door_board}),
        ("GET", "/threats/banner"): frozenset({Right.signed_in}),
        ("POST", "/threats"): frozenset({Right.declare_threats}),
        ("POST", "/threats/{threat_id}/confirm"): frozenset({Right.declare_threats}),
        ("GET", "/threats/shelters/{device_id}/{epoch}/{seq}"): frozenset({Right.door_board}),
        ("GET", "/rollouts"): frozenset({Right.door_board}),
        ("GET", "/rollouts/{number}"): frozenset({Right.door_board}),
        ("GET", "/rollouts/{number}/part"): frozenset({Right.door_board}),
        ("POST", "/rollouts/{number}/approve"): frozenset({Right.decide_rollouts}),
        ("POST", "/rollouts/{number}/stop"): frozenset({Right.decide_rollouts}),
        ("POST", "/rollouts/{number}/return"): frozenset({Right.decide_rollouts}),
        ("GET", "/controllers"): frozenset({Right.door_board}),
        ("GET", "/controllers/part"): frozenset({Right.door_board}),
        ("POST", "/controllers/invitations"): frozenset({Right.keep_controllers}),
        ("POST", "/controllers/{request_id}/admit"): frozenset({Right.keep_controllers}),
        ("POST", "/controllers/{request_id}/refuse"): frozenset({Right.keep_controllers}),
        ("GET", "/controllers/devices/{device_id}"): frozenset({Right.door_board}),
        ("GET", "/controllers/devices/{device_id}/part"): frozenset({Right.door_board}),
        ("POST", "/controllers/devices/{device_id}/revoke"): frozenset({Right.keep_controllers}),
        ("GET", "/controllers/devices/{device_id}/requests/{request_id}"): frozenset({Right.keep_controllers}),
        ("POST", "/controllers/devices/{device_id}/requests/{request_id}"): frozenset({Right.keep_controllers}),
        ("POST", "/controllers/devices/{device_id}/list"): frozenset({Right.keep_controllers}),
        ("GET", "/attendance/inbox"): frozenset({Right.decide_requests}),
        ("POST", "/attendance/inbox"): frozenset({Right.decide_requests}),
        ("GET", "/attendance/inbox/{application_id}"): frozenset({Right.decide_requests}),
        ("POST", "/attendance/inbox/{application_id}"): frozenset({Right.decide_requests}),
        ("GET", "/attendance/stand-ins"): frozenset({Right.lead_department}),
        ("POST", "/attendance/stand-ins"): frozenset({Right.lead_department}),
        ("POST", "/attendance/stand-ins/{stand_in_id}/end"): frozenset({Right.lead_department}),
        ("GET", "/attendance/orders"): frozenset({Right.decide_requests}),
        ("GET", "/attendance/orders/new"): frozenset({Right.decide_requests}),
        ("POST", "/attendance/orders"): frozenset({Right.decide_requests}),
        ("POST", "/attendance/orders/end"): frozenset({Right.decide_requests}),
        ("GET", "/stage"): frozenset({Right.stage}),
        ("GET", "/stage/part"): frozenset({Right.stage}),
        ("POST", "/stage/taps"): frozenset({Right.stage}),
    }
)
"""(method, path) → the rights of which one is enough."""


def allow(role: Role, right: Right) -> bool:
    """Tell whether a role has a right; everyone has ``anyone``."""
    return right is Right.anyone or right in ALLOWED[role]


def may_see_month(session: Session, roles: frozenset[Role], *, person_id: str, department_id: str) -> bool:
    """Tell whether a month may be seen: the own one, one of a department the visitor heads, or any (HR, auditor)."""
    if any(allow(role, Right.all_months) for role in roles):
        return True
    if person_id == session.person_id and any(allow(role, Right.own_month) for role in roles):
        return True
    return department_id in session.heads and any(allow(role, Right.department_months) for role in roles)
