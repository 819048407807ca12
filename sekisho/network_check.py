"""What FreeRADIUS itself says of the configuration that is rendered for a network server (``freeradius -C``)."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.civil import civil_minute
from gateway.site.certificates import ensure_authority
from gateway.site.description import Site
from gateway.site.keys import private_folder
from gateway.site.network_servers import find_network_fault, list_standing_tiers, render_network_servers
from gateway.site.options import NetworkServerOptions, RenderOptions

SECONDS_MAX = 30
TRIED = (NetworkServerOptions(id="radius-1"), NetworkServerOptions(id="radius-2", auth_port=1912, acct_port=1913))
_TOLD = re.compile(r".*?: Error: ")


def check_network_servers(site: Site, options: RenderOptions, program: Path) -> Iterator[str]:
    """Render each network server aside, and yield what FreeRADIUS does not take of it, in both languages.

    Args:
        site: the description.
        options: names the servers; where it names none, a pair is tried.
        program: FreeRADIUS.
    """
    now = datetime.now(UTC)
    servers = options.network_servers or TRIED
    tried = options.model_copy(update={"network_servers": servers})
    if (fault := find_network_fault(site, options, now)) is not None:
        yield fault
        return
    with TemporaryDirectory() as name:
        root = Path(name)
        ensure_authority(private_folder(root / "ca"), "Sekisho", now=now)
        render_network_servers(site, root, options=tried, installed=root, state=root / "state", now=now)
        for server in servers:
            private_folder(root / "state" / "radius" / server.id)
            yield from _ask(program, root / "radius" / server.id, server.id)


def note_coming_tiers(site: Site, now: datetime) -> Iterator[str]:
    """Yield a line for each day from which a tier fails otherwise than network servers were told today."""
    today = civil_minute(now)[0]
    standing = {tier.id: tier.failure for tier in list_standing_tiers(site.tier_plan, today)}
    for tier in site.tier_plan.tiers:
        if tier.valid_from is not None and tier.valid_from > today and tier.failure != standing[tier.id]:
            yield (
                f"注意 / note: tiers {tier.id}: {tier.valid_from} から決定が得られないときの扱いが変わります。"
                f"その日に render し直してください / fails otherwise from that day on: render again then"
            )


def _ask(program: Path, folder: Path, server: str) -> Iterator[str]:
    command: list[str | Path] = [program, "-C", "-l", "stdout", "-d", folder]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS_MAX, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        yield f"{program}: 実行できません / cannot be run: {error}"
        return
    if done.returncode == 0:
        return
    told = (done.stdout + done.stderr).replace(f"{folder}/", "").splitlines()
    said = [_TOLD.sub("", line) for line in told if _TOLD.match(line)] or told[-1:]
    refused = (
        f"network_servers {server}: FreeRADIUS がこの設定を受け付けません。次の行を確かめてください"
        " / FreeRADIUS does not take this configuration; see these lines:"
    )
    yield "\n".join((refused, *(f"    {line}" for line in said)))
