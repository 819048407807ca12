"""What takes devices' words in one gateway process, put together once: both transports hand over to the same."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.context import GatewayContext
from gateway.ingest import Ingest
from gateway.key_book import KeyBook
from gateway.status_desk import StatusDesk


@dataclass(frozen=True, slots=True)
class Reception:
    """Journals go to ``ingest``, births and wills to ``desk``; they share one book of keys."""

    keys: KeyBook
    ingest: Ingest
    desk: StatusDesk


def open_reception(context: GatewayContext, committed: Callable[[], None] = lambda: None) -> Reception:
    """Give the reception of a gateway; ``committed`` is called after each commit."""
    keys = KeyBook(context.store)
    return Reception(
        keys,
        Ingest(context.store, context.signing_key, context.now, keys=keys, committed=committed),
        StatusDesk(context.store, context.signing_key, context.now, keys=keys, committed=committed),
    )
