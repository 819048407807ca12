"""What a broken promise is told by."""


class InvariantBrokenError(BaseException):
    """An invariant does not hold; ``number`` is its name in docs/decisions/0008-simulation.md.

    No ``except Exception`` of the code under test may swallow it.
    """

    def __init__(self, number: str, detail: str) -> None:
        super().__init__(f"{number}: {detail}")
        self.number = number
        self.detail = detail
