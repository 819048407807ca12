"""The demo's city hall as a real FreeRADIUS asks it: the gateway's own listener, decisions and database.

Run as a program (``python -m tests.radius.centre FOLDER PORT``) it is a process that a test can kill.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from domain.zones.tier import Method, Tier, TierId, TierPlan
from store.migrate import migrate
from store.tx import Store
from tests.domain.zones.cases import RULES, rule
from tests.gateway.radius.hall import PRINT, PRINTER_MAC, Hall, Town
from tests.radius.lab import Lab, describe_city, render_lab
from tests.servers import free_port

GATED = frozenset(("mynumber", "lgwan", "internet"))


def utc_now() -> datetime:
    return datetime.now(UTC)


def describe_town(root: Path) -> Town:
    """Give the demo's tiers with one for printers, and rules for each; those of the My Number tier are stricter."""
    site = describe_city()
    printers = Tier(PRINT, "印刷", "Printers", 40, frozenset((Method.mab,)))
    rules = tuple(
        replace(each, tiers=GATED if "lgwan" in each.tiers else frozenset((TierId("mynumber"),))) for each in RULES
    )
    return Town(
        site,
        TierPlan((*site.tier_plan.tiers, printers), site.tier_plan.places),
        (*rules, rule("printer", "terminal_issued and terminal_class == 'printer'", PRINT)),
        areas=("office",),
        mynum="mynumber",
        servers_folder=root / "gateway" / "radius-servers",
    )


def open_hall(root: Path, folder: Path, port: int) -> Hall:
    """Give the gateway of an installation that was rendered into ``root``."""
    url = f"sqlite:///{folder}/sekisho.db"
    migrate(url)
    return Hall(Store(url), folder, utc_now, town=describe_town(root), port=port)


@dataclass
class Centre:
    """The gateway and one network server of it, both running."""

    hall: Hall
    lab: Lab

    def ask_as_printer(self, mac: str = PRINTER_MAC, **other: str) -> str:
        """Ask as a switch does for what has no certificate; gives what was said."""
        told = {"User-Name": mac, "Calling-Station-Id": mac} | {
            name.replace("_", "-"): each for name, each in other.items()
        }
        return self.lab.ask(
            "auth", ",".join(f"{name}={each}" for name, each in told.items()) + ",Message-Authenticator=0x00"
        )

    def account(self, kind: str, session: str, station: str = "02-00-00-00-00-01") -> bool:
        """Tell as a switch; gives whether it was taken."""
        told = f"Acct-Status-Type={kind},Acct-Session-Id=80000001,Calling-Station-Id={station}"
        return "Accounting-Response" in self.lab.ask("acct", f"{told},Class=0x{session.encode().hex()}")


@contextmanager
def running_centre(root: Path, folder: Path) -> Iterator[Centre]:
    """Run both; what was rendered lies in ``root``, the gateway's own files in ``folder``."""
    port = free_port()
    (lab,) = render_lab(root, f"http://127.0.0.1:{port}")
    hall = open_hall(root, folder, port)
    with hall.listening(), lab.running():
        yield Centre(hall, lab)
    hall.store.close()


def main() -> None:
    """Answer until somebody ends it."""
    root, folder, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    with open_hall(root, folder, port).listening():
        stop.wait()


if __name__ == "__main__":
    main()
