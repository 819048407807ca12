"""A rendered site on this machine whose real processes a test may kill."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from contract.tokens import credential_token
from gateway.operations.access.enroll_devices import enroll_devices, read_device_keys
from gateway.operations.access.publish_policy import publish_policy
from gateway.rollouts.revisions import read_revision
from gateway.site.description import Site
from gateway.site.options import RenderOptions
from gateway.site.render import RenderedSite, render_site
from store.hr_grants import save_level_grants
from store.migrate import migrate
from store.tables import credential, department, person
from store.tx import Store
from tests.servers import free_port, stop, wait_for_port

SEKISHO = [sys.executable, "-m", "sekisho"]
JournalRow = tuple[str, int, int, bytes]
"""(device, epoch, seq, hash)."""


def describe_site(devices: int) -> Site:
    """A site of so many boxes, each with one door and one simulated reader that everybody may pass at any time."""
    names = [f"box-{number}" for number in range(devices)]
    return Site.model_validate(
        {
            "name": "試験庁舎",
            "name_en": "Test hall",
            "areas": [
                {"id": "outside", "name": "外", "name_en": "Outside", "offline_minutes_max": 1440},
                {"id": "hall", "name": "内", "name_en": "Hall", "offline_minutes_max": 1440},
            ],
            "doors": [{"id": name, "name": name, "name_en": name, "release_seconds": 1} for name in names],
            "access_points": [
                {
                    "id": name,
                    "name": name,
                    "name_en": name,
                    "door": name,
                    "area_from": "outside",
                    "area_to": "hall",
                    "attendance": "in",
                }
                for name in names
            ],
            "devices": [{"id": name, "name": name, "name_en": name} for name in names],
            "readers": [
                {
                    "id": name,
                    "name": name,
                    "device": name,
                    "access_point": name,
                    "driver": "simulated",
                    "path": "r.sock",
                }
                for name in names
            ],
            "schedules": [],
            "levels": [{"id": "staff", "name": "職員", "points": dict.fromkeys(names, "always")}],
        }
    )


class Installation:
    """The processes of one rendered site: started, killed and started again by name."""

    def __init__(
        self,
        root: Path,
        *,
        database_url: str | None,
        cards: Sequence[bytes],
        devices: int = 2,
        site: Site | None = None,
    ) -> None:
        self.site = site or describe_site(devices)
        pages, listens, broker = free_port(), free_port(), free_port()
        self.pages_port = pages
        options = RenderOptions(
            broker_port=broker,
            pages_listen=f"127.0.0.1:{pages}",
            public_url=f"http://127.0.0.1:{pages}",
            devices_listen=f"127.0.0.1:{listens}",
            devices_url=f"https://127.0.0.1:{listens}",
            database_url=database_url,
        )
        self.rendered: RenderedSite = render_site(self.site, root, options=options, now=datetime.now(UTC))
        self._ports = {"broker": broker, "gateway": listens}
        self.database_url = database_url or f"sqlite:///{self.rendered.state}/gateway/sekisho.db"
        self.devices = [device.id for device in self.site.devices]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._log = (root / "processes.log").open("ab")
        self._fill(root, cards)

    def _fill(self, root: Path, cards: Sequence[bytes]) -> None:
        migrate(self.database_url)
        site_key = bytes.fromhex((root / "gateway" / "site.key").read_text())
        store, now = Store(self.database_url), datetime.now(UTC)
        with store.transaction(now) as tx:
            tx.connection.execute(department.insert().values(id="d", name="課"))
            for number, card in enumerate(cards):
                who = f"p{number}"
                tx.connection.execute(
                    person.insert().values(
                        id=who, name=who, kana=who, department_id="d", employment="full_time", is_manager=False
                    )
                )
                save_level_grants(tx, {who: ("staff",)})
                tx.connection.execute(
                    credential.insert().values(
                        token=credential_token(site_key, "simulated", card),
                        person_id=who,
                        label=who,
                        status="active",
                    )
                )
            enroll_devices(tx, read_device_keys(self.rendered.device_keys))
            publish_policy(tx, read_revision(root / "gateway" / "site.yaml"), now=now)
        store.close()

    def arguments(self, name: str) -> list[str | Path]:
        """Give the command line of a process: broker, gateway, or a device."""
        if name == "broker":
            return [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", self.rendered.broker_settings]
        if name == "gateway":
            return [*SEKISHO, "gateway", "run", "--config", self.rendered.gateway_settings]
        return [*SEKISHO, "edge", "run", "--config", self.rendered.edge_settings(name)]

    def start(self, name: str) -> None:
        """Start a process; broker and gateway are waited for."""
        self._processes[name] = subprocess.Popen(
            self.arguments(name), stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL, env=os.environ
        )
        if name in self._ports:
            wait_for_port(self._ports[name], self._processes[name], seconds=30)

    def kill(self, name: str) -> None:
        """End a process as a crash would."""
        stop(self._processes[name], signal.SIGKILL)

    def stop_all(self) -> None:
        """End what runs, devices first."""
        for name in sorted(self._processes, key=lambda name: name in self._ports):
            stop(self._processes[name])
        self._log.close()

    def has_ended(self, name: str) -> bool:
        """Tell whether a process has ended by itself."""
        return self._processes[name].poll() is not None

    def socket_path(self, device: str, name: str = "r.sock") -> Path:
        """Give the socket of a simulated reader of the device."""
        return self.rendered.state / "edge" / device / name

    def journal_rows(self) -> set[JournalRow]:
        """Read every journal that the stopped devices hold, set-aside ones too."""
        rows: set[JournalRow] = set()
        for device in self.devices:
            for path in (self.rendered.state / "edge" / device).glob("journal.db*"):
                if path.name.endswith(("-wal", "-shm")):
                    continue
                with sqlite3.connect(path) as journal:
                    (epoch,) = journal.execute("SELECT epoch FROM state").fetchone()
                    rows |= {
                        (device, epoch, seq, digest) for seq, digest in journal.execute("SELECT seq, hash FROM record")
                    }
                journal.close()
        return rows
