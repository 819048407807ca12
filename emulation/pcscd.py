"""A private pcscd with virtual readers, beside whatever pcscd the machine runs.

pcscd takes its listening socket from its starter when it is told so the way systemd does (LISTEN_FDS), and clients look
for the service at PCSCLITE_CSOCK_NAME. So each :class:`Pcscd` has a socket in its own folder, any number run side by
side, and neither systemd nor polkit nor the machine's own service is touched. What it does need: /run/pcscd, where
pcscd writes its process id, must be there and writable, or creatable (root).

vpcd, the virtual readers' driver, listens on all addresses (0.0.0.0) and cannot be told otherwise: run this on machines
for tests and demonstrations only.
"""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = Path("/usr/sbin/pcscd")
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
START_SECONDS = 10.0
_BACKLOG = 16

# systemd's protocol: the socket is descriptor 3 and the variables name the very process that takes it.
_LAUNCHER = (
    "import os, sys\n"
    "os.dup2(int(sys.argv[1]), 3)\n"
    "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')\n"
    "os.execv(sys.argv[2], sys.argv[2:])\n"
)


@dataclass(frozen=True, slots=True)
class VirtualReader:
    """A virtual reader: how its PC/SC name begins, and the port where a VirtualCard is inserted."""

    name: str
    port: int


class PcscdError(Exception):
    """pcscd or its virtual readers are not installed, or it did not start; says why."""


class Pcscd:
    """One private service. ``folder`` holds its socket, configuration and log, and must have a short path."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.socket_path = folder / "pcscd.comm"
        self.readers = tuple(
            VirtualReader(name, port) for name, port in zip(names, _free_ports(len(names)), strict=True)
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether the service was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @staticmethod
    def is_available() -> bool:
        """Tell whether this machine has pcscd and vpcd (Debian packages pcscd, vsmartcard-vpcd)."""
        return PROGRAM.exists() and DRIVER.exists()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to meet this service; libpcsclite reads it at its first call."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket_path)}

    def reader(self, name: str) -> VirtualReader:
        """Give the reader of that name. Raises KeyError."""
        return {reader.name: reader for reader in self.readers}[name]

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start the service and wait up to ``seconds`` until its readers take cards.

        The ports and the socket stay the same at a restart.

        Raises:
            PcscdError: not installed, already running, or it ended at once.
        """
        if not self.is_available():
            raise PcscdError("pcscd と vsmartcard-vpcd を入れてください (install pcscd and vsmartcard-vpcd)")
        if self._process is not None:
            raise PcscdError("this pcscd runs already")
        configuration = self._write_configuration()
        self.socket_path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening, (self.folder / "pcscd.log").open("wb") as log:
            listening.bind(str(self.socket_path))
            listening.listen(_BACKLOG)
            descriptor = listening.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _LAUNCHER, str(descriptor), PROGRAM, "--foreground", "--config", configuration],
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._await_readers(seconds)

    def stop(self) -> None:
        """End the service the orderly way."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop it in its tracks: it keeps its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen service go on."""
        self._signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.stop()

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        for each in (number, signal.SIGCONT):  # a frozen process takes a signal only when it goes on
            self._process.send_signal(each)
        self._process.wait(START_SECONDS)
        self._process = None

    def _write_configuration(self) -> Path:
        """Write one entry a reader. Each has its *own copy* of vpcd, which keeps its slots in globals."""
        configuration = self.folder / "readers"
        configuration.mkdir(exist_ok=True)
        entries = []
        for number, reader in enumerate(self.readers):
            library = self.folder / f"libifdvpcd{number}.so"
            if not library.exists():  # overwriting a library that is mapped would crash whoever maps it
                shutil.copy(DRIVER, library)
            entries.append(
                f'FRIENDLYNAME "{reader.name}"\nDEVICENAME /dev/null:0x{reader.port:X}\n'
                f"LIBPATH {library}\nCHANNELID 0x{reader.port:X}\n\n"
            )
        (configuration / "virtual").write_text("".join(entries))
        return configuration

    def _await_readers(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        for reader in self.readers:
            while not _listens(reader.port):
                if not self.is_running or time.monotonic() > until:
                    said = (self.folder / "pcscd.log").read_text(errors="replace").strip()
                    self.kill()
                    raise PcscdError(f"pcscd did not start: {said or 'no word why'}")
                time.sleep(0.02)


def _listens(port: int) -> bool:
    """Tell whether something listens at a port, without connecting: a connection would be a card."""
    wanted = f":{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[1].endswith(wanted) and row[3] == "0A" for row in rows)


def _free_ports(count: int) -> list[int]:
    """Find ports whose next port is free too: each virtual reader comes with a second slot there."""
    with contextlib.ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            first, second = (held.enter_context(socket.socket()) for _ in range(2))
            first.bind(("", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("", port + 1))
                ports.append(port)
        return ports
