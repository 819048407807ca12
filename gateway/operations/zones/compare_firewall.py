"""Hold what a firewall lets through against the list of allowed connections, and keep how it differs until the next."""

from collections.abc import Collection

from domain.civil import civil_minute
from domain.zones.specific_link import Drift, Flow, find_drift
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from store.alarms import Alarm, insert_alarms
from store.specific_links import insert_drift, list_links
from store.tx import Tx

NAME_MAX = 80


def compare_firewall(tx: Tx, firewall: str, passed: Collection[Flow], *, by: str) -> Drift:
    """Compare now and keep the outcome; what is let through beside the list raises an alarm.

    Args:
        tx: the transaction.
        firewall: its name.
        passed: what it lets through, as its export says.
        by: the login of whoever brought the export.

    Raises:
        ZoneFaultsError: the firewall has no name, or a too long one.
    """
    name = firewall.strip()
    if not 1 <= len(name) <= NAME_MAX:
        raise refuse_zone("firewall", ZoneWhy.malformed, expected=f"1–{NAME_MAX}")
    drift = find_drift(list_links(tx), passed, civil_minute(tx.now)[0])
    insert_drift(tx, name, len(passed), drift, by=by)
    if drift.beside:
        insert_alarms(tx, [Alarm("firewall_drift", name, f"{len(drift.beside)}")])
    return drift
