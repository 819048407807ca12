"""Alarms about switches that cannot be told to end sessions, because their secret is not on this machine."""

from collections.abc import Callable
from datetime import datetime

from gateway.radius.nas_registry import NasRegistry
from store.alarms import Alarm, insert_alarms, list_standing_subjects, restore_alarms
from store.outbox import Notice, insert_notices
from store.tx import Store, Tx


class SecretWatch:
    """Looks at the secrets of switches; writes where something has changed.

    Args:
        store: where the alarms stand.
        registry: the switches and their secrets.
        now: the clock.
    """

    def __init__(self, store: Store, registry: NasRegistry, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._registry = registry
        self._known: frozenset[str] | None = None

    def look(self) -> bool:
        """Raise an alarm for each secret that is missing, restore the others; tells whether that was news."""
        missing = frozenset(self._registry.list_secretless())
        if missing == self._known:
            return False
        with self._store.transaction(self._now()) as tx:
            _note(tx, missing)
        self._known = missing
        return True


def _note(tx: Tx, missing: frozenset[str]) -> None:
    restored = list_standing_subjects(tx, "switch_secret_missing") - missing
    restore_alarms(tx, [("switch_secret_missing", nas_id) for nas_id in sorted(restored)])
    told = insert_alarms(tx, [Alarm("switch_secret_missing", nas_id, "") for nas_id in sorted(missing)])
    insert_notices(tx, [Notice("alarm.raised", each.subject, f'{{"kind":"{each.kind}"}}') for each in told])
