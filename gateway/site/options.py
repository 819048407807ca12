"""How one installation of a site differs from another: addresses, places, ports. One YAML file beside ``site.yaml``.

The site says what the building is; the options say where its programs run.
"""

import json
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, StringConstraints, ValidationError

from contract.fields import Id
from gateway.home_assistant.topics import DiscoveryPrefix
from gateway.site.source import SiteError, explain, read_source

Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Listen = Annotated[str, StringConstraints(pattern=r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}$")]
PlainText = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=400)]


class NetworkServerOptions(BaseModel):
    """A network server: a FreeRADIUS that switches and access points ask."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: Id
    """Its folder's name, and its name to the centre."""
    address: IPvAnyAddress = IPv4Address("127.0.0.1")
    """The address on which it listens."""
    auth_port: Port = 1812
    acct_port: Port = 1813


class RenderOptions(BaseModel):
    """Where the programs of one installation run, and how they reach each other."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    transport: Literal["mqtt", "https"] = "mqtt"
    """How devices send: through the broker, or straight to the centre where there is none."""
    broker_host: Host = "127.0.0.1"
    """The name or address under which devices and the centre reach the broker."""
    broker_port: Port = 8883
    broker_bind: Host = "127.0.0.1"
    """The address on which the broker listens."""
    broker_user: PlainText | None = None
    """The user the broker runs as when it is started by root; unset: whoever renders, or ``mosquitto`` elsewhere."""
    pages_listen: Listen = "127.0.0.1:8080"
    """Where the centre serves people. Beyond loopback it gets TLS with the centre's certificate."""
    public_url: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")] = "http://127.0.0.1:8080"
    """The address that people type."""
    devices_listen: Listen = "127.0.0.1:8443"
    """Where the centre serves devices, with mutual TLS."""
    devices_url: Annotated[str, StringConstraints(pattern=r"^https://[^/\s]+$")] = "https://127.0.0.1:8443"
    """The address under which devices reach it."""
    enrol_listen: Listen | None = None
    """Where new controllers introduce themselves; unset: every device's keys are rendered here and carried to it."""
    enrol_url: Annotated[str, StringConstraints(pattern=r"^https://[^/\s]+$")] = "https://127.0.0.1:8444"
    """The address under which new controllers reach that."""
    enrolled_devices: tuple[Id, ...] = ()
    """Devices that make their own keys and enrol themselves; for these no key or certificate is rendered."""
    device_ca_file: Path | None = None
    """Another authority that signs devices' certificates (PEM); unset: this installation's own does."""
    device_ca_list: Path | None = None
    """That authority's list of revoked certificates (PEM) to begin with; the broker lets nobody in without one."""
    centre_names: tuple[Host, ...] = ()
    """Further names and addresses of the centre, besides localhost; its certificate carries them."""
    broker_names: tuple[Host, ...] = ()
    """Further names and addresses of the broker, besides localhost and ``broker_host``."""
    database_url: PlainText | None = None
    """The database; unset: the PostgreSQL of ``postgres_host``, else SQLite in the centre's state folder."""
    postgres_host: Host | None = None
    """A PostgreSQL whose password is to be made here and handed on as files, never in a settings file."""
    reader_paths: dict[Id, PlainText] = {}
    """Paths of readers that differ from the site's description, by reader id."""
    outputs: Literal["console", "none"] = "console"
    """What a device does for lock, lamp, tone and words."""
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days for which a device keeps records after the centre has receipted them."""
    payroll_profile: Literal["hagi", "lsa"] = "hagi"
    """The city's rules by which a month is derived."""
    installed_under: Path | None = None
    """Where the rendered folder will lie on the machines that use it (``/etc/sekisho``); unset: where it is now."""
    state_under: Path | None = None
    """Where programs keep what they write (``/var/lib/sekisho``); unset: ``state`` in the rendered folder."""
    muster_export_folder: PlainText | None = None
    """A second folder, usually a share, into which the centre writes the list of who is inside every minute."""
    home_assistant: bool = False
    """Announces doors and readers to Home Assistant, which may see them and ask nothing of them; renders its account
    at the broker. Off: what was announced is taken away at the next start."""
    home_assistant_prefix: DiscoveryPrefix = "homeassistant"
    """Home Assistant's discovery prefix. Before it is changed, switch off and start once."""
    citizens_listen: Listen | None = None
    """Where citizens reserve rooms; unset: they do not. Loopback stands behind a TLS proxy, beyond it the centre's
    certificate is used."""
    citizens_url: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")] = "http://127.0.0.1:8090"
    """The address that citizens type."""
    citizens_user_classes: tuple[Id, ...] = ("resident",)
    """The user classes of which somebody who registers alone may choose one."""
    updates_folder: PlainText | None = None
    """The centre's repository of releases (``sekisho update repository``), which devices may then read."""
    network_servers: tuple[NetworkServerOptions, ...] = ()
    """FreeRADIUS servers, in the order in which switches ask them: the last one rejects where others keep silent.
    Without one, nothing is rendered for the network tiers."""
    radius_listen: Listen = "127.0.0.1:8446"
    """Where the centre answers network servers. Beyond loopback it needs TLS: an https address below."""
    radius_url: Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9._:\[\]-]+$")] = "http://127.0.0.1:8446"
    """The address under which network servers reach it."""
    agents: tuple[Id, ...] = ()
    """Log-on agents, VPNs and identity providers that ask the centre for their users; each is given a password."""
    terminal_ca_file: Path | None = None
    """Another authority that signs terminals' certificates (PEM), beside this installation's own."""
    terminal_ca_list: Path | None = None
    """That authority's list of revoked certificates (PEM); render again before it lapses, or nobody is let in."""
    payout_layouts_folder: PlainText | None = None
    """A folder on the centre with the city's own forms (TOML) of payment providers' payout files."""
    update_root: PlainText | None = None
    """Where each box has the ``root.json`` that releases are trusted by; with it, boxes run from slots of their own."""
    program: PlainText = "/opt/sekisho/.venv/bin/sekisho"
    """The console command that the systemd units start."""


def host_of(url: str) -> str:
    """Give the name or address in an ``http://`` or ``https://`` address without a path, without its port."""
    host = url.partition("://")[2]
    bare = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    return bare.removeprefix("[").removesuffix("]")


def load_options(path: Path) -> RenderOptions:
    """Read an options file.

    Raises:
        SiteError: naming every setting that is wrong, its line, and what was expected.
    """
    source = read_source(path)
    try:
        return RenderOptions.model_validate_json(json.dumps(source.data or {}, default=str), strict=True)
    except ValidationError as error:
        raise SiteError(path, explain(error, source)) from None
