"""The connector's settings file, ``sync.toml``: read once at start, wrong ones stop the program by name.

Relative paths count from the folder the file lies in.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic import model_validator as model_check

from contract.dated_profiles import ProfileName, ProfileVersions, read_profiles, require_first
from contract.leave_kind_file import LeaveRules, read_leave_rules, shipped_leave_rules
from contract.tokens import SITE_KEY_BYTES
from domain.access.visits import KEPT_DAYS as VISITOR_DAYS
from domain.attendance.profile import InForce
from sync.hr.source_settings import HrSource
from sync.jobs.forget_attendance import MESSAGE_DAYS
from sync.jobs.forget_readings import KEPT_DAYS as READING_DAYS
from sync.jobs.forget_reservees import KEPT_YEARS as RESERVEE_YEARS
from sync.jobs.forget_reservees import UNCONFIRMED_DAYS
from sync.notify.settings import NotifySettings
from sync.payroll.freee_settings import FreeeSettings
from sync.payroll.layout import Encoding, TimeUnit
from sync.secret_file import check_secret_file
from sync.setting_paths import Folder, beside_settings


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says what was expected, Japanese first."""


def _site_key(path: Path) -> Path:
    _read_key(check_secret_file(path))
    return path


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != SITE_KEY_BYTES:
        raise ValueError(f"expected {SITE_KEY_BYTES * 2} hex digits in {path}")
    return key


def _database(url: str, info: ValidationInfo) -> str:
    if url.startswith("postgresql+psycopg://"):
        return url
    if not url.startswith("sqlite:///"):
        raise ValueError('expected "sqlite:///path" or "postgresql+psycopg://…"')
    return f"sqlite:///{beside_settings(Path(url.removeprefix('sqlite:///')), info)}"


def _leave_kinds(path: Path) -> Path:
    read_leave_rules(path)
    return path


def _named_once(sources: tuple[HrSource, ...]) -> tuple[HrSource, ...]:
    names = [source.name for source in sources]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"expected each name once; {', '.join(doubled)} stands twice")
    return sources


class SyncSettings(BaseModel):
    """The whole file.

    ``inbox_dir`` is where HR's files arrive, ``payroll_dir`` where payroll's are laid; both are made if they are
    missing. ``hr_sources`` are the doors that are asked for HR's files. ``mass_change_percent``: a file that changes
    or takes away more than this of what stands waits for a second person.
    ``payroll_layout`` is the form of payroll's file, ``payroll_layout_file`` the city's own file of it;
    ``payroll_encoding`` and ``payroll_time`` (``h.mm``, ``h:mm``, ``decimal``, ``minutes``) stand in place of the
    layout's own, for they have to be what the product is set to.
    ``payroll_class`` is the class of the file's information and ``payroll_tier`` the network tier that it goes to: it
    goes as its class demands; without them it goes unasked.
    ``freee`` is the service that takes months in place of a file, with ``payroll_layout = "freee_api"``.
    ``profile`` is ``hagi``, ``lsa`` or the city's own file of rules; ``profiles`` are those that came after it, each
    with its first day, as in ``gateway.toml``.
    ``leave_kinds_file`` is the city's own file of kinds of leave and grants; leave years that begin on
    ``leave_rule_from_on`` or later are granted by them, earlier ones and, without such a day, all are HR's files'.
    ``visitor_days``: for so many days after a visit it is known who came. ``reading_days``: for so many days it is
    known who looked at whose events. ``paper_days``: so many days a paper that was ordered lies ready.
    ``message_days``: so many days a message is kept. ``reservee_years``: so many years after the last use, or the last
    word at the counter, it is known who reserved. ``unconfirmed_days``: so many days a citizen's own registration is
    kept whose address nobody confirmed. ``notify``: the ways by which people are told beside the pages.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: Annotated[str, AfterValidator(_database)]
    site_key_file: Annotated[Folder, AfterValidator(_site_key)]
    inbox_dir: Folder
    payroll_dir: Folder
    hr_sources: Annotated[tuple[HrSource, ...], AfterValidator(_named_once)] = ()
    profile: ProfileName = "hagi"
    profiles: ProfileVersions = ()
    leave_kinds_file: Annotated[Folder, AfterValidator(_leave_kinds)] | None = None
    leave_rule_from_on: date | None = None
    payroll_layout: str = "generic"
    payroll_layout_file: Folder | None = None
    payroll_encoding: Encoding | None = None
    payroll_time: TimeUnit | None = None
    payroll_class: Annotated[str, Field(max_length=63)] = ""
    payroll_tier: Annotated[str, Field(max_length=63)] = ""
    freee: FreeeSettings | None = None
    mass_change_percent: Annotated[int, Field(ge=0, le=100)] = 20
    visitor_days: Annotated[int, Field(ge=1, le=3650)] = VISITOR_DAYS
    reading_days: Annotated[int, Field(ge=30, le=3650)] = READING_DAYS
    paper_days: Annotated[int, Field(ge=1, le=365)] = 14
    message_days: Annotated[int, Field(ge=30, le=3650)] = MESSAGE_DAYS
    reservee_years: Annotated[int, Field(ge=1, le=30)] = RESERVEE_YEARS
    unconfirmed_days: Annotated[int, Field(ge=1, le=365)] = UNCONFIRMED_DAYS
    notify: NotifySettings | None = None

    def read_rules(self) -> InForce:
        """Give the rules the city counts by, each in its time."""
        return read_profiles(self.profile, self.profiles).rules

    @model_check(mode="after")
    def _first_profile_is_named(self) -> Self:
        require_first(self.profiles, is_named="profile" in self.model_fields_set)
        return self

    def read_leave_rules(self) -> LeaveRules:
        """Give the kinds of leave and the schemes of their grants."""
        return read_leave_rules(self.leave_kinds_file) if self.leave_kinds_file else shipped_leave_rules()

    def load_site_key(self) -> bytes:
        """Read the key that turns card numbers into tokens."""
        return _read_key(self.site_key_file)


def load_sync_settings(path: Path) -> SyncSettings:
    """Read ``sync.toml``.

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
        return SyncSettings.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        lines = [_explain(fault["loc"], fault["msg"]) for fault in error.errors(include_url=False)]
        raise SettingsError("\n".join(lines)) from None


def _explain(where: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in where) or "sync.toml"
    expected = message.removeprefix("Value error, ")
    return f"設定 {name} が正しくありません / setting {name}: {expected}"
