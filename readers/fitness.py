"""Whether this agent is fit for work, so that the release it is of may be kept (see ``readers.updates.birth``)."""

from collections.abc import Callable, Collection, Sequence

from readers.drivers.port import Health, Observation, ReaderHealth
from readers.events import Event


class Fitness:
    """Listens to readers' health on its way to the agent, and asks the rest when it is asked."""

    def __init__(
        self,
        readers: Collection[str],
        *,
        lives: Callable[[], bool],
        records: Callable[[], bool],
        policy_version: Callable[[], int],
        is_heard: Callable[[], bool],
    ) -> None:
        """Begin with no reader known to be well.

        Args:
            readers: the ids of the box's readers.
            lives: whether decisions are made.
            records: whether something was written to the journal in this life.
            policy_version: the policy in force; 0 is none.
            is_heard: whether the centre has receipted something in this life.
        """
        self._health: dict[str, Health] = {}
        self._readers = readers
        self._lives = lives
        self._records = records
        self._policy_version = policy_version
        self._is_heard = is_heard

    def listen(self, report: Callable[[Event], None]) -> Callable[[Observation], None]:
        """Give a ``report`` that lets this see what passes."""

        def hear(observation: Observation) -> None:
            if isinstance(observation, ReaderHealth):
                self._health[observation.reader] = observation.health
            report(observation)

        return hear

    def lacking(self) -> Sequence[str]:
        """Say what is lacking, as stable words; nothing is fit.

        The centre's receipt and one reader, or, for a box that is on its own, all its readers: a network that is down
        must not take a good release back, and a reader that was broken before neither, while the centre is heard.
        """
        ready = sum(self._health.get(reader) == "ready" for reader in self._readers)
        words = {
            "decisions": self._lives(),
            "journal": self._records(),
            "policy": self._policy_version() > 0,
            "readers": ready == len(self._readers) or (ready > 0 and self._is_heard()),
        }
        return tuple(word for word, given in words.items() if not given)
