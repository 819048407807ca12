"""The catalogues: both languages say the same things, and every word the code can say is in them."""

import re
import string
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from contract.attendance_profile import shipped_profiles
from contract.commands import DoorAction
from contract.hr_file import HrFileKind
from contract.leave_kind_file import shipped_leave_rules
from contract.profile_file import Certainty, Rates
from contract.records import BODIES, ReaderReported, ReadFailed
from contract.technologies import Technology
from domain.access.card_life import MOVES, Actor
from domain.access.door import DoorMode
from domain.access.explain import Outcome as RuleOutcome
from domain.access.policy import CredentialStatus
from domain.access.rights import GrantSource, PersonKind, PostKind
from domain.access.visit_count import DayCount
from domain.access.visits import Approval, VisitAct, VisitFault, VisitState
from domain.attendance.adjustment import AdjustmentState, Cause
from domain.attendance.check_sheet import BlockerKind
from domain.attendance.classes import OVERTIME_CLASSES
from domain.attendance.closing import MonthAct, MonthState
from domain.attendance.divergence import DivergenceKind
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Employment, Workplace
from domain.attendance.flex_settlement import SettlementState
from domain.attendance.leave_grants import LeaveSource
from domain.attendance.leave_kinds import Allowance as LeaveAllowance
from domain.attendance.leave_kinds import LeaveUnit
from domain.attendance.paper import PaperKind, PaperState
from domain.attendance.pay_line import LineState
from domain.attendance.profile import Counting
from domain.attendance.reconciliation import Difference
from domain.attendance.request_words import FIELDS as REQUEST_FIELDS
from domain.attendance.requests import Explanation, RequestKind
from domain.attendance.shift import DayKind
from domain.facilities.duplicates import Alike
from domain.facilities.facility import Permits
from domain.facilities.fee_table import RefundReason
from domain.facilities.payouts import MatchKind
from domain.facilities.reservation import Actor as BookingActor
from domain.facilities.reservation import ReservationAct, ReservationState
from domain.facilities.reservee import ReserveeKind
from domain.facilities.series import Takes
from domain.facilities.takings import Method, TakingKind
from domain.keys.cabinet import Grounds
from domain.keys.cabinet import Refusal as CabinetRefusal
from domain.keys.count import DifferenceKind as CountDifference
from domain.keys.custody import CustodyState, Hand, KeyAct
from domain.keys.due_rule import DueKind
from domain.keys.entitlement import Source, TakerKind
from domain.keys.key import CabinetKind, CustodianRole, OpeningKind
from domain.keys.rekey import RekeyAct, RekeyState
from domain.notices.message import WAYS
from domain.verdict import Reason
from domain.workflow.application import Refusal
from domain.workflow.route import StepRole
from domain.workflow.states import Act, State
from domain.zones.information import Demand, Handling
from domain.zones.movement import MovementAct, MovementState
from gateway.operations.access.command_doors import CommandFault
from gateway.operations.access.enrol_card import EnrolFault
from gateway.operations.access.give_right import RightFault
from gateway.operations.access.keep_contractor import ContractorFault
from gateway.operations.access.place_person import PlaceFault
from gateway.operations.access.set_pin import PinFault
from gateway.operations.attendance.correct_leave import LeaveBookFault
from gateway.operations.attendance.hand_in_hr_file import HrFileFault
from gateway.operations.attendance.name_stand_in import StandInFault
from gateway.operations.identity.passwords import Weakness
from gateway.operations.identity.roles import Role
from gateway.pages.attendance.day_notes import OPEN
from gateway.pages.attendance.month_figures import Unit
from gateway.pages.attendance.month_standing import STEPS
from gateway.pages.attendance.month_view import DayState
from gateway.pages.bookings.booking_view import STATES_ENDED, Stands
from gateway.pages.bookings.round_view import Phase
from gateway.pages.desk.steps import Act as DeskAct
from gateway.pages.desk.steps import Step as DeskStep
from gateway.pages.desk.steps import Word as DeskWord
from gateway.pages.doors.board_view import Trouble
from gateway.pages.entrance.my_number import TYPED
from gateway.pages.facilities.thing_forms import FORMS
from gateway.pages.facilities.year_view import OpenKind
from gateway.pages.hr.evidence import KINDS as KINDS_OF_TRACE
from gateway.pages.hr.evidence import LANES
from gateway.pages.hr.profile_view import GROUPS
from gateway.pages.keys.wall_view import Look as KeyLook
from gateway.pages.navigation import SECTIONS
from gateway.pages.papers.papers import KINDS as KINDS_OF_MONTH
from gateway.pages.papers.papers import PaperFault
from gateway.pages.persons.persons_cards import QUICK, Allowance
from gateway.pages.requests.entered import Entered, Part
from gateway.pages.requests.request_form import FormWhy
from gateway.pages.reservees.reservee_merge import FIELDS as MERGED_FIELDS
from gateway.pages.rooms.calendar_question import PartOfDay, Span
from gateway.pages.rooms.entered import Repeat
from gateway.pages.rooms.fault_words import FIELDS as BOOK_FIELDS
from gateway.pages.rooms.looks import Look
from gateway.pages.rosters.grid_view import AwayWhy, Shape
from gateway.pages.rosters.rosters import ROSTER_FAULTS
from gateway.pages.use_reports.report_file import WRITERS
from gateway.pages.words import CATALOGUES, Language
from gateway.people.remaining import HOOKS
from gateway.requests.outlook import Caution
from store.commands import CommandState
from store.divergence_queue import Stage
from store.enrolments import Outcome
from store.facility_duties import Duty
from store.forgotten_reservees import WHO
from store.hr_files import HrFileState
from store.key_waits import WaitOutcome
from sync.jobs.hr_kinds import KINDS
from tests.pages.tier_word_keys import TIER_WORDS
from tests.pages.tier_word_keys import list_words as _words

TEMPLATES = Path(__file__).parents[2] / "gateway/pages/templates"
DESK_FAULTS = ("code", "use", "lend", "return")
LIST_FAULTS = ("no_list", "list_too_large")
JA, EN = CATALOGUES[Language.ja], CATALOGUES[Language.en]

FORM_FIELDS = set(Entered.model_fields) - {"form", "day", "person", "seen"}
"""What a form of a day can have wrong, and what the rules call the rest of it."""


def test_both_languages_have_the_same_keys() -> None:
    assert set(JA) == set(EN)


def test_both_languages_ask_for_the_same_names() -> None:
    for key in JA:
        assert _names(JA[key]) == _names(EN[key]), key


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_japanese_is_japanese_and_english_is_not() -> None:
    japanese = re.compile(r"[、「〈（〜぀-ヿ一-鿿]")
    assert [key for key, text in EN.items() if japanese.search(text)] == []
    silent = {"rule", "site", "technology"}
    assert [key for key, text in JA.items() if not japanese.search(text) and key.split(".")[0] not in silent] == []


MOVEMENT_FIELDS = (
    *("subject", "class_id", "reason", "until_at", "from_tier", "to_tier", "place"),
    *("by", "text", "means", "state"),
)
"""What a request to move information can have wrong."""

UNSAID = {"unconfirmed", "head_unconfirmed", "reader", "impossible_plan"}
"""What keeps a month from being closed and is no day's matter: its page says these otherwise."""


EVERY = [
    *TIER_WORDS,
    *_words("granted", *Reason, before="reason"),
    *_words(*Reason, before="todo"),
    *_words("granted", "bring_back", *CabinetRefusal, before="event.cabinet"),
    *_words(*Grounds, before="event.cabinet_opened"),
    *_words(*(each.model_fields["kind"].default.replace(".", "_") for each in BODIES), before="event.kind"),
    *_words(*get_args(ReadFailed.model_fields["cause"].annotation), before="unread"),
    *_words(*get_args(ReadFailed.model_fields["cause"].annotation), before="unread_todo"),
    *_words("unknown", *DoorMode, before="mode"),
    *_words(
        *(f"{part}.{thing}" for part in ("thing", "add", "change", "hint") for thing in FORMS), before="facilities"
    ),
    *_words(
        *(f"{part}.{thing}" for part in ("column", "empty") for thing in FORMS if thing != "facility"),
        before="facilities",
    ),
    *_words(*{field.name for form in FORMS.values() for field in form.fields}, before="facilities.field"),
    *_words(
        *{word.value for form in FORMS.values() for field in form.fields for word in field.words or ()},
        before="facilities.choice",
    ),
    *_words(*OpenKind, before="facilities.day"),
    *_words(*Duty, before="facilities.duty"),
    *_words("opened", "closed", before="contact"),
    *_words(*get_args(DoorAction), before="act"),
    *_words(
        *(f"{part}.{action}" for part in ("title", "effect", "confirm") for action in get_args(DoorAction)),
        before="ask",
    ),
    *_words(*(f"fault.{fault}.{part}" for fault in CommandFault for part in ("title", "do")), before="ask"),
    *_words(*(f"{part}.{state}" for part in ("state", "said") for state in CommandState), before="request"),
    *_words("waiting", *(f"{outcome}" for outcome in Outcome), before="enrol.outcome"),
    *_words("waiting", *(f"{outcome}" for outcome in Outcome), before="enrol.todo"),
    *_words(*(f"{fault}.{part}" for fault in EnrolFault for part in ("title", "do")), before="enrol"),
    *_words(*(f"{fault}.{part}" for fault in PinFault for part in ("title", "do")), before="pin"),
    *_words(*CredentialStatus, before="card_status"),
    *_words(*get_args(Allowance), *(f"{name}_hint" for name in get_args(Allowance)), before="allowance"),
    *_words("enrolled", "status", "allowances", "pin", "duress_pin", "pin_removed", "replaced", before="card_change"),
    *_words("lent", "given_back", before="card_change"),
    *_words(*get_args(Technology), before="technology"),
    *_words(*(f"{size}_{level}" for size in ("short", "long") for level in range(4)), before="assurance"),
    *_words("soft_passback", "place", "inside", "open_doors", "companions", "escort", before="situation"),
    *_words("schedule", "first_card", "command", "fire", before="mode_source"),
    *_words("unknown", "silent", *get_args(ReaderReported.model_fields["health"].annotation), before="reader"),
    *_words(*Trouble, before="trouble"),
    *_words(*Role, before="role"),
    *_words(*(f"workplace_{kind}" for kind in Workplace), before="organisation"),
    *_words(*(f"kind_{kind}" for kind in HrFileKind), before="files"),
    *_words(*(f"{part}_{state}" for part in ("state", "todo") for state in HrFileState), before="files"),
    *_words(*(f"stage.{state}" for state in MonthState), *(f"act.{act}" for act in MonthAct), before="closing"),
    *_words(*(f"{part}.{kind}" for part in ("check", "todo") for kind in BlockerKind), before="closing"),
    *_words(*(f"state.{state}" for state in AdjustmentState), before="adjustments"),
    *_words(*(f"cause.{cause}" for cause in Cause), before="adjustments"),
    *_words(*(f"{fault}.{part}" for fault in HrFileFault for part in ("title", "do")), before="files.fault"),
    *_words(
        *{field for kind in KINDS.values() for field in kind.columns.values() if field and not field[1:].isdecimal()},
        before="files.field",
    ),
    *_words(*(f"kind_{kind}" for kind in PaperKind), *(f"hint_{kind}" for kind in KINDS_OF_MONTH), before="papers"),
    *_words(*(f"{part}_{state}" for part in ("state", "todo") for state in PaperState), before="papers"),
    *_words(*(f"{fault}.{part}" for fault in PaperFault for part in ("title", "do")), before="papers.fault"),
    *_words("whose_own", "whose_all", before="papers"),
    *_words(*(f"state_{state}" for state in LineState), before="pay"),
    *_words(*(f"difference_{each}" for each in (*Difference, "listed_twice")), before="pay"),
    *_words(*(f"{fault}.{part}" for fault in LIST_FAULTS for part in ("title", "do")), before="pay.fault"),
    *_words(*(f"{part}_{way}" for part in ("way", "target", "hint") for way in WAYS), before="addresses"),
    *_words(*Reason, before="question.rule"),
    *_words(*(f"outcome_{outcome}" for outcome in RuleOutcome), before="question"),
    *_words(*DayState, before="state"),
    *_words(*(f"{kind}.{part}" for kind in DivergenceKind for part in ("short", "title", "do")), before="divergence"),
    *_words(*Stage, before="divergences.turn"),
    *_words(*KINDS_OF_TRACE, before="divergences.trace"),
    *_words(*LANES, before="divergences.lane"),
    *_words("unknown", "no_reason", "not_yours", "own_month", "not_now", before="punches.fault"),
    *_words("regular", *OVERTIME_CLASSES, *Rates.model_fields, before="class"),
    *_words("break", "leave", "unordered", "held_back", before="class"),
    *_words(*shipped_profiles()["lsa"].grounds, before="profile.name"),
    *_words(*(f"certainty_{each}" for each in Certainty), before="profile"),
    *_words(*(f"allowance_{each}" for each in LeaveAllowance), before="profile"),
    *_words(*(f"unit_{each}" for each in LeaveUnit), before="profile"),
    *_words(*(f"counting_{each}" for each in Counting), *(f"shift_{each}" for each in DayKind), before="profile"),
    *_words(*(f"group.{group}" for group in GROUPS), before="profile"),
    *_words(*(f"asked_{state}" for state in OPEN), *(f"from_{each}" for each in Employment), before="note"),
    *_words(*(f"unit_{unit}" for unit in Unit), before="figures"),
    *_words(*(f"step_{step}" for step in STEPS), *(f"cause_{cause}" for cause in Cause), before="standing"),
    *_words(*(f"back_{act}" for act in ("lapse", "send_back", "agree_reopening")), before="standing"),
    *_words(*(f"adjustment_{each}" for each in set(AdjustmentState) - {"dismissed"}), before="standing"),
    *_words(*(f"unsettled_{each}" for each in set(BlockerKind) - UNSAID), before="standing"),
    *_words("month_45h", "month_100h", "average_80h", "notice_80h", "year_360h", "year_720h", before="caps.name"),
    *_words("level_far", "level_near", "level_over", before="caps"),
    *_words(*(f"{weakness}.{part}" for weakness in Weakness for part in ("title", "do")), before="password"),
    *_words(*(f"{part}.{state}" for part in ("state", "todo") for state in VisitState), before="visits"),
    *_words("announce", *(set(VisitAct)), before="visits.act"),
    *_words(*(f"{fault}.{part}" for fault in VisitFault for part in ("title", "do")), before="visits.fault"),
    *_words("waiting", *Outcome, before="visits.card_outcome"),
    *_words("waiting", *Outcome, before="visits.card_todo"),
    *_words("waiting", *Outcome, before="desk.card_outcome"),
    *_words("waiting", *Outcome, before="desk.card_todo"),
    *_words(*(set(Approval) - {Approval.none}), before="visits.approval"),
    *_words(*(field.name for field in fields(DayCount)), before="visits.count"),
    *_words("overdue", "inside", "expected", "over", before="visits.list"),
    *_words(*PersonKind, before="person_kind"),
    *_words(*PostKind, before="post_kind"),
    *_words(*GrantSource, before="grant_source"),
    *_words(*(move.name for move in MOVES if Actor.desk in move.actors), before="card_move"),
    *_words(*(f"effect_{name}" for name in QUICK), before="card_move"),
    *_words(
        *(f"{fault}.{part}" for fault in set(RightFault) - {"no_person"} for part in ("title", "do")), before="right"
    ),
    *_words(*(f"{fault}.{part}" for fault in PlaceFault for part in ("title", "do")), before="place_fault"),
    *_words(*(f"{fault}.{part}" for fault in ContractorFault for part in ("title", "do")), before="contractor_fault"),
    *_words(*(f"kind.{kind}" for kind in RequestKind), *(f"fault.{why}" for why in FormWhy), before="asking"),
    *_words(*(f"day_kind.{kind}" for kind in DayKind), before="asking"),
    *_words("apply_day", "apply_am", "apply_pm", before="asking"),
    *_words(*FORM_FIELDS, *REQUEST_FIELDS, before="asking.field"),
    *_words(*Explanation, before="explanation"),
    *_words(*ElsewhereKind, before="elsewhere"),
    *_words(*StepRole, before="step_role"),
    *_words(*(f"state.{state}" for state in State), *(f"act.{act}" for act in Act), before="application"),
    *_words(*Act, before="application.done"),
    *_words(*(f"{refusal}.{part}" for refusal in Refusal for part in ("title", "do")), before="refused_act"),
    *_words(*(f"{fault}.{part}" for fault in LeaveBookFault for part in ("title", "do")), before="leave_book.fault"),
    *_words(*(f"source_{source}" for source in LeaveSource), before="leave_book"),
    *_words(*(f"part_{look}" for look in ("taken", "coming", "carried", "fresh")), before="leave_book"),
    *_words(*(f"ask_{part}" for part in Part), before="leave_book"),
    *_words(*(f"scheme_{scheme}" for scheme in shipped_leave_rules().schemes), before="leave_book"),
    *_words("sign_more", "sign_less", before="leave_book"),
    *_words(*(f"shape_{shape}" for shape in Shape), *(f"away_{why}" for why in AwayWhy), before="rosters"),
    *_words("mark_rest", "mark_holiday", "mark_off_duty", before="rosters"),
    *_words("mark_leave", "mark_asked", "mark_elsewhere", before="rosters"),
    *_words("word_rest", "word_statutory_rest", "word_off_duty", before="rosters"),
    *_words(*(f"no_hours_{kind}" for kind in ("off", *(set(DayKind) - {DayKind.work}))), before="rosters"),
    *_words(*(f"{fault}.{part}" for fault in ROSTER_FAULTS for part in ("title", "do")), before="rosters.fault"),
    *_words(*HOOKS, *(f"do_{kind}" for kind in HOOKS), before="remaining"),
    *_words(*Caution, before="inbox.caution"),
    *_words("approve", "send_back", "reject", "revoke", before="inbox.done"),
    *_words("no_reason", "too_long", before="inbox.fault"),
    *_words("past", "now", "ahead", before="inbox.stands"),
    *_words(*SettlementState, before="flex.state"),
    *_words(
        *(f"{fault}.{part}" for fault in ("no_day", *StandInFault) for part in ("title", "do")), before="stand_in.fault"
    ),
    *_words("unreadable", "nobody", "not_led", "sent_already", before="ordering.fault"),
    *_words(*KeyLook, before="keys.look"),
    *_words(*CustodyState, before="keys.custody"),
    *_words(*KeyAct, before="keys.deed"),
    *_words(*Hand, before="keys.hand"),
    *_words(*OpeningKind, before="keys.opening"),
    *_words(*CabinetKind, before="keys.cabinet_kind"),
    *_words(*CustodianRole, before="keys.custodian_role"),
    *_words(*DueKind, before="keys.due_rule"),
    *_words(*TakerKind, before="keys.taker"),
    *_words(*Source, before="keys.why_entitled"),
    *_words(*CountDifference, before="keys.difference"),
    *_words("missing", "not_recorded", before="keys.todo_difference"),
    *_words(*RekeyState, before="keys.case_state"),
    *_words(*(f"{part}.{act}" for part in ("case_lead", "case_now", "case_did") for act in RekeyAct), before="keys"),
    *_words("waiting", *WaitOutcome, before="keys.tag_outcome"),
    *_words("waiting", *(set(WaitOutcome) - {WaitOutcome.refused}), before="keys.tag_todo"),
    *_words(*ReservationState, before="booking_state"),
    *_words(*ReservationAct, before="booking_act"),
    *_words(*BookingActor, before="booking_actor"),
    *_words("apply", "permit", "begin", "complete", *STATES_ENDED, before="booking_step"),
    *_words(*(f"done_{act}" for act in ReservationAct), *(f"stands_{each}" for each in Stands), before="bookings"),
    *_words(*(f"taking_{kind}" for kind in TakingKind), *(f"method_{each}" for each in Method), before="bookings"),
    *_words(*(f"decided_{act}" for act in ("permit", "ask", "reject", "other")), before="bookings"),
    *_words("use_begin", "use_complete", "use_miss", before="bookings"),
    *_words(*(f"phase_{phase}" for phase in Phase), "done_draw", "done_leave", "done_open", before="rounds"),
    *_words("done_decline", "done_stop", before="waiting"),
    *_words(*(f"look_{look}" for look in Look), before="rooms"),
    *_words(*(f"{part}_{span}" for part in ("span", "before", "after") for span in Span), before="rooms"),
    *_words(*(f"part_{part}" for part in PartOfDay), "legend_early", "legend_taken", before="rooms"),
    *_words(*(f"field.{name}" for name in BOOK_FIELDS), *(f"repeat_{each}" for each in Repeat), before="rooms"),
    *_words(*(f"takes_{each}" for each in Takes), *(f"then_{each}" for each in Permits), before="rooms"),
    *_words("kind_citizen", "kind_group", before="rooms"),
    *_words(*(f"step_{step}" for step in DeskStep), *(f"act_{act}" for act in DeskAct), before="desk"),
    *_words(*(f"word_{word}" for word in DeskWord), *(f"due_by_{kind}" for kind in DueKind), before="desk"),
    *_words(*(f"{fault}.{part}" for fault in DESK_FAULTS for part in ("title", "do")), before="desk.fault"),
    *_words(*(f"wait_{outcome}" for outcome in set(WaitOutcome) - {"done"}), before="desk"),
    *_words(*(f"method_{each}" for each in Method), *(f"kind_{each}" for each in TakingKind), before="takings"),
    *_words(*(f"why_{each}" for each in RefundReason), before="takings"),
    *_words(*(f"{part}_{each}" for part in ("match", "match_do") for each in MatchKind), before="takings"),
    *_words(*(f"kind_{each}" for each in ReserveeKind), *(f"alike_{each}" for each in Alike), before="reservees"),
    *_words(*(f"field_{each}" for each in MERGED_FIELDS), *(f"field_{each}" for each in WHO), before="reservees"),
    *_words(*(f"of_{each}" for each in WRITERS), before="use_reports"),
    *_words(*TYPED, before="my_number.field"),
    *_words(*(f"handling_{each}" for each in Handling), *(f"demand_{each}" for each in Demand), before="movements"),
    *_words(*(f"{part}_{each}" for part in ("state", "todo") for each in MovementState), before="movements"),
    *_words("act_ask", *(f"act_{each}" for each in MovementAct), before="movements"),
    *_words(*(f"field_{each}" for each in MOVEMENT_FIELDS), before="movements"),
    *_words(*(f"state_{each}" for each in ("approved", "refused")), before="classes"),
    *_words(*(f"{way}.{part}" for way in ("input", "export") for part in ("title", "do")), before="my_number"),
    *(name for section in SECTIONS for name in (section.name, *(tab.name for tab in section.tabs))),
]


@pytest.mark.parametrize("key", sorted(set(EVERY)))
def test_every_word_that_can_be_said_is_there(key: str) -> None:
    assert key in JA


def test_every_key_a_template_names_is_there_and_every_key_is_used() -> None:
    code = "".join(path.read_text() for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.parent.rglob("*.py")])
    named = set(re.findall(r"""\bt\(["']([a-z_0-9.]+)["'][,)]""", code))
    assert named <= set(JA)
    begun = set(re.findall(r""""([a-z_]+\.(?:[a-z_]+[._])?)" ~""", code)) | {
        "reason.", "todo.", "unread.", "unread_todo.", "calendar.", "age.", "length.", "password.", "error.", "nav.",
        "state.",
        "sign_in.", "situation.", "pin.", "enrol.", "doors.shape_", "taps.result_", "devices.state_", "why.key_",
        "event.", "events.column_", "adjustments.item.",
        "note.asked_", "note.from_", "profile.",
        "asking.fault.", "asking.kind.", "asking.direction_", "elsewhere.", "explanation.",
        "right.", "card_fault.", "leave_fault.", "transfer_fault.", "place_fault.", "contractor_fault.",
        "facilities.say.", "facilities.fault.", "my_number.", "tier_words.",
        "tier_rules.read.", "tier_rules.fault.",
    }  # fmt: skip
    mentioned = set(re.findall(r"""["']([a-z_]+\.[a-z_0-9.]+)["']""", code))
    unused = [key for key in JA if key not in mentioned and not key.startswith(tuple(begun))]
    assert unused == []
