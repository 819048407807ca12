"""The bodies of journal records: what an edge controller saw and did, one JSON object a line.

Kinds are past tense. Every record says when it happened by three clocks, for none of them is trusted alone: ``at``
(wall, UTC), ``mono_ms`` with ``boot`` (monotonic, of one boot), and ``clock``, the wall clock's quality. Those of key
cabinets are in ``contract.cabinet_records``.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from contract.cabinet_records import CABINET_BODIES, CabinetBody
from contract.errors import explain_body
from contract.fields import Epoch, Id, Instant, SeqOrZero, Token, Words
from contract.record_body import RecordBody
from contract.technologies import Technology
from domain.access.door import DoorMode
from domain.access.situation import NOTHING_KNOWN, Code, Pin, Situation
from domain.access.threat import ThreatLevel
from domain.ids import AreaId, DoorId


class SituationFacts(BaseModel):
    """The facts that the decision looked at besides policy and card (``domain.access.situation``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Id | None = None
    entered_at: Instant | None = None
    inside: Annotated[int, Field(ge=0)] = 0
    companions: Annotated[int, Field(ge=0)] = 0
    escort: bool = False
    open_doors: tuple[Id, ...] = ()
    mode: DoorMode = DoorMode.locked
    pin: Pin = Pin.none
    code: Code = Code.none
    locked_out: bool = False
    threat: ThreatLevel = ThreatLevel.normal

    @classmethod
    def of(cls, situation: Situation) -> "SituationFacts | None":
        """Give the facts of a situation; None when there are none."""
        return None if situation == NOTHING_KNOWN else cls.model_validate(situation, from_attributes=True)

    def situation(self) -> Situation:
        """Give the situation back."""
        return Situation(
            None if self.place is None else AreaId(self.place),
            self.entered_at,
            self.inside,
            self.companions,
            self.escort,
            tuple(DoorId(door) for door in self.open_doors),
            self.mode,
            self.pin,
            self.code,
            self.locked_out,
            self.threat,
        )


class TapObserved(RecordBody):
    """A card was presented and the door decided.

    ``policy_confirmed_at`` is the offline age's origin that the decision used, so that the centre can decide again.
    """

    kind: Literal["tap.observed"] = "tap.observed"
    reader: Id
    access_point: Id
    credential: Token
    technology: Technology
    assurance: Annotated[int, Field(ge=0, le=3)]
    granted: bool
    reason: Words  # "granted" or a domain.verdict.Reason
    rule: Words
    policy_version: SeqOrZero
    policy_confirmed_at: Instant
    evidence: Words = ""  # what proved the card: protocol and key version
    soft: tuple[Words, ...] = ()  # violations that only warned
    situation: SituationFacts | None = None  # null: nothing besides policy and card bore on the decision


class AccessEnded(RecordBody):
    """What became of a grant: the door was opened (``taken``), or the release ran out."""

    kind: Literal["access.ended"] = "access.ended"
    access_point: Id
    credential: Token
    taken: bool
    cause_seq: SeqOrZero


class ReadFailed(RecordBody):
    """A card was presented and could not be read, or may not be used; one clear event each."""

    kind: Literal["read.failed"] = "read.failed"
    reader: Id
    access_point: Id
    cause: Literal[
        "torn", "several_cards", "random_id", "emulated_id", "garbled", "unsupported", "not_genuine", "forged_code"
    ]


class DoorMoved(RecordBody):
    """A door's lock, contact or alarm changed; ``cause_seq`` is the tap of this journal that led to it, if one did."""

    kind: Literal["door.moved"] = "door.moved"
    door: Id
    state: Literal[
        "released",
        "relocked",
        "opened",
        "closed",
        "forced_open",
        "held_open_prealarm",
        "held_open",
        "restored",
        "request_to_exit",
        "fire_release",
        "fire_cleared",
        "tampered",
        "tamper_cleared",
    ]
    cause_seq: SeqOrZero = 0


class DoorModeChanged(RecordBody):
    """Another mode is in force at a door, and who wants it: schedule, first_card, fire, command or threat."""

    kind: Literal["door.mode_changed"] = "door.mode_changed"
    door: Id
    mode: DoorMode
    source: Words


class CommandAnswered(RecordBody):
    """A command of the centre was obeyed, or why it was not."""

    kind: Literal["command.answered"] = "command.answered"
    command: Id
    obeyed: bool
    cause: Words = ""


class ThreatChanged(RecordBody):
    """Another declaration holds at this controller: the ``centre``'s, a ``card``'s, or ``time`` ended the one before.

    ``declaration`` names it. What was declared by a card holds at this controller alone; ``cause_seq`` is the tap.
    """

    kind: Literal["threat.changed"] = "threat.changed"
    level: ThreatLevel
    source: Literal["centre", "card", "time"]
    declaration: Id
    declared_at: Instant
    until: Instant | None = None
    cause_seq: SeqOrZero = 0


class ReaderReported(RecordBody):
    """A reader came, went or changed health; ``cause`` names what holds it (kernel module, process, permission)."""

    kind: Literal["reader.reported"] = "reader.reported"
    reader: Id
    health: Literal["ready", "lost", "busy", "failing"]
    cause: Words = ""


class AgentStarted(RecordBody):
    """The agent began a life: after boot, crash or update. The first record of each run."""

    kind: Literal["agent.started"] = "agent.started"
    software: Words
    policy_version: SeqOrZero
    previous_epoch: Epoch | None = None  # set in a journal's very first record when older storage was set aside


class PolicyApplied(RecordBody):
    """A policy snapshot took effect at this edge."""

    kind: Literal["policy.applied"] = "policy.applied"
    policy_version: SeqOrZero


class AlarmRaised(RecordBody):
    """Something a person must look at: journal nearly full, sync failed before, receipt diverges, clock jumped."""

    kind: Literal["alarm.raised"] = "alarm.raised"
    alarm: Id
    detail: Words = ""


Body = (
    TapObserved
    | AccessEnded
    | ReadFailed
    | DoorMoved
    | DoorModeChanged
    | CommandAnswered
    | ThreatChanged
    | ReaderReported
    | AgentStarted
    | PolicyApplied
    | AlarmRaised
    | CabinetBody
)
BODIES: tuple[type[RecordBody], ...] = (
    TapObserved,
    AccessEnded,
    ReadFailed,
    DoorMoved,
    DoorModeChanged,
    CommandAnswered,
    ThreatChanged,
    ReaderReported,
    AgentStarted,
    PolicyApplied,
    AlarmRaised,
    *CABINET_BODIES,
)
_ADAPTER: TypeAdapter[Body] = TypeAdapter(Annotated[Body, Field(discriminator="kind")])


def encode_record(body: Body) -> bytes:
    """Give the record's line: its exact bytes are what the chain hashes and the journal keeps."""
    return body.model_dump_json().encode()


def decode_record(line: bytes) -> Body:
    """Read a record's line.

    Raises:
        MalformedMessageError: with the fault and the field that is wrong; the envelope still names the record.
    """
    try:
        return _ADAPTER.validate_json(line, strict=True)
    except ValidationError as error:
        raise explain_body(error) from None
