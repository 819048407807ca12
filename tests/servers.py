"""Real servers for tests: each on a free loopback port, in a folder of its own, ended by the id that started it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def free_port() -> int:
    """Give a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 15.0) -> None:
    """Wait until something listens on the port; fails at once when the process has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it listened")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on {port} after {seconds} s")


def stop(process: subprocess.Popen[bytes], with_signal: signal.Signals = signal.SIGTERM) -> None:
    """End a process that we started and wait for it."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


class PostgresServer:
    """A private PostgreSQL cluster with trust login on the loopback interface."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._data = folder / "data"
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._log = (folder / "postgres.log").open("ab")
        self.port = free_port()
        self._binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self._as_owner: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self._as_owner = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        command = [
            self._binaries / "initdb",
            "-D",
            self._data,
            "-U",
            "sekisho",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run([*self._as_owner, *command], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [
            "-p",
            str(self.port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"unix_socket_directories={self._data}",
        ]
        if not self._durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        self._process = subprocess.Popen(
            [*self._as_owner, self._binaries / "postgres", "-D", self._data, *options],
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            cwd=self._data.parent,
        )
        wait_for_port(self.port, self._process)
        deadline = time.monotonic() + 15
        while True:
            try:
                psycopg.connect(self.dsn("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> None:
        """Stop the server; SIGINT is PostgreSQL's fast shutdown, SIGKILL a crash."""
        if self._process is not None:
            stop(self._process, with_signal)
            self._log.close()

    def dsn(self, database: str) -> str:
        """Give a libpq connection string."""
        return f"host=127.0.0.1 port={self.port} user=sekisho dbname={database}"

    def url(self, database: str) -> str:
        """Give the URL that Store takes."""
        return f"postgresql+psycopg://sekisho@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def mosquitto(config: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a mosquitto on a configuration that listens on ``port``."""
    process = subprocess.Popen(
        [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", config], stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process)
        yield process
    finally:
        stop(process)
