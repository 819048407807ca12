"""What is known of a key cabinet: the box, who asks, what they are offered, what hangs where.

How these work together is told at the head of ``domain.keys.step_cabinet``; what happens and what is done about it is
in ``domain.keys.cabinet_events``, and who is handed what is decided by ``domain.keys.ask_cabinet``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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


def list_present(box: KeyBox, state: CabinetState) -> list[tuple[int, KeyHook]]:
    """Give what is known to hang in the box, each by where it hangs now, in the order of positions."""
    found = ((position, identify(box, position, hung)) for position, hung in sorted(state.hooks.items()))
    return [(position, hook) for position, hook in found if hook is not None]


def identify(box: KeyBox | None, position: int, hung: Hung) -> KeyHook | None:
    """Tell what hangs on a hook: by its tag, else by the hook itself; None for nothing and for a stranger."""
    if box is None or not hung.occupied:
        return None
    return box.find_hook(position) if hung.tag is None else box.find_tag(hung.tag)
