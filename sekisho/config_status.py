"""``sekisho config status``: what each device should hold, what it says that it holds, and telling it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.ids import DeviceId
from gateway.policy.repair import ask_repair
from gateway.rollouts.revisions import RolledRevisions, open_revisions
from gateway.settings import SettingsError, load_gateway_settings
from gateway.site.source import SiteError
from sekisho.config_refusal import refuse
from store.devices import DeviceState, DeviceStatus, list_device_statuses, list_devices
from store.editions import load_latest_edition
from store.migrate import SchemaError, require_schema
from store.rollouts import list_revisions_of, load_live_rollout
from store.tx import Store, Tx

DRIFT = 1


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device: what it should hold and what it said last; ``status`` None: it never came."""

    device: DeviceId
    revision: str
    version: int
    status: DeviceStatus | None
    reported_revision: str

    @property
    def held_version(self) -> int:
        """What it said that it holds; 0 for nothing."""
        return 0 if self.status is None else self.status.policy_version

    @property
    def drifts(self) -> bool:
        """Tell whether it does not hold what it should."""
        return self.held_version != self.version


def status(
    settings_file: Annotated[Path, typer.Argument(help="gateway.toml")],
    repair: Annotated[
        bool, typer.Option("--repair", help="ずれた装置にもう一度知らせる · tell devices that drifted again")
    ] = False,
) -> None:
    """装置の設定のずれを見る · Show desired and reported per device: 0 all hold it, 1 some drift, 2 cannot tell."""
    now = datetime.now(UTC)
    try:
        settings = load_gateway_settings(settings_file)
        revisions = open_revisions(settings.site_file)
    except (SettingsError, SiteError) as error:
        refuse(str(error))
    store = Store(settings.database_url)
    try:
        with store.reading(now) as tx:
            require_schema(tx)
            lines = list(_list_lines(tx, revisions))
            live = load_live_rollout(tx)
        drifted = [line for line in lines if line.drifts]
        if repair and drifted:
            with store.transaction(now) as tx:
                ask_repair(tx, {line.device: line.held_version for line in drifted})
    except (SchemaError, SiteError) as error:
        refuse(str(error))
    finally:
        store.close()
    if live is not None:
        print(f"配信 {live.id}: {live.state.phase} {live.proposal.former_id} → {live.proposal.revision_id}")
    for line in lines:
        print(_describe(line, now))
    if repair and drifted:
        print(f"{len(drifted)}台にもう一度知らせます / told again: {len(drifted)}")
    raise typer.Exit(DRIFT if drifted else 0)


def _list_lines(tx: Tx, revisions: RolledRevisions) -> Iterator[DeviceLine]:
    statuses = {status.device_id: status for status in list_device_statuses(tx)}
    reported = list_revisions_of(tx, {status.policy_version for status in statuses.values()})
    latest: dict[str, int] = {}
    for device in list_devices(tx):
        if device.state is DeviceState.revoked:
            continue
        revision = revisions.of(tx, device.id)
        if revision not in latest:
            edition = load_latest_edition(tx, revision)
            latest[revision] = 0 if edition is None else edition.version
        held = statuses.get(device.id)
        held_revision = "" if held is None else reported.get(held.policy_version, "")
        yield DeviceLine(device.id, revision, latest[revision], held, held_revision)


def _describe(line: DeviceLine, now: datetime) -> str:
    wanted = f"{line.device}: 望む desired {line.revision} 第{line.version}版"
    if line.status is None:
        return f"! {wanted}; まだ来ていません / never came"
    age = int((now - line.status.changed_at).total_seconds()) // 60
    state = "つながっている online" if line.status.online else "切れている offline"
    held = f"報告 reported {line.reported_revision or '—'} 第{line.status.policy_version}版"
    mark = "! " if line.drifts else "  "
    return f"{mark}{wanted}; {held}; {state} {age}分 min; {line.status.software}"
