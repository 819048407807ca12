"""Keep what was refused, with its reason, for a person to read; nothing refused is silently gone."""

from collections.abc import Iterable

from contract.batch import BYTES_MAX
from gateway.intake.messages import Message
from gateway.intake.outcomes import Refusal
from gateway.intake.plain_text import plain_text
from store.refused import Refused, insert_refused
from store.tx import Tx


def refuse_messages(tx: Tx, outcomes: Iterable[tuple[Message, object]]) -> None:
    """Keep those of the messages whose outcome is a refusal; payloads are cut to the largest lawful size."""
    insert_refused(
        tx,
        [
            Refused(message.source, outcome.fault.value, plain_text(outcome.detail), message.payload[:BYTES_MAX])
            for message, outcome in outcomes
            if isinstance(outcome, Refusal)
        ],
    )
