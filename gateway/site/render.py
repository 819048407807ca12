"""Render a site: everything one installation needs, in one folder that splits into what each machine gets.

=======================  ==============================================================================================
folder                   what lies there
=======================  ==============================================================================================
``ca/``                  the authority's certificate and key: stays where certificates are issued, goes to no machine;
                         ``ca/terminals/`` the same of the authority of terminals
``broker/``              ``mosquitto.conf``, ``acl``, the broker's certificate
``gateway/``             ``gateway.toml``, ``site.yaml``, keys, certificates, ``device-keys/<device>.pub``,
                         ``boxes/<device>.toml`` for devices that enrol themselves
``home-assistant/``      Home Assistant's certificate for the broker, where the options announce to it
``radius/<server>/``     what FreeRADIUS reads on that network server, whole, where the options name some;
                         ``radius/secrets/<client>`` is to be told to each switch, as ``gateway/switches/<client>`` is
``sync/``                ``sync.toml`` and the site's key
``database/``            PostgreSQL's password, where one is asked for
``edge/<device>/``       ``edge-<device>.toml``, the device's keys and certificate: all that this box gets
``system/``              units, udev, polkit, modprobe and sysusers files, each saying where it goes
``state/``               what programs write, unless the options place it elsewhere
=======================  ==============================================================================================

Rendering again rewrites the settings, renews what runs out, and never changes a key. It is one module because every
folder is rendered from the same values in one pass.
"""

import getpass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from contract import topics
from contract.batch import BYTES_MAX
from contract.signatures import public_key_text
from contract.tokens import derive_device_key
from domain.ids import DeviceId
from gateway.home_assistant.topics import HomeTopics
from gateway.site.certificates import (
    Authority,
    ensure_authority,
    ensure_client_certificate,
    ensure_server_certificate,
)
from gateway.site.consistency import CENTRE, HOME_ASSISTANT
from gateway.site.description import DeviceDescription, ReaderDescription, Site
from gateway.site.equipment import EquipmentTexts, place_equipment
from gateway.site.foreign_authority import ensure_foreign_list, find_fault, read_pem
from gateway.site.keys import (
    copy_secret,
    ensure_names_key,
    ensure_password,
    ensure_signing_key,
    ensure_site_key,
    private_folder,
)
from gateway.site.layout import RenderedSite
from gateway.site.network_servers import find_network_fault, render_network_servers
from gateway.site.options import RenderOptions, host_of
from gateway.site.revocation_list import ensure_list
from gateway.site.templates import TEMPLATES, write_template, write_whole
from gateway.site.usb_readers import USB_READERS
from gateway.site.wedge_links import EXPECTED, wedge_link

SOCKET_PATH_BYTES_MAX = 107
"""What Linux takes as the address of a Unix socket."""


class RenderError(Exception):
    """The site and the options do not fit together; the text names the setting and what to do."""


def render_site(
    site: Site,
    out_dir: Path,
    *,
    options: RenderOptions,
    now: datetime,
    equipment: EquipmentTexts = MappingProxyType({}),
) -> RenderedSite:
    """Write the installation's files into ``out_dir``; doing it again is safe, see the head of this module.

    Args:
        site: the description.
        out_dir: made if it does not exist, readable by its owner alone.
        options: where the programs run.
        now: from when certificates count; those with less than a third of their life left are issued anew.
        equipment: what is wired to each device, as its file says it.

    Raises:
        RenderError: site and options do not fit together.
        KeyFileError: a key file holds something else than its name says.
    """
    return _Rendering(site, out_dir.absolute(), options, now, equipment).run()


class _Rendering:
    def __init__(
        self, site: Site, root: Path, options: RenderOptions, now: datetime, equipment: EquipmentTexts
    ) -> None:
        self.site, self.root, self.options, self.now, self.equipment = site, root, options, now, equipment
        here = options.installed_under is None
        self.installed = installed = root if options.installed_under is None else options.installed_under
        self.state = options.state_under or installed / "state"
        self.makes_state = here
        self.values: dict[str, Any] = {
            "site": site,
            "options": options,
            "topics": topics,
            "shards": topics.SHARDS,
            "batch_bytes": BYTES_MAX,
            "centre": CENTRE,
            "home_assistant": HOME_ASSISTANT,
            "home": HomeTopics(options.home_assistant_prefix, site.id),
            "broker": installed / "broker",
            "gateway": installed / "gateway",
            "sync": installed / "sync",
            "edges": installed / "edge",
            "radius": installed / "radius",
            "state": self.state,
            "usb_readers": USB_READERS,
            "broker_user": options.broker_user or (getpass.getuser() if here else "mosquitto"),
            "here": here,
            "pages_tls": options.public_url.startswith("https://"),
        }

    def run(self) -> RenderedSite:
        self._refuse_what_does_not_fit()
        authority = ensure_authority(private_folder(self.root / "ca"), f"Sekisho CA {self.site.name_en}", now=self.now)
        site_key = ensure_site_key(private_folder(self.root / "gateway") / "site.key")
        centre_key = public_key_text(ensure_signing_key(self.root / "gateway" / "signing.key").public_key())
        if self.options.transport == "mqtt":
            self._broker(authority)
        else:  # whoever starts what is rendered starts a broker where there is a file for one
            (self.root / "broker" / "mosquitto.conf").unlink(missing_ok=True)
        self._gateway(authority)
        self._sync()
        if self.options.network_servers:
            render_network_servers(
                self.site, self.root, options=self.options, installed=self.installed, state=self.state, now=self.now
            )
            for server in self.options.network_servers if self.makes_state else ():
                private_folder(self.state / "radius" / server.id)
        if self.options.postgres_host is not None:
            password = ensure_password(self.root / "database" / "password")
            for folder in ("gateway", "sync"):  # libpq's form: host:port:database:user:password
                copy_secret(self.root / folder / "pgpass", f"*:*:sekisho:sekisho:{password}\n".encode())
        names_key = ensure_names_key(self.root / "gateway" / "names.key")
        carried = [device for device in self.site.devices if device.id not in self.options.enrolled_devices]
        for device in self.site.devices if self.options.enrol_listen else ():
            self._box_settings(device, private_folder(self.root / "gateway" / "boxes"), centre_key)
        for device in carried:
            self._edge(authority, device, centre_key)
            own_names = derive_device_key(names_key, DeviceId(device.id))
            copy_secret(self.root / "edge" / device.id / "names.key", own_names.hex().encode() + b"\n")
        self._system()
        for copy in (self.root / "sync", *(self.root / "edge" / device.id for device in carried)):
            copy_secret(copy / "site.key", site_key.hex().encode() + b"\n")
        return RenderedSite(self.root, self.state, centre_key)

    def _refuse_what_does_not_fit(self) -> None:
        known = {reader.id for reader in self.site.readers} | {each.reader.id for each in self.site.cabinets}
        if unknown := sorted(self.options.reader_paths.keys() - known):
            raise RenderError(
                f"reader_paths: {', '.join(unknown)} は readers にありません"
                f" / not readers of this site; expected some of: {', '.join(sorted(known))}"
            )
        for reader in self._readers(*(device.id for device in self.site.devices)):
            if reader.driver == "wedge" and wedge_link(reader.path) is None:
                raise RenderError(f"readers.{reader.id}.path: {reader.path} / expected {EXPECTED}")
            if reader.driver == "simulated" and len(reader.path.encode()) > SOCKET_PATH_BYTES_MAX:
                raise RenderError(
                    f"readers.{reader.id}.path: {reader.path} は長すぎます。state_under を短くしてください"
                    f" / too long for a socket ({SOCKET_PATH_BYTES_MAX} bytes); place state_under nearer the root"
                )
        for fault in (find_fault(self.options, self.now), find_network_fault(self.site, self.options, self.now)):
            if fault is not None:
                raise RenderError(fault)
        if self.options.home_assistant and self.options.transport != "mqtt":
            raise RenderError(
                "home_assistant: ブローカーが要ります。transport: mqtt にするか、home_assistant を消してください"
                " / needs the broker; set transport: mqtt or remove home_assistant"
            )
        if not self.values["pages_tls"] and not self.options.pages_listen.startswith(("127.", "localhost:", "[::1]:")):
            raise RenderError(
                "public_url: pages_listen が外から届くので https:// にしてください"
                " / pages_listen can be reached from outside; the address that people type must be https://"
            )

    def _broker(self, authority: Authority) -> None:
        folder = private_folder(self.root / "broker")
        names = tuple(dict.fromkeys((self.options.broker_host, *self.options.broker_names)))
        ensure_server_certificate(authority, folder, "server", names=names, now=self.now)
        ensure_foreign_list(self.options, folder / "crl.pem", now=self.now)
        ensure_list(authority, folder / "crl.pem", now=self.now)
        write_whole(folder / "ca.crt", authority.pem + read_pem(self.options))
        self._template("broker/mosquitto.conf.j2", folder / "mosquitto.conf")
        self._template("broker/acl.j2", folder / "acl", mode=0o600)
        if self.options.home_assistant:
            folder = private_folder(self.root / "home-assistant")
            ensure_client_certificate(authority, folder, "client", name=HOME_ASSISTANT, now=self.now)
            write_whole(folder / "ca.crt", authority.pem)

    def _gateway(self, authority: Authority) -> None:
        folder = private_folder(self.root / "gateway")
        asked_at = (self.options.devices_url, self.options.radius_url)
        names = tuple(dict.fromkeys((*map(host_of, asked_at), *self.options.centre_names)))
        ensure_server_certificate(authority, folder, "server", names=names, now=self.now)
        ensure_client_certificate(authority, folder, "client", name=CENTRE, now=self.now)
        write_whole(folder / "ca.crt", authority.pem)
        if self.options.device_ca_file is not None:
            write_whole(folder / "device-ca.crt", read_pem(self.options))
            ensure_foreign_list(self.options, folder / "device-ca.crl", now=self.now)
        description = yaml.safe_dump(self.site.model_dump(mode="json"), allow_unicode=True, sort_keys=False)
        write_whole(folder / "site.yaml", description.encode())
        self._template("gateway/gateway.toml.j2", folder / "gateway.toml", database_url=self._database_url("gateway"))
        if self.makes_state:
            private_folder(self.state / "gateway")

    def _sync(self) -> None:
        folder = private_folder(self.root / "sync")
        self._template("sync/sync.toml.j2", folder / "sync.toml", database_url=self._database_url("sync"))
        if self.makes_state:
            private_folder(self.state / "sync" / "inbox")
            private_folder(self.state / "sync" / "payroll")

    def _edge(self, authority: Authority, device: DeviceDescription, centre_key: str) -> None:
        folder = private_folder(self.root / "edge" / device.id)
        ensure_client_certificate(authority, folder, "client", name=device.id, now=self.now)
        write_whole(folder / "ca.crt", authority.pem)
        key = public_key_text(ensure_signing_key(folder / "device.key").public_key())
        write_whole(private_folder(self.root / "gateway" / "device-keys") / f"{device.id}.pub", f"{key}\n".encode())
        certificate = (folder / "client.crt").read_bytes()
        write_whole(self.root / "gateway" / "device-keys" / f"{device.id}.crt", certificate)
        self._edge_settings(device, folder / f"edge-{device.id}.toml", centre_key, self.values["edges"] / device.id)
        if self.makes_state:
            private_folder(self.state / "edge" / device.id)

    def _edge_settings(self, device: DeviceDescription, path: Path, centre_key: str, edge: Path) -> None:
        self._template(
            "edge/edge.toml.j2",
            path,
            device=device,
            edge=edge,
            centre_key=centre_key,
            readers=self._readers(device.id),
            doors=self.site.doors_of(device.id),
            cabinets=self.site.cabinets_of(device.id),
            equipment=place_equipment(self.equipment.get(device.id, ""), self.state / "edge" / device.id),
        )

    def _box_settings(self, device: DeviceDescription, folder: Path, centre_key: str) -> None:
        """Write what a box is given when it enrols: its keys lie beside its settings, wherever that is."""
        self._edge_settings(device, folder / f"{device.id}.toml", centre_key, Path())

    def _system(self) -> None:
        folder = private_folder(self.root / "system")
        readers = self._readers(*(device.id for device in self.site.devices))
        self.values["wedge_links"] = [wedge_link(reader.path) for reader in readers if reader.driver == "wedge"]
        for template in sorted((TEMPLATES / "system").glob("*.*.j2")):
            if template.name.startswith("sekisho-update") and not self.options.update_root:
                continue
            if template.name.startswith("sekisho-radius") and not self.options.network_servers:
                continue
            self._template(f"system/{template.name}", folder / template.name.removesuffix(".j2"))

    def _database_url(self, folder: str) -> str:
        if self.options.database_url is not None:
            return self.options.database_url
        if self.options.postgres_host is None:
            return f"sqlite:///{self.state}/gateway/sekisho.db"
        passfile = self.values[folder] / "pgpass"
        return f"postgresql+psycopg://sekisho@{self.options.postgres_host}/sekisho?passfile={passfile}"

    def _readers(self, *devices: str) -> list[ReaderDescription]:
        """Give the devices' readers, those in front of cabinets last, with the paths that this installation has."""
        readers: list[ReaderDescription] = []
        hung = [reader for device in devices for reader in self.site.readers_of(device)]
        hung += [
            ReaderDescription(**cabinet.reader.model_dump(), device=device, access_point=cabinet.id)
            for device in devices
            for cabinet in self.site.cabinets_of(device)
        ]
        for reader in hung:
            path = self.options.reader_paths.get(reader.id, reader.path)
            if reader.driver == "simulated":  # a name without a folder is a socket in the device's state
                path = str(self.state / "edge" / reader.device / path)
            readers.append(reader.model_copy(update={"path": path}))
        return readers

    def _template(self, name: str, path: Path, mode: int = 0o644, **values: Any) -> None:
        write_template(name, path, self.values | values, mode=mode)
