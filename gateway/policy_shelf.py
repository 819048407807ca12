"""The snapshots that edges decided by, decoded once and kept at hand for the centre's own decision."""

import threading
from collections import OrderedDict

from contract.policy_reading import decode_snapshot
from domain.access.policy import PolicySnapshot
from store.policies import load_snapshot_bytes
from store.tx import Tx


class PolicyShelf:
    """A bounded number of decoded snapshots by version; callable from any thread."""

    def __init__(self, capacity: int = 8) -> None:
        self._capacity = capacity
        self._snapshots: OrderedDict[int, PolicySnapshot] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, tx: Tx, version: int) -> PolicySnapshot | None:
        """Give the snapshot of that version, or None when it never was published."""
        with self._lock:
            found = self._snapshots.get(version)
            if found is None:
                data = load_snapshot_bytes(tx, version)
                if data is None:
                    return None
                found = decode_snapshot(data.split(b"\n"))
                self._snapshots[version] = found
            self._snapshots.move_to_end(version)
            while len(self._snapshots) > self._capacity:
                self._snapshots.popitem(last=False)
            return found
