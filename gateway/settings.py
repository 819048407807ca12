"""The gateway's settings file, ``gateway.toml``: read once at start, wrong ones stop the program by name.

Relative paths count from the folder the file lies in. Secrets are never in the file itself: it names key files, and
those must be readable by their owner alone. It is one module because the file is one, and is checked as a whole.
"""

import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from cryptography.x509 import Certificate, load_pem_x509_certificate
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic import model_validator as model_check

from contract.dated_profiles import GroundedProfiles, ProfileName, ProfileVersions, read_profiles, require_first
from contract.fields import Id
from contract.leave_kind_file import LeaveRules, read_leave_rules, shipped_leave_rules
from contract.topics import SHARDS
from domain.ids import DeviceId, is_id
from gateway.home_assistant.topics import DiscoveryPrefix
from gateway.payouts.layout import PayoutLayout, load_layouts
from gateway.site.certificates import Authority, read_authority
from gateway.site.device_chain import read_issuers

OWNER_ONLY = 0o077
"""The mode bits that a secret file must not have."""


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says what was expected, Japanese first."""


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Tell whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def _read_address(value: object) -> Address:
    host, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError('expected "host:port", for example "127.0.0.1:8080"')
    return Address(host, int(port))


def _beside_settings(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    return Path(folder, path)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"expected a readable file; there is none at {path}")
    return path


def _owner_only(path: Path) -> Path:
    mode = path.stat().st_mode & 0o777
    if mode & OWNER_ONLY:
        raise ValueError(f"expected a file only its owner may read (mode 600), {path} has mode {mode:o}: chmod 600 it")
    return path


def _database(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError('expected "sqlite:///path" or "postgresql+psycopg://…"')
    return url


def _database_beside(url: str, info: ValidationInfo) -> str:
    if not url.startswith("sqlite:///"):
        return url
    return f"sqlite:///{_beside_settings(Path(url.removeprefix('sqlite:///')), info)}"


ListenAddress = Annotated[Address, BeforeValidator(_read_address)]
ExistingFile = Annotated[Path, AfterValidator(_beside_settings), AfterValidator(_existing)]
SecretFile = Annotated[ExistingFile, AfterValidator(_owner_only)]
DatabaseUrl = Annotated[str, AfterValidator(_database), AfterValidator(_database_beside)]
Folder = Annotated[Path, AfterValidator(_beside_settings)]
Shard = Annotated[int, Field(ge=0, lt=SHARDS)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeviceListener(_Section):
    """``[devices]``: the listener of the device API; only certificates of ``ca_file`` get in (mutual TLS)."""

    listen: ListenAddress
    ca_file: ExistingFile
    certificate_file: ExistingFile
    key_file: SecretFile


class EnrolmentListener(_Section):
    """``[enrolment]``: where new controllers introduce themselves, with the certificate of ``[devices]``.

    ``url`` is how they reach it; ``authority_folder`` holds the ``ca.crt`` and ``ca.key`` that sign theirs, and
    ``boxes_folder`` the settings that each device is given, as ``sekisho config render`` writes them.
    """

    listen: ListenAddress
    url: Annotated[str, Field(pattern=r"^https://[^/\s]+$")]
    authority_folder: Folder
    boxes_folder: Folder
    minutes: Annotated[int, Field(ge=1, le=1440)] = 10


class CertificateSettings(_Section):
    """``[certificates]``: who signs devices' certificates, and where the lists of revoked ones lie for the broker.

    ``issuer`` is ``own`` (``ca.crt`` and ``ca.key`` in ``authority_folder``) or ``external``: the authorities in
    ``external_ca_file``, to which requests are carried. Ours is then still what servers are certified by.
    ``external_list_file`` is their list of revoked ones to begin with, until a newer one is brought.
    ``broker_pid_file`` is there where the centre may tell the broker itself to read ``crl_file`` again.
    """

    issuer: Literal["own", "external"] = "own"
    authority_folder: Folder | None = None
    external_ca_file: ExistingFile | None = None
    external_list_file: ExistingFile | None = None
    crl_file: Folder
    broker_pid_file: Folder | None = None
    rendered_folder: Folder | None = None

    @model_check(mode="after")
    def _somebody_signs(self) -> Self:
        if self.issuer == "external" and self.external_ca_file is None:
            raise ValueError("external_ca_file: expected the authority's certificate, for issuer is external")
        return self

    def read_authority(self) -> Authority | None:
        """Give our authority with its key; None where the city keeps that off the centre.

        Raises:
            KeyFileError: there is a key, and it is none.
        """
        folder = self.authority_folder
        return read_authority(folder) if folder and (folder / "ca.key").is_file() else None

    def read_issuers(self) -> list[Certificate]:
        """Give the other authorities that sign for devices.

        Raises:
            KeyFileError: the file is named and holds none.
        """
        return read_issuers(self.external_ca_file) if self.external_ca_file else []

    def read_rendered(self) -> dict[DeviceId, Certificate]:
        """Give the devices' certificates that were rendered with the centre's settings."""
        found = sorted(self.rendered_folder.glob("*.crt")) if self.rendered_folder else []
        return {DeviceId(path.stem): load_pem_x509_certificate(path.read_bytes()) for path in found if is_id(path.stem)}


class BrokerSettings(_Section):
    """``[mqtt]``: the broker, and the topic shards that this process consumes (all of them unless said otherwise)."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 8883
    ca_file: ExistingFile
    certificate_file: ExistingFile
    key_file: SecretFile
    client_id: Id = "gateway"
    shards: Annotated[tuple[Shard, ...], Field(min_length=1)] = tuple(range(SHARDS))


def _demand_tls(listen: Address, certificate_file: Path | None, key_file: Path | None) -> None:
    if (certificate_file is None) != (key_file is None):
        raise ValueError("certificate_file and key_file belong together: give both or neither")
    if certificate_file is None and not listen.is_loopback:
        raise ValueError(
            f"listen: {listen.host} can be reached from outside and would be plain HTTP; "
            "give certificate_file and key_file, or listen on 127.0.0.1 behind a TLS proxy"
        )


class AttendanceSettings(_Section):
    """``[attendance]``: the rules the city counts by, and whether each person confirms his month with a click.

    ``profile`` is ``hagi``, ``lsa`` or the city's own file; where the rules have changed, ``profiles`` names what has
    held since, each with its first day. ``leave_kinds_file`` are the city's own kinds of leave and grants.
    Without ``self_confirm`` a month of which nothing is unsettled confirms itself when it is over.
    """

    profile: ProfileName = "hagi"
    profiles: ProfileVersions = ()
    leave_kinds_file: ExistingFile | None = None
    self_confirm: bool = False

    def read_profiles(self) -> GroundedProfiles:
        """Give the profiles with what each of their fields rests on."""
        return read_profiles(self.profile, self.profiles)

    def read_leave_rules(self) -> LeaveRules:
        """Give the kinds of leave and the schemes of their grants."""
        return read_leave_rules(self.leave_kinds_file) if self.leave_kinds_file else shipped_leave_rules()

    @model_check(mode="after")
    def _can_be_read(self) -> Self:
        require_first(self.profiles, is_named="profile" in self.model_fields_set)
        self.read_leave_rules()
        return self


class BookingSettings(_Section):
    """``[bookings]``: the user class in which members of staff reserve rooms."""

    staff_user_class: Id = "city"


class CitizensListener(_Section):
    """``[citizens]``: the listener where citizens reserve rooms by themselves; without it there is none.

    ``certificate_file`` and ``key_file`` give it TLS; without them ``listen`` must be loopback, behind a TLS proxy.
    ``user_classes`` are those of which somebody who registers alone may choose one; the first is offered first.
    """

    listen: ListenAddress
    public_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]
    certificate_file: ExistingFile | None = None
    key_file: SecretFile | None = None
    user_classes: Annotated[tuple[Id, ...], Field(min_length=1)]

    @model_check(mode="after")
    def _needs_tls(self) -> Self:
        _demand_tls(self.listen, self.certificate_file, self.key_file)
        return self


class RadiusSettings(_Section):
    """``[radius]``: the listener that FreeRADIUS asks, and what switches are told to end sessions with.

    ``servers_folder`` has a file for each network server: its name is the user, its one line the password (HTTP Basic,
    RFC 7617). ``switches_folder`` has one for each switch of ``radius_clients``: the secret of its dynamic
    authorisation (RFC 5176). ``agents_folder`` has one for each log-on agent, VPN or identity provider that asks for
    its users; without it none may. They may be read by the owner alone. ``certificate_file`` and ``key_file`` give the
    listener TLS; without them ``listen`` must be loopback.
    """

    listen: ListenAddress
    servers_folder: Folder
    switches_folder: Folder
    agents_folder: Folder | None = None
    certificate_file: ExistingFile | None = None
    key_file: SecretFile | None = None

    @model_check(mode="after")
    def _needs_tls(self) -> Self:
        _demand_tls(self.listen, self.certificate_file, self.key_file)
        return self


class HomeAssistantSettings(_Section):
    """``[home_assistant]``: whether doors and readers are announced to Home Assistant, under its discovery prefix.

    Without ``announces`` what was announced under ``prefix`` is taken away at the next start.
    """

    announces: bool = False
    prefix: DiscoveryPrefix = "homeassistant"


class GatewaySettings(_Section):
    """The whole file. Without ``[mqtt]`` devices come over HTTPS alone.

    ``certificate_file`` and ``key_file`` at the top give the people's pages TLS; without them ``listen`` must be
    loopback, for passwords do not cross a network in the clear. Into ``muster_folder`` and ``muster_export_folder`` (a
    share, say) the list of who is inside is written every minute, to be there in an evacuation without the centre.
    ``updates_folder`` is a repository of releases (``sekisho update repository``) that devices may read. In
    ``payout_layouts_folder`` the city's own forms of providers' payout files stand, beside the shipped ones.
    """

    database_url: DatabaseUrl
    site_file: ExistingFile
    signing_key_file: SecretFile
    site_key_file: SecretFile
    names_key_file: SecretFile
    public_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+$")]
    listen: ListenAddress
    certificate_file: ExistingFile | None = None
    key_file: SecretFile | None = None
    muster_folder: Folder | None = None
    muster_export_folder: Folder | None = None
    updates_folder: Folder | None = None
    payout_layouts_folder: Folder | None = None
    devices: DeviceListener
    enrolment: EnrolmentListener | None = None
    certificates: CertificateSettings | None = None
    mqtt: BrokerSettings | None = None
    attendance: AttendanceSettings = AttendanceSettings()
    bookings: BookingSettings = BookingSettings()
    citizens: CitizensListener | None = None
    home_assistant: HomeAssistantSettings = HomeAssistantSettings()
    radius: RadiusSettings | None = None

    def read_payout_layouts(self) -> dict[str, PayoutLayout]:
        """Give the forms of payout files that this city knows, by name."""
        return load_layouts(self.payout_layouts_folder)

    @model_check(mode="after")
    def _payout_layouts_can_be_read(self) -> Self:
        folder = self.payout_layouts_folder
        if folder is not None and not folder.is_dir():
            raise ValueError(f"payout_layouts_folder: expected a folder; there is none at {folder}")
        self.read_payout_layouts()
        return self

    @model_check(mode="after")
    def _home_assistant_needs_a_broker(self) -> Self:
        if self.home_assistant.announces and self.mqtt is None:
            raise ValueError("home_assistant.announces: expected [mqtt], for Home Assistant hears it from the broker")
        return self

    @model_check(mode="after")
    def _pages_need_tls(self) -> Self:
        _demand_tls(self.listen, self.certificate_file, self.key_file)
        return self


def load_gateway_settings(path: Path) -> GatewaySettings:
    """Read ``gateway.toml``.

    Raises:
        SettingsError: the file cannot be read, or a setting is missing or wrong; each is named with what was expected.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"設定ファイルを読めません: {path}（{error}）/ cannot read settings file {path}: {error}"
        ) from None
    return check_gateway_settings(data, folder=path.absolute().parent)


def check_gateway_settings(data: dict[str, Any], *, folder: Path) -> GatewaySettings:
    """Check settings already read from a file in ``folder``.

    Raises:
        SettingsError: as :func:`load_gateway_settings`.
    """
    try:
        return GatewaySettings.model_validate(data, context={"folder": folder})
    except ValidationError as error:
        lines = [_explain(fault["loc"], fault["msg"]) for fault in error.errors(include_url=False)]
        raise SettingsError("\n".join(lines)) from None


def _explain(where: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in where) or "gateway.toml"
    expected = message.removeprefix("Value error, ")
    return f"設定 {name} が正しくありません / setting {name}: {expected}"
