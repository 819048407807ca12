"""Words of the pages on network tiers that are said of stored words, by key: each must be there in both languages."""

from contract.radius_attributes import ErrorCause
from domain.zones.decide_tier import Answer
from domain.zones.expression import Sign
from domain.zones.facts import FactKind, Factor
from domain.zones.facts import Threat as TierThreat
from domain.zones.presence_grade import Grade
from domain.zones.tier import Method as TierMethod
from domain.zones.tier_session import SessionAct, SessionState
from domain.zones.training_matrix import CellState
from gateway.operations.zones.end_clearance import EndedBy
from gateway.pages.tier_people.clearance_view import ClearanceStands, LookAt
from gateway.pages.tier_people.terminal_view import Certified, Shown
from gateway.pages.tiers.board_view import Stands as TierStands
from gateway.pages.tiers.rule_form import FIELDS as RULE_FIELDS
from gateway.pages.tiers.rule_view import Mark as RuleMark
from store.evidence_packs import PackState
from store.terminals import EndedFor
from store.tier_proposals import ProposalState


def list_words(*words: str, before: str) -> list[str]:
    """Give the keys of words that share their beginning."""
    return [f"{before}.{word}" for word in words]


TIER_WORDS = [
    *list_words(*CellState, before="training_cell"),
    *list_words(*(each for each in ClearanceStands if each is not ClearanceStands.holds), before="clearance_stands"),
    *list_words(*LookAt, before="clearance_look"),
    *list_words(*EndedBy, before="clearance_ended"),
    *list_words(*Shown, before="terminal_shown"),
    *list_words(*Certified, before="terminal_certified"),
    *list_words(*EndedFor, before="terminal_ended"),
    *list_words("import_attendances", "import_drill", "import_terminals", before="tier_people"),
    *list_words("import_new", "import_changed", "import_standing", before="tier_people"),
    *list_words("import_fell", "import_made_good", "department", "staff_number", "person", before="tier_people"),
    *list_words(*TierStands, before="tiers.stands"),
    *list_words(*PackState, before="evidence.state"),
    *list_words(*SessionState, before="tiers.state"),
    *list_words(*SessionAct, before="tiers.act"),
    *list_words(*Answer, before="tiers.answer"),
    *list_words(*(str(int(cause)) for cause in ErrorCause), before="tiers.cause"),
    *list_words(*Grade, before="tier_words.grade"),
    *list_words(*Factor, before="tier_words.factor"),
    *list_words(*TierMethod, before="tier_words.method"),
    *list_words(*TierThreat, before="tier_words.threat"),
    *list_words("put_off", "put_off_title", "put_off_effect", "shut", "shut_title", "shut_effect", before="tiers"),
    *list_words(*(f"mark_{mark}" for mark in set(RuleMark) - {RuleMark.same}), before="tier_rules"),
    *list_words(*(set(ProposalState) - {ProposalState.open}), before="tier_rules.state"),
    *list_words(*FactKind, before="tier_rules.kind"),
    *list_words(*RULE_FIELDS, before="tier_rules.field"),
    *list_words(*(f"sign_{sign.name}" for sign in Sign), before="tier_rules.read"),
]
