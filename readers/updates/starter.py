"""Starts the agent from the slot that is in force, watches its trial, and goes back when it does not prove itself.

The supervisor of the machine (systemd) starts this, and this starts the release; it belongs to the first installation
and is no part of any release, so that no release can take the way back away. What cannot be written down is not tried.
"""

import logging
import os
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from readers.updates.birth import BirthMark
from readers.updates.slots import Slots, SwitchDamagedError
from readers.updates.switch import Phase, Switch
from readers.updates.trial import Born, Event, Failed, Started
from readers.updates.unpacking import PROGRAM

LOOK_SECONDS = 0.2
END_SECONDS = 10.0
EXIT_STOPPED = 0
EXIT_NOT_STARTABLE = 71
"""EX_OSERR: the proven release cannot be started; the supervisor tries again."""

_log = logging.getLogger(__name__)


class Starter:
    """Runs one release after the other until it is stopped, or the one that runs ends by itself."""

    def __init__(
        self,
        slots: Slots,
        installed: Sequence[str],
        arguments: Sequence[str],
        *,
        trial_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        """Make a starter.

        Args:
            slots: the box's slots.
            installed: the program of the first installation.
            arguments: given to whichever program runs.
            trial_seconds: how long a release on trial has to prove itself, at each start.
            now: the wall clock, for what a person reads later.
        """
        self._slots = slots
        self._installed = installed
        self._arguments = arguments
        self._trial_seconds = trial_seconds
        self._now = now
        self._stop = threading.Event()
        self._trusts_disk = True

    def stop(self) -> None:
        """Ask to end; from any thread or a signal handler."""
        self._stop.set()

    def run(self) -> int:
        """Run until stopped; gives the exit code, which is that of the program when it ended by itself."""
        while not self._stop.is_set():
            code = self._run_one(self._begin())
            if code is not None:
                return code
        return EXIT_STOPPED

    def _begin(self) -> Switch:
        """Give the state to run by, written down before anything is started."""
        try:
            switch = self._slots.change(Started(), self._now())
            self._slots.point(switch.slot)
        except SwitchDamagedError as error:
            _log.critical("%s", error)
            self._trusts_disk = False
            return Switch(active=self._slots.pointed)
        except OSError as error:
            _log.critical("the state of the update cannot be written, so nothing is tried: %s", error)
            self._trusts_disk = False
            return self._proven()
        self._trusts_disk = True
        return switch

    def _proven(self) -> Switch:
        try:
            switch = self._slots.load()
        except (SwitchDamagedError, OSError):
            return Switch(active=self._slots.pointed)
        return replace(switch, phase=Phase.idle)

    def _run_one(self, switch: Switch) -> int | None:
        """Run the release of a state; gives the code to end with, None when another release is wanted."""
        mark = self._make_mark(switch)
        command = [*self._program(switch), *self._arguments]
        _log.info("starting %s (%s)", mark.release or "the first installation", switch.phase)
        try:
            process = subprocess.Popen(command, env=os.environ | mark.environment(), stdin=subprocess.DEVNULL)
        except OSError as error:
            _log.error("%s cannot be started: %s", command[0], error)
            return None if self._failed(switch, "not_startable") else EXIT_NOT_STARTABLE
        try:
            return self._watch(switch, mark, process)
        finally:
            _end(process)

    def _watch(self, switch: Switch, mark: BirthMark, process: subprocess.Popen[bytes]) -> int | None:
        born, until_mono = False, time.monotonic() + self._trial_seconds
        while not self._stop.wait(LOOK_SECONDS):
            if (code := process.poll()) is not None:
                _log.error("the program ended with %d", code)
                return code if code >= 0 else 128 - code
            if not born and mark.read() == ():
                born = self._change(Born(switch.release))
            if born or switch.phase is not Phase.on_trial:
                if self._is_other_wanted(switch):
                    return None
            elif time.monotonic() > until_mono:
                return (
                    None if self._failed(switch, " ".join(("not_born", *(mark.read() or ())))) else EXIT_NOT_STARTABLE
                )
        return EXIT_STOPPED

    def _failed(self, switch: Switch, cause: str) -> bool:
        """Take a trial back, if it is one; tells whether there is something else to start."""
        if switch.phase is not Phase.on_trial:
            return False
        _log.error("%s is taken back: %s", switch.release, cause)
        return self._change(Failed(switch.release, cause))

    def _change(self, event: Event) -> bool:
        if not self._trusts_disk:
            return True
        try:
            self._slots.change(event, self._now())
        except (OSError, SwitchDamagedError) as error:
            _log.critical("the state of the update cannot be written: %s", error)
            return False
        return True

    def _is_other_wanted(self, running: Switch) -> bool:
        if not self._trusts_disk:
            return False
        try:
            return self._slots.load().slot != running.slot
        except (OSError, SwitchDamagedError):
            return False

    def _program(self, switch: Switch) -> Sequence[str]:
        """Give the program by its slot's own path: ``current`` may move on while it runs."""
        return self._installed if switch.slot is None else [str(self._slots.path(switch.slot) / PROGRAM)]

    def _make_mark(self, switch: Switch) -> BirthMark:
        release, failure = switch.release, switch.failure
        return BirthMark(
            Path(self._slots.born_file).absolute(),
            secrets.token_hex(16),
            f"{release.name} #{release.serial} {switch.slot}" if release and switch.slot else "",
            f"{failure.release.name} #{failure.release.serial}: {failure.cause}"
            if failure and not failure.told and switch.phase is not Phase.on_trial
            else "",
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program, kindly at first, and wait for it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
