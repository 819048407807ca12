"""What the machine of a key cabinet is made of: what is known of it, what happens, what is done and told.

How these work together is told at the head of ``domain.keys.step_cabinet``; who is handed what is decided by
``domain.keys.ask_cabinet``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from domain.key_boxes import KeyBox, KeyHook, KeyRight


@dataclass(frozen=True, slots=True)
class CabinetSpec:
    """What hangs on the box: hooks 1 to ``positions``, whether each has a lock, whether the door has a contact.

    A granted card frees the door for ``release_seconds`` and its hooks for ``session_seconds``; a door that stands open
    for longer than ``open_seconds`` is told of.
    """

    id: str
    positions: int
    has_hook_locks: bool = False
    has_contact: bool = False
    release_seconds: float = 10.0
    session_seconds: float = 60.0
    open_seconds: float = 120.0


class Refusal(StrEnum):
    """Why a card gets no key; each has its words at the box and in the log."""

    policy_stale = "policy_stale"
    unknown_credential = "unknown_credential"
    card_unusable = "card_unusable"  # lost, revoked, suspended, expired, not begun
    assurance_too_low = "assurance_too_low"
    threat_level = "threat_level"
    no_key_right = "no_key_right"
    key_too_early = "key_too_early"
    key_right_over = "key_right_over"
    key_not_here = "key_not_here"
    two_person_waiting = "two_person_waiting"
    cabinet_busy = "cabinet_busy"


class Grounds(StrEnum):
    """Why the box is open."""

    right = "right"  # somebody may take what hangs there
    bring_back = "bring_back"  # somebody has something to hang back
    shelter = "shelter"
    forced = "forced"  # nobody was let in
    found = "found"  # it stood open when it was first looked at


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose card was held to the box: ``credential`` is the card's name, ``person`` None for one that nobody has.

    ``usable`` says that the card itself is in order at this instant.
    """

    credential: str
    person: str | None
    usable: bool
    assurance: int
    rights: tuple[KeyRight, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A hook that is freed for somebody, what hangs there, and the entitlement under which it may be taken."""

    position: int
    hook: KeyHook
    entitlement: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the box answers to a card: offers to take, or to bring back (no offers), or a refusal.

    ``second`` is the card of the second person where two were needed.
    """

    credential: str
    person: str | None
    refusal: Refusal | None = None
    offers: tuple[Offer, ...] = ()
    second: str | None = None

    @property
    def grounds(self) -> Grounds:
        """Why the box is opened for it."""
        return Grounds.right if self.offers else Grounds.bring_back


@dataclass(frozen=True, slots=True)
class Hung:
    """What a hook says: nothing, or something, by its tag where it can read one."""

    occupied: bool
    tag: str | None = None


EMPTY = Hung(occupied=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is at the box: what they were offered, which of it they took, and until when, if it is not open."""

    asked: Asked
    cause_seq: int
    until_mono: float
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody could take a key that needs two; the second one is waited for."""

    asked: Asked
    until_mono: float


@dataclass(frozen=True, slots=True)
class CabinetState:
    """All that is known of a cabinet between two events.

    ``hooks`` is what each said last; one that has not spoken is left out. ``is_open`` None: the contact has not spoken.
    ``count_due_mono`` is when what hangs there is told as found.
    """

    hooks: Mapping[int, Hung] = field(default_factory=dict)
    is_open: bool | None = None
    session: Session | None = None
    waiting: Waiting | None = None
    open_due_mono: float | None = None
    count_due_mono: float | None = None
    sheltering: bool = False

    @property
    def next_due_mono(self) -> float | None:
        """When TimePassed is due next, in monotonic seconds; None while nothing runs."""
        dues = [self.open_due_mono, self.count_due_mono]
        dues.append(self.session.until_mono if self.session and not self.is_open else None)
        dues.append(self.waiting.until_mono if self.waiting else None)
        return min((due for due in dues if due is not None), default=None)


# ---- what happens ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody was granted something, and that is written down as ``cause_seq``."""

    asked: Asked
    cause_seq: int


@dataclass(frozen=True, slots=True)
class HookSpoke:
    """A hook says what hangs on it."""

    position: int
    hung: Hung


@dataclass(frozen=True, slots=True)
class DoorSpoke:
    """The contact says whether the box is open."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class ShelterTold:
    """A shelter is open, or no longer."""

    active: bool


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look whether something is over."""


CabinetEvent = Admitted | HookSpoke | DoorSpoke | ShelterTold | TimePassed

# ---- what is done and told -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FreeDoor:
    """Free the box's door for ``seconds``; None: until SecureDoor."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class SecureDoor:
    """Lock the box's door."""


@dataclass(frozen=True, slots=True)
class FreeHook:
    """Free a hook for ``seconds``; None: until SecureHook."""

    position: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class SecureHook:
    """Lock a hook."""

    position: int


KeyWord = Literal["removed", "returned", "misplaced", "removed_unauthorised"]


@dataclass(frozen=True, slots=True)
class KeyTold:
    """What happened to what hangs at a position.

    ``hook`` is where it is at home, None for what nobody knows; ``tag`` is what was read, None where the hook alone
    tells what it is. ``asked`` is who was at the box, ``offer`` what it was taken under.
    """

    word: KeyWord
    position: int
    hook: KeyHook | None
    tag: str | None
    asked: Asked | None = None
    offer: Offer | None = None
    grounds: Grounds | None = None


@dataclass(frozen=True, slots=True)
class DoorTold:
    """The box was opened, closed, or stands open for too long; ``cause_seq`` is the record that let somebody in."""

    word: Literal["opened", "closed", "overstayed"]
    grounds: Grounds | None = None
    asked: Asked | None = None
    cause_seq: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """What hangs there as found: what is known, hooks where nothing hangs, where a stranger does, and silent ones."""

    present: tuple[tuple[int, KeyHook], ...]
    empty: tuple[int, ...]
    strange: tuple[int, ...]
    silent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TagTwice:
    """One tag is read on two hooks at once: one of them is a copy of the tag, and nobody can tell which."""

    position: int
    other: int


CabinetEffect = FreeDoor | SecureDoor | FreeHook | SecureHook | KeyTold | DoorTold | Counted | TagTwice


def list_present(box: KeyBox, state: CabinetState) -> list[tuple[int, KeyHook]]:
    """Give what is known to hang in the box, each by where it hangs now, in the order of positions."""
    found = ((position, identify(box, position, hung)) for position, hung in sorted(state.hooks.items()))
    return [(position, hook) for position, hook in found if hook is not None]


def identify(box: KeyBox | None, position: int, hung: Hung) -> KeyHook | None:
    """Tell what hangs on a hook: by its tag, else by the hook itself; None for nothing and for a stranger."""
    if box is None or not hung.occupied:
        return None
    return box.find_hook(position) if hung.tag is None else box.find_tag(hung.tag)
