"""Randomness split by authority: what one part draws never shifts what another part draws."""

from random import Random


class Chance:
    """The seed of a run, and a stream of its own for whoever asks by name."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, Random] = {}

    def stream(self, authority: str) -> Random:
        """Give the authority's stream: the same object each time, seeded by (seed, name) alone."""
        if authority not in self._streams:
            self._streams[authority] = Random(f"{self.seed}/{authority}")
        return self._streams[authority]
