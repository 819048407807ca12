"""Who taps next: every few seconds one of the staff comes, goes, or tries a door that stays shut."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from itertools import cycle
from random import Random

from demo.hands import Hands
from demo.population import Member

SECONDS_BETWEEN = (2.0, 6.0)
OPENS_AFTER_SECONDS = 4.0
"""Until then the controllers have fetched their first policy, and nobody stands before a door that knows nobody."""

STRANGER_SHARE = 0.06
"""Share of taps with a card that nobody here has."""

ENTRANCES_IN_TURN = ("main", "staff", "west", "main", "staff")
"""Whose turn it is: every door is seen to live within the first three who come, whatever chance draws."""


class Director:
    """Sends staff to the readers until it is stopped."""

    def __init__(self, members: Sequence[Member], hands: Hands, random: Random) -> None:
        self._hands, self._random = hands, random
        self._comers = defaultdict[str, list[Member]](list)
        for member in members:
            self._comers[member.entrance].append(member)
        self._inside: set[str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="director", daemon=True)

    def start(self) -> None:
        """Let the first one come."""
        self._thread.start()

    def stop(self) -> None:
        """Let nobody come any more."""
        self._stopping.set()
        self._thread.join(timeout=3)

    def _run(self) -> None:
        self._stopping.wait(OPENS_AFTER_SECONDS)
        for entrance in cycle(ENTRANCES_IN_TURN):
            if self._stopping.wait(self._random.uniform(*SECONDS_BETWEEN)):
                return
            member = self._random.choice(self._comers[entrance])
            stranger = self._random.random() < STRANGER_SHARE
            card = bytes([0x01]) + self._random.randbytes(7) if stranger else member.card
            self._hands.tap(self._choose_reader(member), card)

    def _choose_reader(self, member: Member) -> str:
        if member.id in self._inside:
            if self._random.random() < 0.3:
                return "server_in"  # most may not: a refusal with a reason
            self._inside.discard(member.id)
            return "main_out" if member.entrance == "main" else "staff_out"
        self._inside.add(member.id)
        # By night the west door is shut to most: they try it all the same.
        return {"main": "main_in", "staff": "staff_in", "west": "west_in"}[member.entrance]
