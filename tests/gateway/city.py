"""A small building for the gateway's tests: devices with keys, a policy, journals that sign batches."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import topics
from contract.batch import Mode, encode_batch
from contract.chain import chain_start, chain_step
from contract.records import Body, TapObserved, encode_record
from contract.signatures import public_key_text
from domain.access.decide import Tap, decide
from domain.access.policy import ALWAYS, AccessPoint, Area, AttendanceMeaning, Credential, Level, PolicySnapshot
from domain.ids import AccessPointId, AreaId, CredentialToken, DeviceId, DoorId, LevelId, PersonId
from domain.verdict import Granted
from gateway.intake.messages import Message
from store.devices import insert_device
from store.tx import Store
from tests.editions import keep_policy

NOW = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
PEOPLE = tuple(PersonId(f"p{number:03}") for number in range(20))
STRANGER = CredentialToken("f" * 32)


def token_of(person: PersonId) -> CredentialToken:
    """The one card of a person."""
    return CredentialToken(f"{int(person[1:]):032x}")


def make_policy(version: int = 1, people: tuple[PersonId, ...] = PEOPLE) -> PolicySnapshot:
    """Everybody may in and out; only the first half may into the server room."""
    hall, office, server = AreaId("hall"), AreaId("office"), AreaId("server")
    points = [
        AccessPoint(AccessPointId("main-in"), DoorId("main"), hall, office, attendance=AttendanceMeaning.clock_in),
        AccessPoint(AccessPointId("main-out"), DoorId("main"), office, hall, attendance=AttendanceMeaning.clock_out),
        AccessPoint(AccessPointId("west"), DoorId("west"), hall, office, attendance=AttendanceMeaning.presence),
        AccessPoint(AccessPointId("server-in"), DoorId("server"), office, server),
    ]
    staff = Level(LevelId("staff"), {point.id: ALWAYS for point in points[:3]})
    trusted = Level(LevelId("trusted"), {points[3].id: ALWAYS})
    half = set(people[: len(people) // 2])
    return PolicySnapshot(
        version,
        NOW,
        areas={area: Area(area, timedelta(days=30)) for area in (hall, office, server)},
        points={point.id: point for point in points},
        levels={level.id: level for level in (staff, trusted)},
        credentials={
            token_of(person): Credential(person, (staff.id, trusted.id) if person in half else (staff.id,))
            for person in people
        },
    )


@dataclass
class Journal:
    """An edge's journal: appends records, signs batches of any range of them."""

    device: DeviceId
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    epoch: int = 7
    lines: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hashes.append(chain_start(self.device, self.epoch))

    def append(self, line: bytes | Body) -> None:
        """Take one record down."""
        raw = line if isinstance(line, bytes) else encode_record(line)
        self.lines.append(raw)
        self.hashes.append(chain_step(self.hashes[-1], raw))

    def batch(self, first_seq: int = 1, last_seq: int | None = None, mode: Mode = "live") -> bytes:
        """Sign the records first_seq..last_seq."""
        last_seq = last_seq or len(self.lines)
        return encode_batch(
            self.key,
            device=self.device,
            epoch=self.epoch,
            first_seq=first_seq,
            previous=self.hashes[first_seq - 1],
            lines=self.lines[first_seq - 1 : last_seq],
            mode=mode,
        )

    def message(self, first_seq: int = 1, last_seq: int | None = None, mode: Mode = "live") -> Message:
        """The same as a message on the journal's topic."""
        return Message(topics.journal(self.device), self.device, self.batch(first_seq, last_seq, mode))


def make_tap(
    person: PersonId | None,
    point: str = "main-in",
    at: datetime = NOW,
    *,
    policy: PolicySnapshot | None = None,
    **changes: object,
) -> TapObserved:
    """A tap as an edge holding ``policy`` decides it; None is a card nobody knows."""
    policy = policy or make_policy()
    token = STRANGER if person is None else token_of(person)
    verdict = decide(policy, Tap(token, AccessPointId(point), at, at))
    granted = isinstance(verdict, Granted)
    body = TapObserved(
        at=at,
        mono_ms=1,
        boot="boot-1",
        clock="synced",
        reader="reader-1",
        access_point=point,
        credential=token,
        technology="simulated",
        assurance=1,
        granted=granted,
        reason="granted" if isinstance(verdict, Granted) else verdict.reason.value,
        rule=verdict.rule,
        policy_version=policy.version,
        policy_confirmed_at=at,
    )
    return body.model_copy(update=changes)


def settle(store: Store, *journals: Journal, policy: PolicySnapshot | None = None) -> None:
    """Enroll the journals' devices and publish the policy."""
    with store.transaction(NOW) as tx:
        for journal in journals:
            insert_device(tx, journal.device, public_key_text(journal.key.public_key()))
        keep_policy(tx, policy or make_policy())
