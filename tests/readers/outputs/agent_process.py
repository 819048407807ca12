"""An agent for the keeper's tests: opens simulated locks on FILE, does what stdin says, writes what it is told.

``release DOOR SECONDS``, ``hold DOOR``, ``secure DOOR``, ``hang`` (the heartbeat's proof of life ends), ``live``.
"""

import sys
from pathlib import Path

from domain.ids import DoorId
from readers.outputs.locks.open import open_locks
from readers.outputs.settings import SimulatedLock


def main(path: str, doors: list[str]) -> None:
    hung = False
    told = Path(path + ".told").open("ab", buffering=0)  # noqa: SIM115 (open as long as this process)
    locks = open_locks(
        {DoorId(door): SimulatedLock(kind="simulated", path=path) for door in doors},
        lambda door, word: told.write(f"{door or '-'} {word}\n".encode()),
        lives=lambda: not hung,
    )
    for line in sys.stdin:
        match line.split():
            case ["hang"]:
                hung = True
            case ["live"]:
                hung = False
            case ["release", door, seconds]:
                locks[DoorId(door)].release(float(seconds))
            case ["hold", door]:
                locks[DoorId(door)].hold()
            case ["secure", door]:
                locks[DoorId(door)].secure()
    for lock in locks.values():
        lock.close()
    told.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
