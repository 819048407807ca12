"""What each role and office may do, and whose month somebody may see: the one question that no route can answer."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from store.sessions import Session

_SELF = frozenset({Right.signed_in, Right.own_month, Right.own_taps, Right.order_papers, Right.read_rooms}) | {
    Right.own_network
}
_ASKS = frozenset({Right.ask, Right.decide_requests, Right.book_rooms, Right.ask_movements})  # anybody may stand in
_SAFETY = frozenset({Right.read_inside, Right.correct_presence, Right.muster, Right.keep_plans})
_LOG = frozenset({Right.event_log, Right.own_views})
_REVIEWS = frozenset({Right.read_reviews, Right.open_reviews, Right.answer_reviews})
_READS_FACILITIES = frozenset(
    {Right.read_bookings, Right.read_keys, Right.read_reservees, Right.read_takings, Right.read_facilities}
)
_COUNTER = frozenset(
    {Right.read_rooms, Right.read_bookings, Right.keep_bookings, Right.read_keys, Right.keep_keys}
    | {Right.read_reservees, Right.keep_reservees, Right.read_takings, Right.keep_takings}
)

ALLOWED: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.employee: _SELF | _ASKS | {Right.stage, Right.announce_visits},
        Role.head: _SELF
        | _ASKS
        | {Right.announce_visits, Right.decide_visits}
        | {Right.department_months, Right.lead_department, Right.stage, Right.answer_reviews}
        | {Right.decide_movements},
        Role.hr: _SELF
        | _ASKS
        | {Right.announce_visits}
        | {Right.all_months, Right.ask_rules, Right.stage, Right.read_cards, Right.keep_cards}
        | {Right.give_rights, Right.end_people}
        | {Right.keep_attendance, Right.keep_hr_files, Right.keep_trainings},
        Role.facility_admin: _SELF
        | _ASKS
        | _SAFETY
        | {Right.announce_visits, Right.decide_visits, Right.receive_visits}
        | (_LOG | _REVIEWS | {Right.share_views})
        | {Right.door_board, Right.acknowledge_alarms, Right.all_taps, Right.ask_rules, Right.stage}
        | {Right.declare_threats}
        | (_COUNTER | _READS_FACILITIES)
        | {Right.decide_bookings, Right.keep_key_register, Right.keep_facilities},
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
        | {Right.ask_rules, Right.read_tiers, Right.cut_sessions}
        | {Right.names_at_doors, Right.read_cards, Right.keep_cards, Right.give_rights, Right.stage},
        # Reads everything but a call for help, changes nothing but the own password and views.
        Role.auditor: _SELF
        | {Right.read_inside}
        | {Right.read_visits}
        | (_LOG | {Right.entry_report, Right.read_reviews, Right.read_log})
        | {Right.all_months, Right.door_board, Right.all_taps, Right.names_at_doors, Right.read_cards}
        | {Right.ask_rules, Right.read_hr_files}
        | {Right.read_tiers, Right.read_evidence}
        | _READS_FACILITIES,
        Role.facility_desk: _COUNTER | {Right.signed_in},
        Role.security: _SELF
        | _ASKS
        | {Right.read_tiers, Right.keep_tiers, Right.keep_trainings, Right.decide_movements, Right.read_evidence}
        | {Right.cut_sessions, Right.stage},
    }
)


DECIDES = frozenset({Right.read_rooms, Right.read_bookings, Right.decide_bookings})
"""What the duty to permit a facility's bookings brings, whatever roles its account has."""

ANSWERS = frozenset({Right.own_keys})
"""What answering for a key brings (庁舎管理者, 室管理者)."""


def allow_office(session: Session, right: Right) -> bool:
    """Tell whether somebody has a right by an office rather than by a role."""
    return (session.decides and right in DECIDES) or (session.answers and right in ANSWERS)


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
