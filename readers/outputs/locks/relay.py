"""The port that one relay stands behind: what the keeper moves, and in which words it tells that it cannot.

Everything here runs in the keeper's process, in the thread of the relay's line, and may take as long as its hardware
does. Nothing is opened before the first move, so that a relay that is not there yet is tried again like any other.
"""

from typing import Literal, Protocol

LockWord = Literal[
    "lock_unreachable",
    "lock_refused",
    "lock_stuck",
    "lock_strayed",
    "lock_failing",
    "lock_recovered",
    "keeper_lost",
    "keeper_secured",
]
"""What can be told about a lock, once as it begins:

``lock_unreachable`` its hardware does not answer; ``lock_refused`` it answers that it will not; ``lock_stuck`` it was
ordered and reads back otherwise; ``lock_strayed`` it had moved without an order and was put right; ``lock_failing``
anything else; ``lock_recovered`` it obeys again; ``keeper_lost`` the process that moves it died or hung and is started
again; ``keeper_secured`` the keeper heard nothing from the agent and locked.
"""


class RelayError(Exception):
    """The relay did not do what it was told; ``word`` says why."""

    def __init__(self, word: LockWord) -> None:
        super().__init__(word)
        self.word: LockWord = word


class Relay(Protocol):
    """One relay or door output. Used by one thread only.

    ``line`` names what it shares with others (a bus, a module, a controller): those of one line are moved one after the
    other, lines are independent. ``looks`` tells that :meth:`look` can be asked.
    """

    line: str
    looks: bool

    def free(self, seconds: float | None) -> None:
        """Free the lock; for ``seconds`` where the hardware has a timer of its own, None until :meth:`lock`.

        Raises:
            RelayError: it did not, or it is not known whether it did.
        """

    def lock(self) -> None:
        """Lock; also called when it is locked.

        Raises:
            RelayError: it did not, or it is not known whether it did.
        """

    def look(self) -> bool | None:
        """Read back whether the lock is free; None while that cannot be told.

        Raises:
            RelayError: the hardware does not answer.
        """

    def close(self) -> None:
        """Give the connection back and leave the lock as it is."""
