"""A log-on: decided and durable before it is answered, beside FreeRADIUS that asks nobody.

``decision_ms`` is the gateway's own answer at 200 a second, its decision and session committed (``synchronous=FULL``
or a PostgreSQL that syncs); ``through_rest`` so many log-ons outstanding at FreeRADIUS, each decided by the gateway
for one of 700 people with all rules; ``freeradius_alone`` the same with a VLAN that stands in its file, ``in_process``
with the same rules in ``rlm_python3`` and nothing kept (Debian's freeradius-python3; without it that line is left out).
``log_on_ms`` is EAP-TLS by eapol_test from the first packet to the last, seen on the wire. ``bare_commit_ms`` is what
one commit costs alone on the same database, ``cpu_us`` what the gateway uses of the processor for one log-on.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from json import loads
from pathlib import Path
from typing import Any

from benchmarks.plant import show
from benchmarks.radius_wire import Wire
from benchmarks.situations import CITIES, NOW, furnish
from benchmarks.spread import MILLISECONDS, Spread, spread
from contract.tier_decision import find_break
from store.migrate import migrate
from store.tier_decisions import stream_chain
from store.tx import Store
from tests.radius.lab import Lab, render_lab
from tests.servers import PostgresServer, free_port, stop, wait_for_port

RATE, RATED = 200, 4_000
LOG_ONS, AT_ONCE = 20_000, 32
EAP_LOG_ONS = 200
COMMITS = 200
TIMES = 2
PYTHON_MODULE = Path("/usr/lib/freeradius/rlm_python3.so")

_BY_NAME = """
            update request {
                TLS-Client-Cert-Common-Name := "%{User-Name}"
                EAP-Type := TLS
            }
"""
_STATIC = """
        update control {
            Tmp-String-0 := "permit"
        }
        update reply {
            Tunnel-Type := VLAN
            Tunnel-Medium-Type := IEEE-802
            Tunnel-Private-Group-Id := "20"
            Session-Timeout := 3600
        }
"""
_ASKS = re.compile(r"        rest \{\n            fail = 1.*?(?=        # Only what is written passes)", re.DOTALL)


def run() -> dict[str, Any]:
    """Measure; gives spreads in milliseconds, and log-ons a second."""
    figures: dict[str, Any] = {"people": CITIES[0]}
    with tempfile.TemporaryDirectory(prefix="sekisho-radius-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "postgres").mkdir()
        folder.chmod(0o755)
        postgres = PostgresServer(folder / "postgres", durable=True)
        postgres.start()
        try:
            postgres.execute("CREATE DATABASE city")
            for kind, url in (("postgresql", postgres.url("city")), ("sqlite", f"sqlite:///{folder}/city.db")):
                figures[kind] = _measure(folder / kind, url)
            figures |= _baselines(folder / "alone")
        finally:
            postgres.stop()
    rest = figures["postgresql"]["through_rest"]["a_second"]
    figures["of_freeradius_alone"] = round(rest / figures["freeradius_alone"]["a_second"], 3)
    show("log-ons", figures)
    return figures


def _measure(folder: Path, url: str) -> dict[str, Any]:
    folder.mkdir()
    migrate(url)
    store = Store(url)
    with store.transaction(NOW) as tx:
        furnish(tx, CITIES[0])
    port = free_port()
    (lab,) = render_lab(folder / "site", f"http://127.0.0.1:{port}")
    lab.terminals.issue("t-s00001", "lgwan")
    figures: dict[str, Any] = {"bare_commit_ms": _commit(store)}
    program = [sys.executable, "-m", "benchmarks.radius_gateway", str(folder / "site"), str(port), url]
    gateway = subprocess.Popen(program)
    try:
        wait_for_port(port, gateway, 60)
        server = lab.folder.name
        password = (lab.folder / "password").read_text().strip()
        authorization = "Basic " + b64encode(f"{server}:{password}".encode()).decode()
        _load("http", port, authorization, RATE, RATE)  # warm
        figures["decision_ms"] = _best(
            _load("http", port, authorization, RATED, RATE, gateway=gateway) for _ in range(TIMES)
        )
        with lab.running():
            figures["log_on_ms"] = _log_on(lab)
        _patch(lab, _ASKS.pattern, None)
        with lab.running():
            figures["one_outstanding"] = _load("radius", lab.auth_port, lab.secret, LOG_ONS // 10, 1, gateway=gateway)
            figures["through_rest"] = _best(
                _load("radius", lab.auth_port, lab.secret, LOG_ONS, AT_ONCE, gateway=gateway) for _ in range(TIMES)
            )
    finally:
        stop(gateway, signal.SIGTERM)
    with store.reading(NOW) as tx:
        if find_break(stream_chain(tx)) is not None:
            raise AssertionError("the chain of decisions does not hold")
    store.close()
    return figures


def _baselines(folder: Path) -> dict[str, Any]:
    """FreeRADIUS by itself: with a fixed VLAN, with the rules in its own process, and EAP-TLS without a decision."""
    folder.mkdir()
    (lab,) = render_lab(folder / "site", "http://127.0.0.1:1")
    lab.terminals.issue("t-s00001", "lgwan")
    whole = (lab.folder / "radiusd.conf").read_text()
    _patch(lab, _ASKS.pattern, _STATIC)
    with lab.running():
        figures: dict[str, Any] = {
            "freeradius_alone": _best(
                _load("radius", lab.auth_port, lab.secret, LOG_ONS, AT_ONCE) for _ in range(TIMES)
            ),
            "log_on_alone_ms": _log_on(lab),
        }
    if not PYTHON_MODULE.is_file():
        print("in_process: skipped, freeradius-python3 is not installed", flush=True)  # noqa: T201 (a benchmark speaks)
        return figures
    (lab.folder / "radiusd.conf").write_text(
        whole.replace("    rest {\n        # start", f"{_in_process()}    rest {{\n        # start", 1)
    )
    _patch(lab, _ASKS.pattern, "        in_process\n")
    with lab.running():
        figures["in_process"] = _best(
            _load("radius", lab.auth_port, lab.secret, LOG_ONS, AT_ONCE) for _ in range(TIMES)
        )
    return figures


def _in_process() -> str:
    root = Path(__file__).resolve().parent.parent
    packages = next(Path(each) for each in sys.path if each.endswith("site-packages"))
    return (
        "    python3 in_process {\n"
        f'        python_path = "{root}:{packages}:/usr/lib/python3.11:/usr/lib/python3.11/lib-dynload"\n'
        "        module = benchmarks.radius_in_process\n        mod_post_auth = ${.module}\n"
        "        func_post_auth = post_auth\n    }\n"
    )


def _patch(lab: Lab, asks: str, instead: str | None) -> None:
    """Let log-ons be without EAP, each terminal named by its user; ``instead`` of asking us, something else."""
    file = lab.folder / "radiusd.conf"
    text = file.read_text()
    at = text.index("            # no certificate: only the gateway knows")
    text = text[:at] + _BY_NAME + text[at:]
    if instead is not None:
        text, count = re.subn(asks, lambda _: instead, text, flags=re.DOTALL)
        if count != 1:
            raise AssertionError("the rendered configuration asks in another way than this benchmark expects")
    file.write_text(text)


def _load(
    kind: str, port: int, who: str, count: int, much: int, *, gateway: "subprocess.Popen[bytes] | None" = None
) -> dict[str, Any]:
    began = _cpu_seconds(gateway)
    command = [sys.executable, "-m", "benchmarks.radius_load", kind, str(port), who, str(count), str(much)]
    said = loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300).stdout)
    if said["permitted"] != count:
        raise AssertionError(f"{kind}: {said['permitted']} of {count} log-ons were permitted")
    figures = spread(said["taken"], MILLISECONDS, 2) | {"a_second": round(count / said["seconds"])}
    return figures | ({"cpu_us": round((_cpu_seconds(gateway) - began) / count * 1e6)} if gateway else {})


def _cpu_seconds(process: "subprocess.Popen[bytes] | None") -> float:
    """Give what a process has used of the processor."""
    if process is None:
        return 0.0
    told = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _best(found: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Give the better one: what others take of the machine only makes it worse."""
    return min(found, key=lambda each: each["p99"])


def _log_on(lab: Lab) -> Spread:
    with _wired(lab) as wire:
        path = lab.terminal("s00001")
        for _ in range(EAP_LOG_ONS):
            found = lab.log_on(path)
            if not found.accepted:
                raise AssertionError(found.said)
    return spread(wire.taken, MILLISECONDS, 2)


@contextmanager
def _wired(lab: Lab) -> Iterator[Wire]:
    wire, port = Wire(lab.auth_port), lab.auth_port
    lab.auth_port = wire.port
    try:
        with wire.running():
            yield wire
    finally:
        lab.auth_port = port


def _commit(store: Store) -> Spread:
    taken = []
    for number in range(COMMITS):
        began = time.perf_counter()
        with store.transaction(NOW) as tx:
            tx.connection.exec_driver_sql(f"UPDATE terminal SET name = 'n{number}' WHERE id = 't-s00000'")  # noqa: S608
        taken.append(time.perf_counter() - began)
    return spread(taken, MILLISECONDS, 2)


if __name__ == "__main__":
    if shutil.which("eapol_test") is None:
        raise SystemExit("eapol_test is not installed")
    run()
