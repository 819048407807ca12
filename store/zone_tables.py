"""The tables of what a network tier's decisions stand on: rules, clearances, trainings, terminals and waivers.

Tiers and their places are no rows: they are part of the site's description, for switches are told of them.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.columns import BigId, Instant
from store.metadata import metadata

tier_rule_set = Table(  # a set that was written once; append-only
    "tier_rule_set",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)

tier_rule = Table(
    "tier_rule",
    metadata,
    Column("set_hash", Text, ForeignKey("tier_rule_set.hash"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("ja", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("do_ja", Text, nullable=False),
    Column("do_en", Text, nullable=False),
    Column("expression", Text, nullable=False),
    Column("tiers", Text, nullable=False),  # ids with a blank between
    Column("author", Text, nullable=False),
    Column("approver", Text, nullable=False),  # empty until the set holds for the first time
    Column("may_be_waived", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
)

tier_rule_activation = Table(  # from when which set holds, the last one wins; append-only
    "tier_rule_activation",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("set_hash", Text, ForeignKey("tier_rule_set.hash"), nullable=False),
    Column("from_at", Instant, nullable=False, index=True),
    Column("asked_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
)

tier_proposal = Table(  # what needs a second person's word: rules, a clearance, a waiver; append-only but for the word
    "tier_proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # store.tier_proposals.ProposalKind
    Column("subject", Text, nullable=False, index=True),  # the rule set's hash, or the person
    Column("body", Text, nullable=False),  # JSON of what is to be
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("decided_why", Text),
)

tier_rule_draft = Table(  # rules that somebody is changing and has not proposed yet
    "tier_rule_draft",
    metadata,
    Column("login", Text, primary_key=True),
    Column("base", Text, nullable=False),  # the hash of the set that it began from; empty: of none
    Column("body", Text, nullable=False),  # contract.tier_rule_file
    Column("changed_at", Instant, nullable=False),
)

tier_clearance = Table(  # who may use a tier, and until when; ended by a word, never erased
    "tier_clearance",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("tier_id", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("reason", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("end_reason", Text),
    Column("department_id", Text, nullable=False),  # whose work it was given for; empty: of no department
)

training = Table(
    "training",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("months", Integer, nullable=False),
)

training_attendance = Table(
    "training_attendance",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("training_id", Text, ForeignKey("training.id"), primary_key=True),
    Column("attended_on", Date, primary_key=True),
    Column("passed", Boolean, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
)

phishing_drill = Table(  # somebody who fell for a drill, until it is made good
    "phishing_drill",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    Column("failed_on", Date, primary_key=True),
    Column("made_good_on", Date),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
)

terminal = Table(
    "terminal",
    metadata,
    Column("id", Text, primary_key=True),  # its certificate's common name
    Column("name", Text, nullable=False),
    Column("tier_id", Text, nullable=False),
    Column("terminal_class", Text, nullable=False),
    Column("mac", Text),  # of what has no certificate: twelve hex digits
    Column("issued_from", Instant, nullable=False),
    Column("issued_until", Instant),
    Column("certificate_from", Instant),
    Column("certificate_until", Instant),
    Column("certificate_serial", Text),
    Column("kept_by", Text, nullable=False),
    Column("ended_for", Text),  # store.terminals.EndedFor
    Column("ended_by", Text),
    Column("seat_point_id", Text),  # the access point of the card reader at its seat
    Index("uq_terminal_mac", "mac", unique=True),
    Index("ix_terminal_seat_point_id", "seat_point_id"),
)

terminal_seat = Table(  # who sat down last at a terminal, and how that was shown
    "terminal_seat",
    metadata,
    Column("terminal_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("factor", Text, nullable=False),  # domain.zones.facts.Factor
    Column("at", Instant, nullable=False),
    Column("told_by", Text, nullable=False),  # the access point of a tap; else the agent
)

last_seen = Table(  # derived from record: when each person last went through each access point
    "last_seen",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("access_point_id", Text, primary_key=True),  # empty: a person said where somebody is
    Column("area_id", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
)

suspension = Table(  # 停職・休職・育児休業 …: employed, and not at work; ended by a word, never erased
    "suspension",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day
    Column("reason", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text),
)

rule_waiver = Table(  # rules set aside by two persons; append-only but for its end
    "rule_waiver",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), nullable=False, index=True),
    Column("tier_id", Text, nullable=False),
    Column("codes", Text, nullable=False),  # with a blank between
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", Instant, nullable=False),
    Column("ended_by", Text),  # who ended it before its time
)

tier_decision = Table(  # every decision, chained; append-only
    "tier_decision",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("decided_at", Instant, nullable=False, index=True),
    Column("asked_by", Text, nullable=False),  # the switch, the agent
    Column("tier_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),  # empty: nobody known
    Column("terminal_id", Text, nullable=False),
    Column("answer", Text, nullable=False),  # domain.zones.decide_tier.Answer
    Column("failed", Text, nullable=False),  # codes with a blank between
    Column("session_id", Text),
    Column("body", LargeBinary, nullable=False),  # everything it stands on, canonical (contract.tier_decision)
    Column("hash", LargeBinary, nullable=False),  # SHA-256 over the one before and the body
    Index("ix_tier_decision_person", "person_id", "decided_at"),
    Index("ix_tier_decision_session", "session_id"),
)

port_session = Table(
    "port_session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tier_id", Text, nullable=False),
    Column("vlan", Integer, nullable=False),
    Column("terminal_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("nas_id", Text, nullable=False),
    Column("port", Text, nullable=False),
    Column("state", Text, nullable=False),  # domain.zones.tier_session.SessionState
    Column("decided_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("station", Text, nullable=False),
    Column("switch_session", Text, nullable=False),
    Column("ended_at", Instant),
    Column("method", Text, nullable=False),  # domain.zones.tier.Method
    Column("in_quarantine", Boolean, nullable=False),
    Column("factor", Text, nullable=False),  # domain.zones.facts.Factor
    Column("factor_at", Instant),
    Column("nas_address", Text, nullable=False),
    Column("heard_at", Instant),
    Column("version", Integer, nullable=False),
    Index("ix_port_session_state", "state", "ends_at"),
    Index("ix_port_session_person", "person_id", "state"),
    Index("ix_port_session_decided", "decided_at"),
)

port_session_step = Table(  # what happened to a session, and what was tried to end it; append-only
    "port_session_step",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("session_id", Text, ForeignKey("port_session.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),  # domain.zones.tier_session.SessionAct
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error_cause", Integer),
    Column("reason", Text, nullable=False),  # the codes of the decision that led to it
)
