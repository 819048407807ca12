"""The gateway's listener for network servers as a process: ``python -m benchmarks.radius_gateway FOLDER PORT URL``.

In the database is the city of ``benchmarks.situations``; its clock goes on from that city's morning.
"""

import gc
import signal
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.situations import NOW
from domain.zones.tier import TierId
from gateway.context import GatewayContext
from gateway.listeners import serve_radius
from gateway.live import Broadcast
from gateway.radius.app import create_radius
from gateway.radius.decision_writer import DecisionWriter
from gateway.settings import AttendanceSettings, RadiusSettings
from store.tx import Store
from tests.domain.zones.cases import RULES
from tests.radius.lab import describe_city

RULES_OF_THE_CITY = tuple(replace(each, tiers=frozenset((TierId("lgwan"),))) for each in RULES if "lgwan" in each.tiers)


def main() -> None:
    """Answer until somebody ends it."""
    root, port, url = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    began = time.monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - began)

    store = Store(url)
    settings: Any = SimpleNamespace(attendance=AttendanceSettings())
    context = GatewayContext(settings, store, describe_city(), Ed25519PrivateKey.generate(), now, Broadcast())
    context.tiers.hold_rules(RULES_OF_THE_CITY)
    with store.reading(now()) as tx:
        context.situations.renew(tx)
    folders = {"servers_folder": root / "gateway/radius-servers", "switches_folder": root / "gateway/switches"}
    radius = RadiusSettings.model_validate({"listen": f"127.0.0.1:{port}"} | folders)
    writer = DecisionWriter(store, now)
    stop = threading.Event()
    thread = threading.Thread(target=writer.run, args=(stop,))
    thread.start()
    server = serve_radius(radius, create_radius(context, radius, writer))

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    signal.signal(signal.SIGTERM, end)
    gc.collect()
    gc.freeze()
    server.run()
    stop.set()
    thread.join()
    store.close()


if __name__ == "__main__":
    main()
