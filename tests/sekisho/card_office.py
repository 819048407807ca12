"""A desk in a folder of its own: settings, masters, site key, register; its command run as a process."""

import os
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SITE_KEY = bytes(range(32))
AID = "f51cd8"


class RunningCommand:
    """``sekisho card …`` in a process; both its voices are heard as they come."""

    def __init__(self, words: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sekisho", "card", *words],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._news = threading.Condition()
        self._threads = [
            threading.Thread(target=self._hear, args=(pipe, into), daemon=True)
            for pipe, into in ((self._process.stdout, self.out), (self._process.stderr, self.err))
        ]
        for thread in self._threads:
            thread.start()

    def _hear(self, pipe: object, into: list[str]) -> None:
        for line in pipe:  # type: ignore[attr-defined]
            with self._news:
                into.append(line.rstrip("\n"))
                self._news.notify_all()

    def wait_for(self, says: Callable[[str], bool], *, after: int = 0, seconds: float = 30) -> None:
        """Wait until a line beyond the first ``after`` is what is waited for."""
        with self._news:
            heard = self._news.wait_for(lambda: any(map(says, self.heard[after:])), timeout=seconds)
        assert heard, self.heard

    @property
    def heard(self) -> list[str]:
        """Everything it said until now."""
        return self.out + self.err

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        self._process.kill()
        self.end()

    def end(self, seconds: float = 30) -> int:
        """Wait for its end and give its code."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(self.heard) from None
        for thread in self._threads:
            thread.join(5)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        return code


@dataclass
class Office:
    """The folder, and what a process needs to meet its reader and token."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    running: list[RunningCommand] = field(default_factory=list)

    @property
    def register(self) -> Path:
        return self.folder / "cards.csv"

    @property
    def masters(self) -> dict[str, str]:
        return tomllib.loads((self.folder / "keys.toml").read_text())

    def furnish(self, reader: str, *, keys: str = 'kind = "file"\nfile = "keys.toml"', more: str = "") -> None:
        """Write the settings and the site's key."""
        site_key = self.folder / "site.key"
        site_key.touch(mode=0o600)
        site_key.write_text(SITE_KEY.hex())
        (self.folder / "desk.toml").write_text(
            f'reader = "{reader}"\nsite_key_file = "site.key"\nregister_file = "cards.csv"\n{more}\n'
            f'[keys]\n{keys}\n[cards.lite_s]\n[cards.desfire]\naid = "{AID}"\n'
        )

    def start(self, *words: str) -> RunningCommand:
        command = RunningCommand(list(words), self.folder, self.environment)
        self.running.append(command)
        return command

    def close(self) -> None:
        """End whatever still runs."""
        for command in self.running:
            command.kill()

    def run(self, *words: str) -> tuple[int, list[str], list[str]]:
        """Run the command to its end; gives its code and what it said on both voices."""
        command = self.start(*words)
        code = command.end()
        self.heard += command.heard
        return code, command.out, command.err

    def new_masters(self, *labels: str) -> None:
        for label in labels:
            code, _, err = self.run("masters", "new", "--label", label, "--file", "keys.toml")
            assert code == 0, err
