"""What is known of everybody who may ask for a network tier, kept in memory and renewed as it changes."""

from collections.abc import Collection
from datetime import datetime

from domain.zones.situation import Situation
from gateway.zones.question import Known, Question
from store.tx import Tx


class Situations:
    """Persons, terminals, seats, presences, trainings and waivers as they stand; may be read from any thread."""

    def renew(self, tx: Tx, person_ids: Collection[str] | None = None) -> None:
        """Read again what is known, of some persons or of everybody and everything else."""

    def look(self, question: Question, now: datetime) -> Known:
        """Give what is known of a question at an instant."""
        return Known(Situation(question.tier_id, question.method), (), question.person_id, question.terminal_id)
