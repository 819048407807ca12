"""The town's hall put together: rendered site, people, accounts, a month already lived, software readers."""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.tokens import credential_token
from demo.days import DayLived, Visit
from demo.hands import FieldPlace, Hands, PcscPlace, Place, SocketPlace
from demo.history import Historian, draw_days
from demo.population import DEPARTMENTS, Member, draw_population
from domain.civil import JST
from domain.ids import DeviceId
from emulation.felica_field import FelicaField
from emulation.pcscd import Pcscd
from gateway.operations.access.enroll_devices import enroll_devices, read_device_keys
from gateway.operations.access.publish_policy import publish_policy
from gateway.operations.access.record_taps import record_batches
from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.passwords import hash_password
from gateway.operations.identity.roles import Role
from gateway.policy_shelf import PolicyShelf
from gateway.site.description import Site
from gateway.site.keys import ensure_signing_key
from gateway.site.options import RenderOptions
from gateway.site.render import RenderedSite, render_site
from store.calendar import CalendarDay, save_year
from store.migrate import migrate
from store.orders import OvertimeOrder, insert_order
from store.tx import Store, Tx
from sync.calendar.japan import days_off, holidays_between

SEED = 17
PAST_DAYS = 62
"""How far back the demo's life goes: a whole past month whatever today is."""

ACCOUNTS: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("s0008", "s0008", (Role.employee,)),
    ("s0002", "s0002", (Role.employee, Role.head)),
    ("jinji", "s0007", (Role.employee, Role.hr)),
    ("shisetsu", "s0012", (Role.employee, Role.facility_admin)),
    ("unyo", "s0011", (Role.employee, Role.operator)),
    ("kansa", "s0013", (Role.auditor,)),
)
"""Login, person, roles of the accounts that the sign-in page offers."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The software readers: where a card can be held, what the edges must know to find them."""

    places: dict[str, Place]
    paths: dict[str, str]
    environment: dict[str, str]
    pcscd: Pcscd | None
    fields: tuple[FelicaField, ...]

    def close(self) -> None:
        """Switch the antennas off and end the private pcscd."""
        for field in self.fields:
            field.close()
        if self.pcscd is not None:
            self.pcscd.stop()


def open_readers(site: Site, folder: Path, state: Path) -> Readers:
    """Start a software reader for each reader of the site, on the stack that the site names."""
    places: dict[str, Place] = {}
    paths: dict[str, str] = {}
    fields = []
    pcsc = [reader.id for reader in site.readers if reader.driver == "pcsc"]
    pcscd = None
    if pcsc and Pcscd.is_available():
        shutil.rmtree(folder / "pcscd", ignore_errors=True)
        (folder / "pcscd").mkdir(parents=True)
        pcscd = Pcscd(folder / "pcscd", pcsc)
        pcscd.start()
    for reader in site.readers:
        if reader.driver == "nfc":
            field = FelicaField()
            fields.append(field)
            places[reader.id], paths[reader.id] = FieldPlace(field), field.path
        elif reader.driver == "pcsc" and pcscd is not None:
            places[reader.id], paths[reader.id] = PcscPlace(pcscd.reader(reader.id)), reader.id
        elif reader.driver == "simulated":
            places[reader.id] = SocketPlace(str(state / "edge" / reader.device / reader.path))
    return Readers(places, paths, pcscd.environment if pcscd else {}, pcscd, tuple(fields))


def without_pcsc(site: Site) -> Site:
    """Give the site with simulated readers in place of PC/SC ones, for machines that have no pcscd."""
    readers = tuple(
        reader.model_copy(update={"driver": "simulated", "path": f"{reader.id}.sock"})
        if reader.driver == "pcsc"
        else reader
        for reader in site.readers
    )
    return site.model_copy(update={"readers": readers})
