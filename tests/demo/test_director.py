"""Who comes to the demo's doors: every entrance is seen to live early, whatever chance draws."""

from random import Random

import pytest

from demo.director import ENTRANCES_IN_TURN, Director
from demo.town import draw_members


class Watched:
    """Hands that note which reader a card was held to."""

    def __init__(self) -> None:
        self.readers: list[str] = []

    def tap(self, reader: str, card: bytes) -> None:
        assert len(card) == 8
        self.readers.append(reader)


@pytest.mark.parametrize("seed", range(5))
def test_every_entrance_is_tried_by_the_first_who_come(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr("demo.director.SECONDS_BETWEEN", (0.0, 0.001))
    monkeypatch.setattr("demo.director.OPENS_AFTER_SECONDS", 0.0)
    hands = Watched()
    director = Director(draw_members(), hands, Random(seed))
    director.start()
    while len(hands.readers) < len(ENTRANCES_IN_TURN):
        pass
    director.stop()
    assert {"main_in", "staff_in", "west_in"} <= set(hands.readers[: len(ENTRANCES_IN_TURN)])
