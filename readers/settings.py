"""The edge's settings file, ``edge.toml``: read once at start, wrong ones stop the program by name.

Relative paths count from the folder the file lies in. Secrets are never in the file itself: it names key files, and
those must be readable by their owner alone.
"""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from contract.fields import Id
from contract.signatures import read_public_key
from contract.technologies import CardName
from contract.tokens import SITE_KEY_BYTES
from domain.access.door import DoorSpec, FailureMode
from domain.ids import AccessPointId, DeviceId, DoorId
from readers.cabinets.open import find_misfits, list_specs, name_sensors
from readers.cabinets.settings import CabinetSettings
from readers.equipment import Equipment
from readers.setting_paths import BesidePath, ExistingFile, SecretFile
from readers.updates.settings import UpdateSettings
from readers.wiring import InputWire, Wiring


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says what was expected, Japanese first."""


def _centre_key(text: str) -> str:
    try:
        read_public_key(text)
    except ValueError:
        raise ValueError("expected the centre's public key: base64 of 32 bytes") from None
    return text


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MqttSettings(_Section):
    """``[mqtt]``: the broker, and the certificate whose name is the device's id."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 8883
    ca_file: ExistingFile
    certificate_file: ExistingFile
    key_file: SecretFile


class HttpsSettings(_Section):
    """``[https]``: the centre's device API; the way of a box without a broker."""

    url: Annotated[str, Field(pattern=r"^https://[^/\s]+$")]
    ca_file: ExistingFile
    certificate_file: ExistingFile
    key_file: SecretFile


class ReaderSettings(_Section):
    """``[[readers]]``: a reader, its access point, the driver and where that finds it.

    ``access_point`` may be a key cabinet's id: the reader stands in front of it. ``egress_door`` names the door that
    the reader frees whatever happens, even while there is no policy yet; ``cards`` the technologies it knows,
    strongest first, instead of those in ``[cards]``.
    """

    id: Id
    access_point: Id
    driver: Literal["nfc", "pcsc", "osdp", "serial", "wedge", "simulated"]
    path: str
    cards: tuple[CardName, ...] = ()
    egress_door: Id | None = None


class DoorSettings(_Section):
    """``[[doors]]``: a door of this box and its timings in seconds, as in ``domain.access.door.DoorSpec``."""

    id: Id
    release_seconds: Annotated[float, Field(gt=0, le=60)]
    extended_release_seconds: Annotated[float, Field(gt=0, le=60)] = 15
    open_seconds: Annotated[float, Field(gt=0, le=3600)] = 30
    extended_open_seconds: Annotated[float, Field(gt=0, le=3600)] = 60
    pre_alarm_seconds: Annotated[float, Field(ge=0, le=600)] = 5
    relock_delay_seconds: Annotated[float, Field(ge=0, le=60)] = 0.5
    failure: FailureMode = FailureMode.fail_secure
    interlock: Id | None = None

    def spec(self, *, has_contact: bool) -> DoorSpec:
        """Give the door as the controller knows it."""
        return DoorSpec(**self.model_dump(exclude={"id"}), id=DoorId(self.id), has_contact=has_contact)


class OutputSettings(_Section):
    """``[outputs]``: what locks, lamps and displays are."""

    kind: Literal["console", "none"] = "none"


class EdgeSettings(Equipment):
    """The whole file: what follows from the site's description, and the box's equipment.

    ``site_key_file`` and ``names_key_file`` hold 64 hexadecimal digits each: the site's key, by which a card's number
    becomes a token, and this device's own, by which that becomes the name that the box knows and says.
    """

    device: Id
    site: Id = "site"
    device_key_file: SecretFile
    centre_key: Annotated[str, AfterValidator(_centre_key)]
    site_key_file: SecretFile
    names_key_file: SecretFile
    state_dir: BesidePath
    keep_days: Annotated[int, Field(ge=1, le=3660)] = 30
    transport: Literal["mqtt", "https"]
    mqtt: MqttSettings | None = None
    https: HttpsSettings
    readers: Annotated[tuple[ReaderSettings, ...], Field(min_length=1)]
    doors: tuple[DoorSettings, ...] = ()
    cabinets: tuple[CabinetSettings, ...] = ()
    outputs: OutputSettings = OutputSettings()
    updates: UpdateSettings | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.transport == "mqtt" and self.mqtt is None:
            raise ValueError('transport is "mqtt": expected a section [mqtt]')
        moved = [*(door.id for door in self.doors), *(cabinet.id for cabinet in self.cabinets)]
        for name, ids in (("readers", [reader.id for reader in self.readers]), ("doors", moved)):
            if twice := {each for each in ids if ids.count(each) > 1}:
                raise ValueError(f"{name}: {', '.join(sorted(twice))} is there twice")
        named = {f"readers.{each.id}.egress_door": each.egress_door for each in self.readers if each.egress_door}
        named |= {f"locks.{door}": door for door in self.locks}
        named |= {f"inputs.{each.id}.doors": door for each in self.inputs for door in each.doors}
        _refuse_strange(named, {door.id for door in self.doors})
        if misfits := find_misfits({each.id: each.positions for each in self.cabinets}, self.cabinet_wiring):
            raise ValueError("; ".join(f"{where}: {expected}" for where, expected in misfits))
        shown = self.kiosk.points if self.kiosk else ()
        _refuse_strange({f"kiosk.points.{each}": each for each in shown}, {each.access_point for each in self.readers})
        return self

    @property
    def device_id(self) -> DeviceId:
        """The device's id."""
        return DeviceId(self.device)

    def read_centre_key(self) -> Ed25519PublicKey:
        """Give the key that receipts and policies are signed with."""
        return read_public_key(self.centre_key)

    def read_device_key(self) -> Ed25519PrivateKey:
        """Read the key that this device signs with.

        Raises:
            SettingsError: the file holds no Ed25519 key.
        """
        try:
            key = load_pem_private_key(self.device_key_file.read_bytes(), password=None)
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(
                _explain(("device_key_file",), "expected an Ed25519 private key in PEM without password")
            )
        return key

    def read_wiring(self) -> Wiring:
        """Give what hangs on this box, with the site's key and the key of the box's own names.

        Raises:
            SettingsError: one of the keys is not 64 hexadecimal digits.
        """
        contacts = {door for each in self.inputs if each.meaning == "contact" for door in each.doors}
        return Wiring(
            site_key=_read_key("site_key_file", self.site_key_file),
            names_key=_read_key("names_key_file", self.names_key_file),
            points={reader.id: AccessPointId(reader.access_point) for reader in self.readers},
            doors={DoorId(door.id): door.spec(has_contact=door.id in contacts) for door in self.doors},
            inputs={
                each.id: InputWire(each.meaning, tuple(DoorId(door) for door in each.doors)) for each in self.inputs
            },
            egress_doors={
                AccessPointId(reader.access_point): DoorId(reader.egress_door)
                for reader in self.readers
                if reader.egress_door is not None
            },
            cabinets=list_specs(self.cabinets, self.cabinet_wiring),
            cabinet_inputs=name_sensors(self.cabinets),
        )


def _read_key(setting: str, file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != SITE_KEY_BYTES:
        raise SettingsError(_explain((setting,), "expected a file with 64 hexadecimal digits"))
    return key


def _refuse_strange(named: Mapping[str, str], known: Collection[str]) -> None:
    """Raise ValueError at the first name that is not known."""
    for where, name in named.items():
        if name not in known:
            raise ValueError(f"{where}: expected one of {', '.join(sorted(known)) or '-'}, not {name}")


def load_edge_settings(path: Path) -> EdgeSettings:
    """Read ``edge.toml``.

    Raises:
        SettingsError: the file cannot be read, or a setting is missing or wrong; each is named with what was expected.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"設定ファイルを読めません: {path}（{error}）/ cannot read settings file {path}: {error}"
        ) from None
    try:
        return EdgeSettings.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        lines = [_explain(fault["loc"], fault["msg"]) for fault in error.errors(include_url=False, include_input=False)]
        raise SettingsError("\n".join(lines)) from None


def _explain(where: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in where) or "edge.toml"
    expected = message.removeprefix("Value error, ")
    return f"設定 {name} が正しくありません / setting {name}: {expected}"
