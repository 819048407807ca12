"""The port that one door's lock stands behind."""

from typing import Protocol


class Lock(Protocol):
    """One lock. Calls come from the decision thread: they return at once (0.5 ms) and never raise.

    What cannot be done is told to the ``trouble`` callable that every kind is made with, as a stable lower_snake word.
    """

    def release(self, seconds: float) -> None:
        """Free it for ``seconds``; it locks again by itself then, even if this process is gone.

        A second call during a release moves its end.
        """

    def hold(self) -> None:
        """Free it until :meth:`secure`, but no longer than 2 s beyond the death of this process."""

    def secure(self) -> None:
        """Lock; also called when it is locked."""

    def close(self) -> None:
        """Lock and give the hardware back."""
