"""A key cabinet for tests: four hooks, two copies of one key, a ring, a key that two persons take."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.key_boxes import KeyBox, KeyHook, KeyRight
from domain.keys.ask_cabinet import ask_cabinet, wait_for_second
from domain.keys.cabinet import EMPTY, Asked, CabinetSpec, CabinetState, Caller, Hung, Refusal
from domain.keys.cabinet_events import Admitted, CabinetEffect, CabinetEvent, DoorSpoke, HookSpoke, KeyTold, TimePassed
from domain.keys.step_cabinet import step_cabinet

AT = datetime(2026, 11, 10, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TAGS = {1: "1" * 32, 2: "2" * 32, 3: "3" * 32, 4: "4" * 32}
BOX = KeyBox(
    "keys-1",
    timedelta(days=3),
    hooks=(
        KeyHook(1, "key/hall", ("hall-0",), TAGS[1]),
        KeyHook(2, "key/hall", ("hall-1",), TAGS[2]),
        KeyHook(3, "ring/patrol", ("store-0", "store-1"), TAGS[3]),
        KeyHook(4, "key/vault", ("vault-0",), TAGS[4], two_person=True),
    ),
)
SPEC = CabinetSpec("keys-1", 5, has_hook_locks=True, has_contact=True)
"""Hook 5 has nothing at home on it."""


def right(target: str = "key/hall", name: str = "e-1", begins: timedelta = -HOUR, ends: timedelta = HOUR) -> KeyRight:
    return KeyRight(name, target, AT + begins, AT + ends)


def caller(*rights: KeyRight, person: str | None = "anna", usable: bool = True, assurance: int = 1) -> Caller:
    return Caller(f"card-of-{person}", person, usable, assurance, rights)


@dataclass
class PlayedCabinet:
    """A cabinet played through: everything hangs where it is at home, the journal answers at once."""

    spec: CabinetSpec = SPEC
    box: KeyBox | None = BOX
    tagged: bool = True
    state: CabinetState = field(default_factory=CabinetState)
    mono: float = 100.0
    told: list[CabinetEffect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tell(DoorSpoke(is_open=False))
        for position in range(1, self.spec.positions + 1):
            known = position in TAGS
            self.tell(HookSpoke(position, Hung(known, TAGS.get(position) if self.tagged else None)))
        self.found, self.told = self.told, []

    def tell(self, event: CabinetEvent) -> list[CabinetEffect]:
        self.state, effects = step_cabinet(self.spec, self.box, self.state, event, self.mono)
        self.told += effects
        return list(effects)

    def ask(self, who: Caller, *, at: datetime = AT, stale: bool = False, shut: bool = False) -> Asked:
        asked = ask_cabinet(self.box, self.state, who, at=at, mono=self.mono, stale=stale, shut=shut)
        self.state = wait_for_second(self.state, asked, self.mono)
        if asked.refusal is None:
            self.tell(Admitted(asked, 41))
        return asked

    def refusal(self, who: Caller, **more: object) -> Refusal | None:
        return self.ask(who, **more).refusal  # type: ignore[arg-type]

    def take(self, position: int) -> list[CabinetEffect]:
        return self.tell(HookSpoke(position, EMPTY))

    def hang(self, position: int, tag: str | None = None) -> list[CabinetEffect]:
        return self.tell(HookSpoke(position, Hung(occupied=True, tag=tag)))

    def open(self) -> list[CabinetEffect]:
        return self.tell(DoorSpoke(is_open=True))

    def close(self) -> list[CabinetEffect]:
        return self.tell(DoorSpoke(is_open=False))

    def wait(self, seconds: float) -> list[CabinetEffect]:
        self.mono += seconds
        return self.tell(TimePassed())

    def keys(self) -> list[tuple[str, int]]:
        """What happened to keys so far: each word with its position."""
        return [(each.word, each.position) for each in self.told if isinstance(each, KeyTold)]
