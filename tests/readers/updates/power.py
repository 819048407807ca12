"""Power that goes at any step: a forked process does the work and ends before its n-th step on the disk.

A step is every call that makes, opens for writing, renames, removes or syncs a file. With the power goes what no sync
covered: files written since are empty afterwards. Names are as the last call left them.
"""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate"}
_WRITES = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_RDWR
_DONE, _DIED, _FAILED = 0, 77, 78


def dies(work: Callable[[], object], *, before_step: int, folder: Path) -> bool:
    """Do the work in a process whose power goes before the given step; tells whether it did.

    What the work raises is told, and fails the test.
    """
    child = os.fork()
    if child == 0:
        code = _FAILED
        try:
            _Power(before_step, folder).install()
            work()
            code = _DONE
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {_DONE, _DIED}, code
    return code == _DIED


class _Power:
    def __init__(self, before_step: int, folder: Path) -> None:
        self._left = before_step
        self._folder = folder
        self._durable = {self._mark(path.lstat()) for path in self._files()}
        self._sync = os.fsync
        self._gone = False

    def install(self) -> None:
        os.fsync = self._fsync
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STEPS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            self._step()

    def _fsync(self, descriptor: int) -> None:
        self._step()
        self._sync(descriptor)
        self._durable.add(self._mark(os.fstat(descriptor)))

    def _step(self) -> None:
        if self._gone:
            return
        self._left -= 1
        if self._left == 0:
            self._gone = True
            for path in self._files():
                if self._mark(path.lstat()) not in self._durable:
                    os.truncate(path, 0)
            os._exit(_DIED)

    def _files(self) -> list[Path]:
        return [path for path in self._folder.rglob("*") if path.is_file() and not path.is_symlink()]

    @staticmethod
    def _mark(found: os.stat_result) -> tuple[int, int, int]:
        return found.st_ino, found.st_size, found.st_mtime_ns
