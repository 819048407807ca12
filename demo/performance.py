"""The demo running: everything of the hall on this machine, with people who tap and a visitor who may."""

import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from demo.desk_terminals import SERVER, DeskTerminals
from demo.director import Director
from demo.hall_tiers import list_desks
from demo.hands import Hands
from demo.month_end import end_month
from demo.open_requests import ask_for_stays
from demo.software_readers import without_pcsc
from demo.stage import DemoStage
from demo.town import Town, build_town, draw_members
from domain.attendance.duty_clock import duty_today
from emulation.pcscd import Pcscd
from gateway.main import run_gateway
from gateway.pages.app import create_pages
from gateway.requests.rules import Rules
from gateway.settings import GatewaySettings, load_gateway_settings
from gateway.site.description import Site, load_site
from gateway.site.equipment import read_equipment
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import NetworkServerOptions, RenderOptions
from gateway.site.render import render_site
from store.tx import Store
from sync.jobs.hand_over_closed_pay import PayDesk, hand_over_month, previous_month
from sync.settings import load_sync_settings

DEMO_SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
Say = Callable[[str], None]


def prepare_site(say: Say, *, https: bool = False) -> tuple[Site, bool]:
    """Give the demo's site as this machine can run it, and whether a broker carries its envelopes.

    Args:
        say: tells the visitor what differs from the full thing.
        https: do without a broker although there may be one.
    """
    site = load_site(DEMO_SITE)
    if not Pcscd.is_available():
        say("pcscd がないため、その読取機は模擬にします / no pcscd here: its readers are simulated")
        site = without_pcsc(site)
    has_broker = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None
    if https:
        return site, False
    if not has_broker:
        say("mosquitto がないため、同じ電文を HTTPS で送ります / no mosquitto here: the same envelope goes over HTTPS")
    return site, has_broker


def render_demo(
    site: Site, folder: Path, *, has_broker: bool, pages_port: int, reader_paths: dict[str, str]
) -> RenderedSite:
    """Render the demo's site with mutual TLS and the production ACL, on free loopback ports."""
    devices_port, radius_port = _free_port(), _free_port()
    options = RenderOptions(
        transport="mqtt" if has_broker else "https",
        broker_port=_free_port(),
        pages_listen=f"127.0.0.1:{pages_port}",
        public_url=f"http://127.0.0.1:{pages_port}",
        devices_listen=f"127.0.0.1:{devices_port}",
        devices_url=f"https://127.0.0.1:{devices_port}",
        reader_paths=reader_paths,
        network_servers=(NetworkServerOptions(id=SERVER),),
        radius_listen=f"127.0.0.1:{radius_port}",
        radius_url=f"http://127.0.0.1:{radius_port}",
    )
    equipment = read_equipment(DEMO_SITE, site)
    return render_site(site, folder, options=options, now=datetime.now(UTC), equipment=equipment)


def load_town(rendered: RenderedSite, site: Site, database_url: str, say: Say) -> Town:
    """Give the hall of an earlier start, or build it: people, accounts and the past months."""
    kept = rendered.state / "accounts.json"
    if kept.exists():
        return Town(draw_members(), json.loads(kept.read_text()))
    say("40人の職員と過去の月を作っています / making forty people and their past months")
    town = build_town(site, rendered, database_url, datetime.now(UTC))
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(town.passwords))
    return town


def end_last_month(rendered: RenderedSite, town: Town, database_url: str, say: Say) -> None:
    """Close the past month as people would, hand it to payroll, and ask for some stays of this one; once."""
    settings, now = load_sync_settings(rendered.sync_settings), datetime.now(UTC)
    store = Store(database_url)
    period = previous_month(duty_today(now, settings.read_rules()))
    rules = settings.read_leave_rules()
    city = Rules(settings.read_rules(), rules.kinds, rules.schemes)
    people = [member.id for member in town.members]
    closed = end_month(store, period, people, city, now)
    done = hand_over_month(PayDesk(store, settings, lambda: now), period)
    if done.files:
        ask_for_stays(store, people, city, now)
    store.close()
    laid = ", ".join(str(settings.payroll_dir / name) for name, _ in done.files) or str(settings.payroll_dir)
    say(f"{period} を締めました（{closed}人） / closed for {closed} people; 給与ファイル / payroll file: {laid}")


def announce(port: int, began: float, passwords: dict[str, str], say: Say) -> None:
    """Say where to look once the pages answer."""
    while not _answers(port):
        time.sleep(0.1)
    login, password = next(iter(passwords.items()))
    say(
        f"\n  関所デモ / Sekisho demo: http://127.0.0.1:{port}  ({time.monotonic() - began:.0f} s)\n"
        f"  {login} / {password}  ほかはサインイン画面に / others stand on the sign-in page; Ctrl-C で終了 ends it\n"
    )


def run_performance(
    site: Site, rendered: RenderedSite, town: Town, hands: Hands, *, pages_port: int, began: float, say: Say
) -> int:
    """Serve the pages and send people to the readers until a signal; gives the gateway's exit code."""
    readers = [reader.id for reader in site.readers] + [cabinet.reader.id for cabinet in site.cabinets]
    stage = DemoStage(town.members, town.passwords, readers, hands)
    director = Director(town.members, hands, SystemRandom())
    director.start()
    settings = load_gateway_settings(rendered.gateway_settings)
    terminals = _plug_in(site, settings, town, say)
    terminals.start()
    threading.Thread(target=announce, args=(pages_port, began, town.passwords, say), daemon=True).start()
    try:
        return run_gateway(settings, make_pages=lambda context: create_pages(context, stage))
    finally:
        terminals.stop()
        director.stop()
        hands.close()


def _plug_in(site: Site, settings: GatewaySettings, town: Town, say: Say) -> DeskTerminals:
    assert settings.radius is not None  # noqa: S101 (the demo is rendered with a network server)
    folder, listen = settings.radius.servers_folder.parent, settings.radius.listen
    return DeskTerminals(site, folder, (listen.host, listen.port), list_desks(town.members), say=say)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
