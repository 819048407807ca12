"""A controller at the other end: it hears what the command post tells, and answers by a signed journal."""

from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.batch import encode_batch
from contract.chain import chain_start, chain_step
from contract.commands import DoorCommand
from contract.receipts import Receipt
from contract.records import Body, CommandAnswered, DoorModeChanged, DoorMoved, ReadFailed, TapObserved, encode_record
from contract.signatures import public_key_text
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.intake.messages import Message
from gateway.operations.access.publish_policy import publish_policy
from gateway.orders.command_post import CommandPost, open_command_post
from gateway.rollouts.revisions import read_revision
from store.devices import save_device_key
from store.editions import load_newest_version
from tests.pages.city import City

MODES = {"unlock": "unlocked", "lock": "locked", "block": "blocked", "lock_down": "locked_down",
         "lock_open": "locked_open", "resume": "locked"}  # fmt: skip


@dataclass
class Edge:
    """A fake device with a key of its own; what it says goes through the real ingest."""

    city: City
    device: str
    epoch: int = 4242
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    policy_version: int = 0
    desk_readers: tuple[str, ...] = ()
    obeyed: list[DoorCommand] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = self.city.context
        with context.store.transaction(context.now()) as tx:
            save_device_key(tx, DeviceId(self.device), public_key_text(self.key.public_key()))
            publish_policy(tx, read_revision(context.settings.site_file), now=context.now())
            self.policy_version = load_newest_version(tx)
        self.post: CommandPost = open_command_post(context)
        self._ingest = Ingest(
            context.store,
            context.signing_key,
            context.now,
            desk_readers=self.desk_readers,
            committed=context.committed.set,
        )
        self._head, self._seq = chain_start(DeviceId(self.device), self.epoch), 0

    @property
    def stamp(self) -> dict[str, Any]:
        return {"at": self.city.clock(), "mono_ms": 1, "boot": "boot-1", "clock": "synced"}

    def say(self, *bodies: Body) -> None:
        """Send records live."""
        lines = [encode_record(body) for body in bodies]
        batch = encode_batch(
            self.key,
            device=DeviceId(self.device),
            epoch=self.epoch,
            first_seq=self._seq + 1,
            previous=self._head,
            lines=lines,
            mode="live",
        )
        for line in lines:
            self._head = chain_step(self._head, line)
        self._seq += len(lines)
        [answer] = self._ingest.take([Message("test", DeviceId(self.device), batch)])
        assert isinstance(answer, Receipt), answer
        assert answer.upto_seq == self._seq

    def obey(self, *, refuse: str = "") -> list[DoorCommand]:
        """Hear what is to be done, once each, and answer; gives what was new."""
        heard = [told for told in self.post.list_for(DeviceId(self.device)) if isinstance(told, DoorCommand)]
        known = {command.id for command in self.obeyed}
        new = [command for command in heard if command.id not in known]
        for command in new:
            command.require_signature(self.city.context.signing_key.public_key())
            answer = CommandAnswered(command=command.id, obeyed=not refuse, cause=refuse, **self.stamp)
            self.say(answer, *([] if refuse else self._moves(command)))
        self.obeyed += new
        return new

    def _moves(self, command: DoorCommand) -> list[Body]:
        if command.action == "open_once":
            return [DoorMoved(door=door, state="released", **self.stamp) for door in command.doors]
        mode = MODES[command.action]
        return [DoorModeChanged(door=door, mode=mode, source="command", **self.stamp) for door in command.doors]

    def tap(self, reader: str, token: str, **changes: Any) -> None:
        """Hold a card up; nobody's unless said otherwise."""
        known = {
            "granted": False, "reason": "unknown_credential", "technology": "felica_idm", "assurance": 1, "rule": "",
        }  # fmt: skip
        self.say(
            TapObserved(
                reader=reader,
                access_point=self.city.context.site.reader(reader).access_point,
                credential=token,
                policy_version=self.policy_version,
                policy_confirmed_at=self.city.clock(),
                **(self.stamp | known | changes),
            )
        )

    def fail_read(self, reader: str, cause: str) -> None:
        """Hold up what cannot be read."""
        point = self.city.context.site.reader(reader).access_point
        self.say(ReadFailed(reader=reader, access_point=point, cause=cause, **self.stamp))
