"""What happens at a key cabinet, and what its machine does and tells about it (``domain.keys.step_cabinet``)."""

from dataclasses import dataclass
from typing import Literal

from domain.key_boxes import KeyHook
from domain.keys.cabinet import Asked, Grounds, Hung, Offer

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
class Dismissed:
    """Whoever is at the box is handed nothing more: the site is locked down."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look whether something is over."""


CabinetEvent = Admitted | HookSpoke | DoorSpoke | ShelterTold | Dismissed | TimePassed

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
