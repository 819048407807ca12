"""Readers that tell a held card again and again: what is told again within a moment is the same presentation."""

HELD_SECONDS = 1.0
"""The longest pause between two reports of one held card."""


class RepeatWatch:
    """Remembers the last thing that one reader told; nothing else, so it cannot grow."""

    def __init__(self) -> None:
        self._last: bytes | None = None
        self._last_mono = 0.0

    def is_repeat(self, told: bytes, now_mono: float) -> bool:
        """Tell whether ``told`` belongs to the presentation before; a held card stays one however long it is held."""
        repeated = told == self._last and now_mono - self._last_mono < HELD_SECONDS
        self._last, self._last_mono = told, now_mono
        return repeated
