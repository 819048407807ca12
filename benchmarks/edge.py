"""The edge alone: card identifier → lock command with the journal synced, the decision by itself, memory.

Each figure stands beside a baseline of the same run on the same disk: one bare SQLite INSERT with its commit, WAL and
synchronous=FULL. Decisions are :mod:`benchmarks.decisions`.
"""

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bare_commit import LINE, BareCommits
from benchmarks.decisions import time_decisions
from benchmarks.many_cards import CARDS, CENTRE, DEVICE, NAMES_KEY, POINT, SITE_KEY, card_number, write_policy
from benchmarks.spread import MICROSECONDS, Spread, ratio, spread, time_each
from domain.access.door import DoorSpec
from domain.ids import DoorId
from readers.agent import Agent
from readers.clock import SystemClock
from readers.drivers.port import CardSeen
from readers.events import Release
from readers.journal import Journal
from readers.main import SWITCH_SECONDS
from readers.outputs.recording import RecordingOutputs, Told
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.state import ControllerState
from readers.wiring import Wiring

TAPS = 1_000
WARM_UP = 1_000


def run() -> dict[str, Any]:
    """Measure, print each figure beside its baseline, and give them all."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-") as name:
        folder = Path(name)
        now = datetime.now(UTC)
        write_policy(folder, now)
        cache = PolicyCache(folder, DEVICE, CENTRE.public_key())
        begun = time.perf_counter()
        held = cache.load()
        load_seconds = time.perf_counter() - begun
        assert held is not None  # noqa: S101 (it was just written)
        writes = _time_side_by_side(folder / "disk", held, TAPS)
        figures: dict[str, Any] = {
            "cards": CARDS,
            "policy_load_s": round(load_seconds, 3),
            **{name: _micro(taken) for name, taken in writes.items()},
            "tap_to_lock_without_disk_us": _without_disk(held),
            **time_decisions(held.snapshot),
            "rss_mib": _measure_memory(folder),
        }
    figures["tap_to_lock_over_commit_p50"] = ratio(figures, "tap_to_lock_us", "commit_us", "p50")
    figures["tap_to_lock_over_commit_p99"] = ratio(figures, "tap_to_lock_us", "commit_us", "p99")
    for name in ("decision", "situated_decision", "decided_card"):
        figures[f"{name}_over_lookup_p50"] = ratio(figures, f"{name}_us", "lookup_us", "p50")
    _print(figures)
    return figures


class _Door:
    """A whole agent on its thread with one reader; ``tap`` takes from the driver's report to the lock's release."""

    def __init__(self, folder: Path, held: HeldPolicy) -> None:
        clock = SystemClock()
        wiring = Wiring(SITE_KEY, NAMES_KEY, {"r-in": POINT}, {DoorId("main"): DoorSpec(DoorId("main"), 0.001)})
        state = ControllerState(wiring, held.confirmed_at, clock.now().mono)
        self._rng = random.Random(1)  # noqa: S311 (a benchmark's choice of cards)
        self._freed = threading.Event()
        self._freed_at = 0.0
        self._journal = Journal.open(folder / "taps.db", DEVICE, new_epoch=1)
        _warm_up(lambda: self._journal.append([LINE], datetime.now(UTC)))
        self._journal.checkpoint()
        self._agent = Agent(state, held, self._journal, RecordingOutputs(self._listen), clock)
        self._thread = threading.Thread(target=self._agent.run)
        self._thread.start()

    def _listen(self, told: Told) -> None:
        if isinstance(told, Release):
            self._freed_at = time.perf_counter()
            self._freed.set()

    def tap(self) -> float:
        number = self._rng.randrange(CARDS)
        begun = time.perf_counter()
        self._agent.report(CardSeen("r-in", "simulated", card_number(number), 1, time.monotonic()))
        if not self._freed.wait(5):
            raise RuntimeError("the lock did not move")
        self._freed.clear()
        return self._freed_at - begun

    def settle(self) -> None:
        """Let the pulse end and be recorded, and the link's upkeep happen, as between two people."""
        before = 0
        while before != self._journal.next_seq:
            before = self._journal.next_seq
            time.sleep(0.01)
        self._journal.checkpoint()

    def close(self) -> None:
        self._agent.stop()
        self._thread.join()
        self._journal.close()


def _time_side_by_side(folder: Path, held: HeldPolicy, taps: int) -> dict[str, list[float]]:
    """Take turns between a bare commit, the journal's append and a tap, so that each meets the same disk.

    The logs are first written once through, for a log that is overwritten syncs faster than one that grows, and a box
    lives with the former.
    """
    folder.mkdir(exist_ok=True)
    bare, door = BareCommits(folder), _Door(folder, held)
    journal = Journal.open(folder / "append.db", DEVICE, new_epoch=1)
    for write in (bare.commit, lambda: journal.append([LINE], datetime.now(UTC))):
        _warm_up(write)
    journal.checkpoint()
    taken: dict[str, list[float]] = {"commit_us": [], "journal_append_us": [], "tap_to_lock_us": []}
    for _ in range(taps):
        taken["commit_us"] += time_each([bare.commit])
        taken["journal_append_us"] += time_each([lambda: journal.append([LINE], datetime.now(UTC))])
        journal.checkpoint()
        taken["tap_to_lock_us"].append(door.tap())
        door.settle()
    for opened in (bare, door, journal):
        opened.close()
    return taken


def _without_disk(held: HeldPolicy) -> dict[str, float]:
    """The same taps on a file system in memory: the time that is our own."""
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-", dir="/dev/shm") as name:
        return _micro(_time_side_by_side(Path(name), held, TAPS // 4)["tap_to_lock_us"])


def _warm_up(write: Callable[[], object]) -> None:
    for _ in range(WARM_UP):
        write()


_CHILD = """
import json, sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import readers.main, readers.transports.mqtt
from readers.policy_cache import PolicyCache
def resident():
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return [int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]
cache = PolicyCache(Path(sys.argv[1]), "west-1", Ed25519PrivateKey.from_private_bytes(b"c" * 32).public_key())
before = resident()[0]
cache.load()
loaded, loaded_peak = resident()
held = cache.held
cache.load()
print(json.dumps({"before": before, "loaded": loaded, "while_loading": loaded_peak, "while_replacing": resident()[1]}))
"""


def _measure_memory(folder: Path) -> dict[str, float]:
    """Resident MiB of a process with all of the agent imported: before the policy, with it, and the peaks."""
    done = subprocess.run([sys.executable, "-c", _CHILD, str(folder)], capture_output=True, text=True, check=True)
    return {name: round(value, 1) for name, value in json.loads(done.stdout).items()}


def _micro(taken: list[float]) -> Spread:
    return spread(taken, MICROSECONDS)


def _print(figures: dict[str, Any]) -> None:
    pairs = (
        ("tap_to_lock_us", "commit_us"),
        ("tap_to_lock_without_disk_us", "commit_us"),
        ("journal_append_us", "commit_us"),
        ("decision_us", "lookup_us"),
        ("decision_cpu_us", "lookup_us"),
        ("situated_decision_us", "lookup_us"),
        ("situated_decision_cpu_us", "lookup_us"),
        ("decided_card_us", "lookup_us"),
    )
    lines = [
        f"{name:28} {share}  {figures[name][share]:10.1f} µs   "
        f"{ratio(figures, name, baseline, share):6.2f} × {baseline} ({figures[baseline][share]:.1f} µs)"
        for name, baseline in pairs
        for share in ("p50", "p99")
    ]
    memory = figures["rss_mib"]
    lines.append(f"memory with {CARDS} cards: {memory['loaded']} MiB, peak {memory['while_replacing']} MiB")
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))  # noqa: T201
