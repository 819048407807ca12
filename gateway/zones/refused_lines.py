"""A file of which nothing was taken because of some of its lines."""

from collections.abc import Sequence

from contract.csv_rows import FaultyLine


class RefusedLinesError(Exception):
    """Nothing of a file was taken, for these lines."""

    def __init__(self, faulty: Sequence[FaultyLine]) -> None:
        super().__init__(f"{len(faulty)} lines")
        self.faulty = tuple(faulty)
