"""The rights that roles have and routes ask for."""

from collections.abc import Mapping
from enum import StrEnum


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
    read_rooms = "read_rooms"  # what is free, and the own bookings
    book_rooms = "book_rooms"  # for oneself
    read_bookings = "read_bookings"  # everybody's, in the facilities that one serves
    keep_bookings = "keep_bookings"  # a counter's: to book for others, change, cancel, begin
    decide_bookings = "decide_bookings"  # 許可
    read_keys = "read_keys"
    keep_keys = "keep_keys"  # to lend, take back and count
    own_keys = "own_keys"  # only those that one answers for (管理者)
    keep_key_register = "keep_key_register"  # which keys there are, and what a lost one leads to
    read_reservees = "read_reservees"
    keep_reservees = "keep_reservees"
    read_takings = "read_takings"
    keep_takings = "keep_takings"
    read_facilities = "read_facilities"  # hours, rooms, terms, fees as they are laid down, and who changed them
    keep_facilities = "keep_facilities"
    own_network = "own_network"  # why one is let into a network tier or not, and one's own movements of information
    read_tiers = "read_tiers"  # who is in which tier, every session, rules, clearances, trainings and terminals
    keep_tiers = "keep_tiers"  # rules, waivers, clearances, terminals, information classes, 特定通信; each by two
    keep_trainings = "keep_trainings"
    cut_sessions = "cut_sessions"  # to put a session off, and to say that a port was shut by hand
    ask_movements = "ask_movements"  # to move, take out or dispose of information
    decide_movements = "decide_movements"
    read_evidence = "read_evidence"  # the pack for the outside audit
    stage = "stage"


Rows = Mapping[tuple[str, str], frozenset[Right]]
"""(method, path) → the rights of which one is enough."""
