"""One edge controller as a real process: its folder, its settings, its cards, what its console says."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from contract.signatures import public_key_text
from gateway.site.certificates import ensure_authority, ensure_client_certificate, ensure_server_certificate
from tests.readers.cases import CENTRE_KEY, DEVICE, DEVICE_KEY, NAMES_KEY, SITE_KEY, number_of
from tests.readers.centre import until

READERS = {"r-in": "main-in", "r-out": "main-out", "r-vault": "server-in"}


class Box:
    """The box ``west-1`` with three simulated readers and two doors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.readers = dict(READERS)
        now = datetime.now(UTC)
        authority = ensure_authority(folder, "Sekisho test CA", now=now)
        ensure_server_certificate(authority, folder, "server", names=("localhost",), now=now)
        ensure_client_certificate(authority, folder, "client", name=DEVICE, now=now)
        self.ca_file, self.server_crt, self.server_key = (folder / n for n in ("ca.crt", "server.crt", "server.key"))
        pem = DEVICE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        keys = {"device.key": pem, "site.key": SITE_KEY.hex().encode(), "names.key": NAMES_KEY.hex().encode()}
        for name, content in keys.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)

    def write_settings(self, *, https_port: int, mqtt_port: int | None = None) -> Path:
        trust = 'ca_file = "ca.crt"\ncertificate_file = "client.crt"\nkey_file = "client.key"\n'
        text = (
            f'device = "{DEVICE}"\ndevice_key_file = "device.key"\nsite_key_file = "site.key"\n'
            f'names_key_file = "names.key"\nstate_dir = "state"\n'
            f'centre_key = "{public_key_text(CENTRE_KEY.public_key())}"\n'
            f'transport = "{"https" if mqtt_port is None else "mqtt"}"\n'
            f'[https]\nurl = "https://localhost:{https_port}"\n{trust}[outputs]\nkind = "console"\n'
        )
        if mqtt_port is not None:
            text += f'[mqtt]\nhost = "localhost"\nport = {mqtt_port}\n{trust}'
        for reader, point in self.readers.items():
            text += f'[[readers]]\nid = "{reader}"\naccess_point = "{point}"\ndriver = "simulated"\n'
            text += f'path = "{self.folder / reader}"\n'
        for door in ("main", "server"):
            text += f'[[doors]]\nid = "{door}"\nrelease_seconds = 0.3\n'
        path = self.folder / "edge.toml"
        path.write_text(text)
        return path

    @contextmanager
    def running(self, *launcher: str | Path) -> Iterator[subprocess.Popen[str]]:
        """Run the process (by ``launcher``, if given) until its readers are open; ended by SIGTERM at the latest."""
        for reader in self.readers:
            (self.folder / reader).unlink(missing_ok=True)
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                [*launcher, sys.executable, "-m", "sekisho", "edge", "run", "--config", self.folder / "edge.toml"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        reading = threading.Thread(target=self._read, args=(process,), daemon=True)
        reading.start()
        try:
            until(lambda: process.poll() is not None or all((self.folder / reader).exists() for reader in self.readers))
            assert process.poll() is None, (self.folder / "log").read_text()
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            finally:
                reading.join(5)
                assert process.stdout is not None
                process.stdout.close()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip())

    def tap(self, name: str = "anna", reader: str = "r-in") -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(json.dumps({"identifier": number_of(name).hex()}).encode(), str(self.folder / reader))

    def said(self, text: str) -> int:
        return sum(text in line for line in self.lines)
