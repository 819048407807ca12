"""SoftHSM with a store of its own: tokens that are made, pulled and put back, beside whatever the machine has."""

import ctypes.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LIBRARY_FOLDERS = (
    "/usr/lib/softhsm",
    "/usr/lib/*/softhsm",
    "/usr/local/lib/softhsm",
    "/usr/lib64",
    "/usr/lib/*/pkcs11",
)
PIN = "4711"
SECURITY_OFFICER_PIN = "47114711"


def find_softhsm() -> Path:
    """Give the module, wherever the machine's package put it."""
    for folder in LIBRARY_FOLDERS:
        for found in sorted(Path("/").glob(f"{folder[1:]}/libsofthsm2.so")):
            return found
    if found_name := ctypes.util.find_library("softhsm2"):
        return Path(found_name)
    raise FileNotFoundError("SoftHSM is missing: install the package softhsm2")


@dataclass(frozen=True, slots=True)
class TokenStore:
    """A private token store below ``folder``; ``environment`` is what a process needs to meet it."""

    folder: Path
    module: Path

    @classmethod
    def make(cls, folder: Path) -> "TokenStore":
        (folder / "tokens").mkdir(parents=True)
        store = cls(folder, find_softhsm())
        store._configuration.write_text(
            f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        return store

    @property
    def environment(self) -> dict[str, str]:
        return {"SOFTHSM2_CONF": str(self._configuration)}

    def new_token(self, label: str) -> None:
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free", "--label", label),
                *("--pin", PIN, "--so-pin", SECURITY_OFFICER_PIN),
            ],
            check=True,
            capture_output=True,
            env={**os.environ, **self.environment},
        )

    def pull(self) -> None:
        """Take every token out."""
        (self.folder / "tokens").rename(self.folder / "away")
        (self.folder / "tokens").mkdir()

    def put_back(self) -> None:
        shutil.rmtree(self.folder / "tokens")
        (self.folder / "away").rename(self.folder / "tokens")

    def pin_file(self, pin: str = PIN) -> Path:
        path = self.folder / "pin"
        path.touch(mode=0o600)
        path.write_text(pin + "\n")
        return path

    @property
    def _configuration(self) -> Path:
        return self.folder / "softhsm2.conf"
