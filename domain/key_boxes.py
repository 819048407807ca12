"""What a box for keys needs to know: what hangs on each hook, and who may take what from when until when.

It lies beside ids and verdicts because two contexts speak of it: a policy carries it to the boxes (``domain.access``),
and at the box keys are handed out by it (``domain.keys``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


def name_target(kind: str, identifier: str) -> str:
    """Name what may be taken, a key or a ring, as a policy does: ``key/hall``."""
    return f"{kind}/{identifier}"


@dataclass(frozen=True, slots=True, order=True)
class KeyHook:
    """A numbered hook, what is at home on it (``target``: any copy of a key, or a ring) and the tag that this bears."""

    position: int
    target: str
    copies: tuple[str, ...]
    tag: str | None = None
    two_person: bool = False


@dataclass(frozen=True, slots=True)
class KeyBox:
    """A cabinet as its controller knows it.

    Without a word from the centre for longer than ``offline_age_max`` it hands out nothing any more; a card must have
    ``minimum_assurance``. With ``shelter`` it stands open while a shelter is.
    """

    id: str
    offline_age_max: timedelta
    minimum_assurance: int = 1
    shelter: bool = False
    hooks: tuple[KeyHook, ...] = ()

    def find_hook(self, position: int) -> KeyHook | None:
        """Give what is at home on a hook; None when nothing is."""
        return next((hook for hook in self.hooks if hook.position == position), None)

    def find_tag(self, tag: str) -> KeyHook | None:
        """Give the hook of whatever bears a tag; None for a stranger's."""
        return next((hook for hook in self.hooks if hook.tag == tag), None)


@dataclass(frozen=True, slots=True)
class KeyRight:
    """An entitlement as a box knows it: ``from_at`` is inside, ``until_at`` no longer is; None is no bound."""

    entitlement: str
    target: str
    from_at: datetime
    until_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Tell whether something may be taken under it at an instant."""
        return self.from_at <= at and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        """Tell whether nothing may be taken under it any more."""
        return self.until_at is not None and at >= self.until_at
