"""Two slots on the disk, and one small file that says what they are.

=================  ====================================================================================================
in the folder      what it is
=================  ====================================================================================================
``switch.json``    the truth (``readers.updates.switch``), replaced whole: its rename is the moment of each step
``a`` ``b``        a release each, unpacked; ``a.part`` is one that is being unpacked
``current``        a link to the slot that runs, renamed into place; follows ``switch.json`` at each start
``metadata``       what TUF has verified so far
``downloads``      archives on their way into a slot
``born``           the mark of the process that runs
=================  ====================================================================================================

Whoever is stopped anywhere leaves the old state or the new one; what lies around unsaid is overwritten next time.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from readers.updates.errors import UpdateError
from readers.updates.switch import Slot, Switch
from readers.updates.trial import Event, step
from readers.whole_file import FileHeldError, hold_file, replace_file, sync_folder

SLOTS: tuple[Slot, ...] = ("a", "b")
SWITCH_BYTES_MAX = 16 * 1024
_ADAPTER: TypeAdapter[Switch] = TypeAdapter(Switch)


class SwitchDamagedError(UpdateError):
    """``switch.json`` does not say what it should: a disk that loses bits, or a hand."""


class Slots:
    """The folder of one box's slots."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def born_file(self) -> Path:
        """Where the process that runs leaves its mark."""
        return self.folder / "born"

    def path(self, slot: Slot) -> Path:
        """Give a slot's folder."""
        return self.folder / slot

    def ensure(self) -> None:
        """Make the folder, for its owner alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def load(self) -> Switch:
        """Read the state; a box that never had an update has the first one.

        Raises:
            SwitchDamagedError: the file is not readable as a state.
            OSError: the disk does not give it.
        """
        path = self.folder / "switch.json"
        try:
            with path.open("rb") as file:
                data = file.read(SWITCH_BYTES_MAX)
        except FileNotFoundError:
            return Switch()
        try:
            return _ADAPTER.validate_json(data, strict=True)
        except ValidationError:
            raise SwitchDamagedError(
                f"{path}: 読めません。{self.folder} を空にすると最初の版に戻ります"
                f" / not readable; empty {self.folder} to begin again with the first installation"
            ) from None

    def change(self, event: Event, now: datetime) -> Switch:
        """Take one step and write it down; gives the state that is now durable.

        Raises:
            TrialError: the event has no place in this phase.
            SwitchDamagedError: as :meth:`load`.
            OSError: it could not be written; the old state stands.
        """
        self.ensure()
        with self._alone():
            before = self.load()
            after = step(before, event, now)
            if after != before:
                replace_file(self.folder / "switch.json", _ADAPTER.dump_json(after))
            return after

    def point(self, slot: Slot | None) -> None:
        """Have ``current`` name the slot, in one step; None takes it away.

        Raises:
            OSError: the disk refused.
        """
        link = self.folder / "current"
        if slot == self.pointed:
            return
        if slot is None:
            link.unlink(missing_ok=True)
        else:
            half = self.folder / "current.part"
            half.unlink(missing_ok=True)
            half.symlink_to(slot)
            half.rename(link)
        sync_folder(self.folder)

    @property
    def pointed(self) -> Slot | None:
        """The slot that ``current`` names."""
        try:
            name = (self.folder / "current").readlink().name
        except OSError:
            return None
        return next((slot for slot in SLOTS if slot == name), None)

    @contextmanager
    def staging(self) -> Iterator[None]:
        """Keep other commands that fill a slot out.

        Raises:
            UpdateError: another one is at work.
        """
        self.ensure()
        try:
            with hold_file(self.folder / "staging"):
                yield
        except FileHeldError as error:
            raise UpdateError(str(error)) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for the turn to change the state; each holds it for one small write."""
        descriptor = os.open(self.folder / ".switch.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
