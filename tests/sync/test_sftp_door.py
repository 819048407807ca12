"""HR's file by SFTP from a real sshd: its key pinned, ours alone accepted, what changes or is missing told."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from store.alarms import list_open_alarms
from store.hr_sources import list_source_states
from store.people import list_persons
from store.tx import Store
from sync.hr.fetched import FetchError
from sync.hr.sftp_door import fetch_by_sftp
from sync.hr.source_settings import SftpSource
from sync.jobs.fetch_hr_files import fetch_hr_files
from sync.jobs.import_hr_files import import_hr_files
from tests.servers import free_port, stop, wait_for_port
from tests.sync.desks import DECEMBER, settings
from tests.sync.hr_room import ON, staff_csv

pytestmark = pytest.mark.real
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Server:
    """A server of the test: where it listens, its public key, and the keys and files of its folder."""

    folder: Path
    port: int
    host_key: str

    def source(self, **more: object) -> SftpSource:
        return SftpSource.model_validate(
            {
                "way": "sftp",
                "name": "jinji",
                "kind": "staff",
                "host": "127.0.0.1",
                "port": self.port,
                "user": getuser(),
                "key_file": self.folder / "ours",
                "host_key": self.host_key,
                "path": str(self.folder / "staff.csv"),
                **more,
            }
        )


def make_key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return path.with_suffix(".pub").read_text().strip()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One sshd on loopback with a configuration of its own: SFTP alone, our key alone."""
    assert SSHD is not None, "openssh-server is missing; scripts/install test brings it"
    with TemporaryDirectory(prefix="sekisho-sshd-") as name:
        folder = Path(name)
        host_key = make_key(folder / "host")
        (folder / "authorized").write_text(make_key(folder / "ours") + "\n")
        make_key(folder / "strange")
        port = free_port()
        (folder / "config").write_text(
            f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
            f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
            "KbdInteractiveAuthentication no\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # its place to shed rights
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "config"], stderr=log)
            try:
                wait_for_port(port, process)
                yield Server(folder, port, host_key)
            finally:
                stop(process)


def put(server: Server, data: bytes, *, mtime: int = 1_764_000_000) -> None:
    file = server.folder / "staff.csv"
    file.write_bytes(data)
    os.utime(file, (mtime, mtime))


def test_a_file_comes_whole_and_an_unchanged_one_not_again(server: Server) -> None:
    data = staff_csv(*(f"s{n}" for n in range(5000)))
    put(server, data)
    fetched = fetch_by_sftp(server.source(), "")
    assert fetched is not None
    assert fetched.data == data
    assert fetch_by_sftp(server.source(), fetched.mark) is None
    put(server, data, mtime=1_764_000_001)
    assert fetch_by_sftp(server.source(), fetched.mark) is not None


def test_another_key_than_the_pinned_one_is_not_believed(server: Server) -> None:
    put(server, b"x")
    other = (server.folder / "strange.pub").read_text().strip()
    with pytest.raises(FetchError, match="host_key"):
        fetch_by_sftp(server.source(host_key=other), "")


def test_a_key_that_the_server_does_not_know_is_told(server: Server) -> None:
    with pytest.raises(FetchError, match="does not accept our key"):
        fetch_by_sftp(server.source(key_file=server.folder / "strange"), "")


@pytest.mark.parametrize(
    ("more", "told"),
    [({"path": "/nowhere/staff.csv"}, "no such file"), ({"port": free_port()}, "SFTP で取れません")],
)
def test_what_is_not_there_is_told(server: Server, more: dict[str, object], told: str) -> None:
    with pytest.raises(FetchError, match=told):
        fetch_by_sftp(server.source(**more), "")


def test_a_file_beyond_every_bound_is_not_fetched(server: Server) -> None:
    with (server.folder / "staff.csv").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(FetchError, match="larger than 64 MiB"):
        fetch_by_sftp(server.source(), "")


def test_the_job_brings_it_once_and_tells_a_door_that_gives_nothing(
    server: Server, store: Store, tmp_path: Path
) -> None:
    put(server, staff_csv("s1", "s2"))
    given = settings(tmp_path, store.url, hr_sources=[server.source().model_dump()])
    assert fetch_hr_files(store, given, ON, DECEMBER) == "jinji brought"
    assert fetch_hr_files(store, given, ON, DECEMBER) == "jinji unchanged"
    assert import_hr_files(store, given, ON, DECEMBER) == "staff: added 3, changed 0, left 0; taken 0, waiting 0"
    with store.reading(DECEMBER) as tx:
        assert [who.id for who in list_persons(tx)] == ["s1", "s2"]
    (server.folder / "staff.csv").unlink()
    assert fetch_hr_files(store, given, ON, DECEMBER + timedelta(hours=1)) == "jinji failed"
    with store.reading(DECEMBER) as tx:
        assert [(each.alarm.kind, each.alarm.subject) for each in list_open_alarms(tx)] == [
            ("hr_source_failed", "jinji")
        ]
        [state] = list_source_states(tx)
    assert "no such file" in state.trouble
    put(server, staff_csv("s1", "s2"))
    assert fetch_hr_files(store, given, ON, DECEMBER) == "jinji unchanged"
