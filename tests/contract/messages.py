"""One message of every kind and version, with fixed keys: what the golden files hold, as values."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.batch import encode_batch
from contract.cabinet_records import (
    CabinetAsked,
    CabinetClosed,
    CabinetCounted,
    CabinetOpened,
    CabinetOverstayed,
    HangingKey,
    KeyMisplaced,
    KeyRemoved,
    KeyRemovedUnauthorised,
    KeyReturned,
)
from contract.chain import chain_start
from contract.commands import DoorCommand, PersonPlace, PlacesTold, ThreatTold
from contract.errors import Fault
from contract.policy import PolicyOffer, PolicyPointer, PolicyWanted
from contract.receipts import Receipt, Rejection
from contract.records import (
    AccessEnded,
    AgentStarted,
    AlarmRaised,
    Body,
    CommandAnswered,
    DoorModeChanged,
    DoorMoved,
    PolicyApplied,
    ReaderReported,
    ReadFailed,
    SituationFacts,
    TapObserved,
    ThreatChanged,
    encode_record,
)
from contract.signatures import SignedMessage
from contract.status import CentreStatus, DeviceBorn, DeviceLost
from domain.access.change import PolicyChange
from domain.access.decide import Tap
from domain.access.door import DoorMode
from domain.access.outcomes import Outcome
from domain.access.policy import (
    ALWAYS,
    AccessPoint,
    Area,
    AttendanceMeaning,
    Credential,
    CredentialStatus,
    DatedLevel,
    DoorHours,
    JournalFailureRule,
    Level,
    PassbackMode,
    PolicySnapshot,
    Schedule,
    StaleRule,
)
from domain.access.situation import Code, Pin
from domain.access.threat import ThreatLevel
from domain.ids import (
    AccessPointId,
    AreaId,
    CredentialToken,
    DeviceId,
    DoorId,
    LevelId,
    PersonId,
    ScheduleId,
)
from domain.key_boxes import KeyBox, KeyHook, KeyRight
from domain.keys.cabinet import Grounds
from domain.verdict import Denied, Granted, Reason

DEVICE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CENTRE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
DEVICE = DeviceId("west-1")
EPOCH = 271828182845904
AT = datetime(2026, 11, 10, 23, 30, 0, 123456, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
TOKEN = CredentialToken("0123456789abcdef0123456789abcdef")
CLOCKS = {"at": AT, "mono_ms": 86_400_123, "boot": "b0a1c2d3", "clock": "synced"}

BOX = {"cabinet": "keys-1", "mode": "cached", "policy_version": 7}
AT_HOOK = {**CLOCKS, **BOX, "position": 3, "target": "key/hall", "copies": ("hall-0",), "tag": "e" * 32}

RECORDS: Mapping[str, Body] = {
    "tap.observed.1": TapObserved(
        **CLOCKS,
        reader="main_in",
        access_point="main_in",
        credential=TOKEN,
        technology="felica_idm",
        assurance=1,
        granted=False,
        reason="out_of_schedule",
        rule="staff/extended",
        policy_version=7,
        policy_confirmed_at=AT - timedelta(seconds=20),
        evidence="desfire ev2 key 2",
        soft=("passback",),
        situation=SituationFacts(
            place="hall",
            entered_at=AT - timedelta(minutes=5),
            inside=3,
            companions=1,
            escort=True,
            open_doors=("inner",),
            mode=DoorMode.accessed,
            pin=Pin.right,
            code=Code.fresh,
            locked_out=True,
            threat=ThreatLevel.shelter,
        ),
    ),
    "access.ended.1": AccessEnded(**CLOCKS, access_point="main_in", credential=TOKEN, taken=True, cause_seq=41),
    "read.failed.1": ReadFailed(**CLOCKS, reader="main_in", access_point="main_in", cause="several_cards"),
    "door.moved.1": DoorMoved(**CLOCKS, door="main", state="released", cause_seq=41),
    "door.mode_changed.1": DoorModeChanged(**CLOCKS, door="main", mode=DoorMode.locked_down, source="command"),
    "command.answered.1": CommandAnswered(**CLOCKS, command="c-1", obeyed=False, cause="expired"),
    "threat.changed.1": ThreatChanged(
        **CLOCKS,
        level=ThreatLevel.shelter,
        source="card",
        declaration="t-1",
        declared_at=AT,
        until=AT + timedelta(hours=24),
        cause_seq=41,
    ),
    "reader.reported.1": ReaderReported(**CLOCKS, reader="main_in", health="busy", cause="kernel module port100"),
    "agent.started.1": AgentStarted(**CLOCKS, software="0.1.0", policy_version=0, previous_epoch=314159265358979),
    "policy.applied.1": PolicyApplied(**CLOCKS, policy_version=7),
    "alarm.raised.1": AlarmRaised(**CLOCKS, alarm="journal_nearly_full", detail="81 %"),
    "cabinet.asked.1": CabinetAsked(
        **CLOCKS,
        **BOX,
        reader="keys_in",
        credential=TOKEN,
        technology="felica_idm",
        assurance=1,
        granted=True,
        reason="granted",
        entitlements=("e-hall",),
        second="d" * 32,
        policy_confirmed_at=AT - timedelta(hours=2),
        evidence="desfire ev2 key 2",
    ),
    "key.removed.1": KeyRemoved(**AT_HOOK, credential=TOKEN, grounds="right", entitlement="e-hall", second="d" * 32),
    "key.returned.1": KeyReturned(**AT_HOOK),
    "key.misplaced.1": KeyMisplaced(**AT_HOOK, home=5),
    "key.removed_unauthorised.1": KeyRemovedUnauthorised(**AT_HOOK, credential=TOKEN),
    "cabinet.opened.1": CabinetOpened(
        **CLOCKS, cabinet="keys-1", grounds=Grounds.right, credential=TOKEN, cause_seq=41
    ),
    "cabinet.closed.1": CabinetClosed(**CLOCKS, cabinet="keys-1", credential=TOKEN),
    "cabinet.overstayed.1": CabinetOverstayed(**CLOCKS, cabinet="keys-1", credential=TOKEN),
    "cabinet.counted.1": CabinetCounted(
        **CLOCKS,
        **BOX,
        hanging=(HangingKey(position=3, target="ring/patrol", copies=("store-0", "store-1")),),
        empty=(1, 2),
        strange=(4,),
        silent=(5,),
    ),
}

SIGNED: Mapping[str, SignedMessage] = {
    "journal.receipt.1": Receipt(
        device=DEVICE, epoch=EPOCH, upto_seq=43, head=sha256(b"head").hexdigest(), issued_at=LATER
    ).signed(CENTRE_KEY),
    "journal.rejection.1": Rejection(
        device=DEVICE, reason=Fault.forged, detail="the records do not hash to the head", issued_at=LATER
    ).signed(CENTRE_KEY),
    "device.born.1": DeviceBorn(
        device=DEVICE,
        session="s-1",
        epoch=EPOCH,
        first_seq=1,
        next_seq=44,
        pending=3,
        policy_version=7,
        software="0.1.0",
        at=LATER,
        policy_issued_at=AT,
    ).signed(DEVICE_KEY),
    "device.lost.1": DeviceLost(device=DEVICE, session="s-1").signed(DEVICE_KEY),
    "centre.status.1": CentreStatus(up=True, at=LATER).signed(CENTRE_KEY),
    "policy.pointer.2": PolicyPointer(device=DEVICE, policy_version=7, confirmed_at=LATER, issued_at=AT).signed(
        CENTRE_KEY
    ),
    "policy.offer.1": PolicyOffer(
        device=DEVICE,
        from_version=6,
        policy_version=7,
        digest=sha256(b"packed").hexdigest(),
        size=6,
        unpacked_size=40,
        inside=b64encode(b"packed").decode(),
        from_issued_at=AT,
    ).signed(CENTRE_KEY),
    "policy.wanted.1": PolicyWanted(
        device=DEVICE, have_version=6, digest=sha256(b"packed").hexdigest(), from_part=8, at=LATER, have_issued_at=AT
    ).signed(DEVICE_KEY),
    "door.command.1": DoorCommand(
        device=DEVICE,
        id="c-1",
        doors=("main",),
        action="lock_down",
        seconds=600,
        by="unyo",
        issued_at=LATER,
        expires_at=LATER + timedelta(seconds=30),
    ).signed(CENTRE_KEY),
    "places.told.1": PlacesTold(
        device=DEVICE,
        places=(PersonPlace(person="p001", area="hall", at=AT),),
        issued_at=LATER,
        expires_at=LATER + timedelta(seconds=30),
    ).signed(CENTRE_KEY),
    "threat.told.1": ThreatTold(
        device=DEVICE,
        id="t-1",
        level=ThreatLevel.lockdown,
        declared_at=AT,
        until=AT + timedelta(hours=2),
        by="unyo",
        issued_at=LATER,
        expires_at=LATER + timedelta(seconds=30),
    ).signed(CENTRE_KEY),
}

LINES = [encode_record(body) for body in RECORDS.values()]

SNAPSHOT = PolicySnapshot(
    7,
    AT,
    areas={
        AreaId("outside"): Area(AreaId("outside"), timedelta(days=7)),
        AreaId("hall"): Area(
            AreaId("hall"),
            timedelta(days=1),
            JournalFailureRule.open,
            StaleRule.emergency,
            PassbackMode.soft,
            timedelta(minutes=10),
            40,
            two_person=True,
        ),
    },
    points={
        AccessPointId("main_in"): AccessPoint(
            AccessPointId("main_in"),
            DoorId("main"),
            AreaId("outside"),
            AreaId("hall"),
            2,
            attendance=AttendanceMeaning.clock_in,
            pin=ScheduleId("hours"),
        ),
        AccessPointId("main_out"): AccessPoint(
            AccessPointId("main_out"),
            DoorId("main"),
            AreaId("hall"),
            AreaId("outside"),
            egress=True,
            attendance=AttendanceMeaning.clock_out,
        ),
    },
    schedules={
        ScheduleId("hours"): Schedule(
            ScheduleId("hours"), (AT, LATER), (AT + timedelta(seconds=30), LATER + timedelta(hours=9))
        )
    },
    levels={
        LevelId("staff"): Level(
            LevelId("staff"),
            {AccessPointId("main_in"): ScheduleId("hours"), AccessPointId("main_out"): ALWAYS},
            emergency=True,
        ),
        LevelId("shelter"): Level(LevelId("shelter"), {AccessPointId("main_in"): ALWAYS}, during=ThreatLevel.shelter),
        LevelId("opener"): Level(
            LevelId("opener"), {AccessPointId("main_in"): ALWAYS}, declares_shelter=timedelta(hours=24)
        ),
    },
    credentials={
        TOKEN: Credential(PersonId("p001"), (LevelId("staff"),)),
        CredentialToken("f" * 32): Credential(
            PersonId("p002"),
            (),
            CredentialStatus.lost,
            AT - timedelta(days=30),
            AT + timedelta(days=30),
            "a" * 32,
            "b" * 32,
            escorted=True,
            passback_exempt=True,
            extended=True,
            dated=(DatedLevel(LevelId("staff"), AT, None), DatedLevel(LevelId("shelter"))),
            denied=(LevelId("staff"),),
            keys=(KeyRight("e-hall", "key/hall", AT, LATER), KeyRight("e-patrol", "ring/patrol", AT)),
        ),
    },
    doors={DoorId("main"): DoorHours(DoorId("main"), ScheduleId("hours"), first_card=True)},
    shelter_doors=frozenset((DoorId("main"),)),
    cabinets={
        "keys-1": KeyBox(
            "keys-1",
            timedelta(days=3),
            2,
            shelter=True,
            hooks=(
                KeyHook(3, "key/hall", ("hall-0",), "e" * 32),
                KeyHook(4, "ring/patrol", ("store-0", "store-1"), None, two_person=True),
            ),
        )
    },
)

OUTCOMES = (
    Outcome(Tap(TOKEN, AccessPointId("main_in"), AT, AT, 2), Granted("staff/hours", (Reason.passback,))),
    Outcome(Tap(CredentialToken("f" * 32), AccessPointId("main_out"), AT, AT, 1), Denied(Reason.lost)),
)

CHANGE = PolicyChange(
    7,
    9,
    LATER,
    replace(SNAPSHOT, version=9, issued_at=LATER, credentials={}),
    {
        TOKEN: replace(SNAPSHOT.credentials[TOKEN], status=CredentialStatus.stolen),
        CredentialToken("f" * 32): None,
    },
)


def golden_batch() -> bytes:
    """A batch of one record of each kind, the first of its journal."""
    return encode_batch(
        DEVICE_KEY,
        device=DEVICE,
        epoch=EPOCH,
        first_seq=1,
        previous=chain_start(DEVICE, EPOCH),
        lines=LINES,
        mode="catch_up",
    )
