"""What FreeRADIUS reads on each network server, rendered whole: its settings, the switches, certificates and lists.

Terminals have an authority of their own (``ca/terminals``): a terminal's certificate opens nothing at the broker or the
device API, and a controller's nothing at a switch. The network servers' certificates are of that authority as well, so
that a terminal trusts one authority for the network and no other.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from domain.civil import civil_minute
from domain.validity import is_in_force
from domain.zones.tier import Tier, TierPlan
from gateway.site.certificates import Authority, ensure_server_certificate
from gateway.site.description import Site
from gateway.site.device_chain import read_issuers
from gateway.site.keys import KeyFileError, copy_secret, ensure_password, private_folder
from gateway.site.options import RenderOptions
from gateway.site.revocation_list import RevocationListError, read_foreign_list
from gateway.site.templates import write_template, write_whole
from gateway.site.terminal_certificates import ensure_terminal_list, open_terminal_authority

SECRETS = "secrets"
"""The folder beside the servers' own: no server may bear its name."""

LOOPBACK = ("127.", "localhost:", "[::1]:")


def network_name(site: Site) -> str:
    """Give the name in every network server's certificate, by which terminals know them (``domain_match``)."""
    return f"network.{site.id}"


def find_network_fault(site: Site, options: RenderOptions, now: datetime) -> str | None:
    """Tell what does not fit together of the options' network servers, or None."""
    return next(_faults(site, options, now), None)


def _faults(site: Site, options: RenderOptions, now: datetime) -> Iterator[str]:
    servers = options.network_servers
    ids = [server.id for server in servers]
    if SECRETS in ids or len(set(ids)) < len(ids):
        yield (
            f"network_servers: id は一つずつ別の名前にし、{SECRETS} は使わないでください"
            f" / expected ids that differ, and none of them {SECRETS}"
        )
    ports = [(server.address, port) for server in servers for port in (server.auth_port, server.acct_port)]
    if len(set(ports)) < len(ports):
        yield (
            "network_servers: 同じアドレスのポートが重なっています。別々にしてください"
            " / two listen on one port of one address; give each a port of its own"
        )
    if servers and not site.radius_clients:
        yield (
            "network_servers: 庁舎の設定の radius_clients にスイッチか無線APを書いてください"
            " / nobody would ask them: describe switches in the site's radius_clients"
        )
    if not options.radius_listen.startswith(LOOPBACK) and not options.radius_url.startswith("https://"):
        yield (
            "radius_url: radius_listen が外から届くので https:// にしてください"
            " / radius_listen can be reached from outside; expected an https:// address"
        )
    if (fault := _authority_fault(options, now)) is not None:
        yield fault


def _authority_fault(options: RenderOptions, now: datetime) -> str | None:
    if options.terminal_ca_file is None:
        return None
    if options.terminal_ca_list is None:
        return (
            "terminal_ca_list: 端末の認証局の失効リストが要ります"
            " / FreeRADIUS needs that authority's list of revoked certificates, an empty one at first"
        )
    try:
        issuers = read_issuers(options.terminal_ca_file)
        read_foreign_list(options.terminal_ca_list.read_bytes(), issuers, now=now)
    except (KeyFileError, OSError) as error:
        return f"terminal_ca_file, terminal_ca_list: {error}"
    except RevocationListError as error:
        return f"terminal_ca_list: 使えません（{error.reason}）/ expected a list of that authority that holds now"
    return None


def list_standing_tiers(plan: TierPlan, on: date) -> list[Tier]:
    """Give each tier once: its row of a day, or the next that comes; what is over is left out."""
    found: dict[str, Tier] = {}
    for tier in sorted(plan.tiers, key=lambda each: each.valid_from or date.min):
        is_over = tier.valid_until is not None and tier.valid_until < on
        if not is_over and (tier.id not in found or is_in_force(tier, on)):
            found[tier.id] = tier
    return list(found.values())


def render_network_servers(
    site: Site, root: Path, *, options: RenderOptions, installed: Path, state: Path, now: datetime
) -> None:
    """Write ``radius/`` and what the centre knows of it: the servers' passwords and the switches' secrets.

    Args:
        site: names the switches and the tiers.
        root: where the installation is rendered.
        options: names the servers.
        installed: where ``root`` will lie on the machines that use it.
        state: where programs write there.
        now: from when certificates count, and the day whose tiers the servers know.

    Raises:
        KeyFileError: a key file holds something else than its name says.
    """
    authority = open_terminal_authority(root / "ca", site, now=now)
    trusted = _trusted(authority, ensure_terminal_list(root / "ca", authority, now=now), options)
    secrets = private_folder(root / "radius" / SECRETS)
    drawn = {client.id: ensure_password(secrets / client.id) for client in site.radius_clients}
    for client in site.radius_clients:
        ensure_password(root / "gateway" / "switches" / client.id)
    for agent in options.agents:
        ensure_password(private_folder(root / "gateway" / "agents") / agent)
    tiers = list_standing_tiers(site.tier_plan, civil_minute(now)[0])
    for server in options.network_servers:
        folder = private_folder(root / "radius" / server.id)
        ensure_server_certificate(authority, folder, "server", names=(network_name(site), server.id), now=now)
        write_whole(folder / "ca.pem", trusted)
        write_whole(folder / "gateway-ca.crt", (root / "ca" / "ca.crt").read_bytes())
        password = ensure_password(folder / "password")
        copy_secret(root / "gateway" / "radius-servers" / server.id, password.encode())
        values = {
            "site": site,
            "options": options,
            "server": server,
            "is_last": server is options.network_servers[-1],
            "folder": installed / "radius" / server.id,
            "state": state / "radius" / server.id,
            "password": password,
            "secrets": drawn,
            "tiers": tiers,
        }
        for name in ("radiusd.conf", "clients.conf"):
            write_template(f"radius/{name}.j2", folder / name, values, mode=0o600)


def _trusted(authority: Authority, own_list: bytes, options: RenderOptions) -> bytes:
    """Give whose certificates a terminal may have, each authority with its list of revoked ones."""
    foreign = b""
    if options.terminal_ca_file is not None and options.terminal_ca_list is not None:
        foreign = options.terminal_ca_file.read_bytes() + options.terminal_ca_list.read_bytes()
    return authority.pem + own_list + foreign
