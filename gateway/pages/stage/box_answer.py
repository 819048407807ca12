"""What a key cabinet answered to the visitor's card: its records of the log since the tap."""

from datetime import datetime

from domain.civil import JST
from gateway.pages.records.event_filter import GROUPS
from gateway.pages.records.event_view import EventView, view_event
from gateway.site.cabinets import CabinetDescription
from gateway.site.description import Site
from store.event_log import EventSearch, search_events
from store.tx import Tx

ANSWERED = "cabinet.asked"
_LINES_MAX = 10


def find_cabinet(site: Site, reader_id: str) -> CabinetDescription | None:
    """Give the cabinet in front of which a reader stands; None for a reader at a door."""
    return next((each for each in site.cabinets if each.reader.id == reader_id), None)


def list_box_events(tx: Tx, site: Site, cabinet: CabinetDescription, since: float) -> list[EventView]:
    """Give what the cabinet told from the visitor's card on, in order; nothing until it has answered.

    Args:
        tx: the transaction.
        site: the description.
        cabinet: which.
        since: when the card was held to it, in epoch seconds; 0: not yet.
    """
    if not since:
        return []
    kinds = (*GROUPS["cabinets"], *GROUPS["keys"])
    asked = EventSearch(since=datetime.fromtimestamp(since, JST), subjects=(cabinet.id,), kinds=kinds)
    events = [view_event(line, site) for line in reversed(search_events(tx, asked, limit=_LINES_MAX))]
    first = next((number for number, each in enumerate(events) if each.line.kind == ANSWERED), len(events))
    return events[first:]
