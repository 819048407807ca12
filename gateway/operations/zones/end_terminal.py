"""A terminal is issued no more: it came back, was disposed of, or is lost. Whoever sits at it is decided again."""

from domain.zones.zone_fault import ZoneWhy, refuse_zone
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.terminals import EndedFor, KeptTerminal, end_terminal, load_terminal
from store.tx import Tx


def end_terminal_now(tx: Tx, terminal_id: str, ended_for: EndedFor, *, by: str) -> KeptTerminal:
    """End a terminal now and for good; what stays of it is read on.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        terminal_id: which one.
        ended_for: why.
        by: the login of whoever says so.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: it had ended (``terminal``).
    """
    standing = load_terminal(tx, terminal_id)
    if standing is None:
        raise LookupError(terminal_id)
    if not end_terminal(tx, terminal_id, ended_for=ended_for, by=by):
        raise refuse_zone("terminal", ZoneWhy.was_ended, found=terminal_id)
    insert_notices(tx, [Notice(TIER_CHANGED, "", "{}")])
    return standing
