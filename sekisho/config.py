"""``sekisho config``: check a site's files, render an installation from them, bring the database in line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gateway.operations.access.enroll_devices import (
    Enrolled,
    KeyChangedError,
    enroll_devices,
    read_device_keys,
    revoke_devices,
)
from gateway.operations.access.publish_policy import publish_policy
from gateway.revisions import read_revision
from gateway.settings import SettingsError, load_gateway_settings
from gateway.site.description import load_site
from gateway.site.equipment import read_equipment
from gateway.site.keys import KeyFileError
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions, load_options
from gateway.site.render import RenderError, render_site
from gateway.site.schema import SCHEMA_FOLDER, site_schemas
from gateway.site.source import SiteError
from sekisho.equipment import check_equipment, equipment_schema
from store.migrate import migrate
from store.tx import Store

app = typer.Typer(no_args_is_help=True)

DEMO_SITE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
SiteFile = Annotated[Path, typer.Argument(help="庁舎の設定ファイル · the site's file")]
OptionsFile = Annotated[Path | None, typer.Option("--options", help="設置の設定 · where the programs run (YAML)")]


@app.command()
def validate(site_file: SiteFile = DEMO_SITE, options_file: OptionsFile = None) -> None:
    """設定を検証する · Check a site's files and name every field that is wrong."""
    try:
        site = load_site(site_file)
        check_equipment(site_file, site, read_equipment(site_file, site))
        if options_file is not None:
            load_options(options_file)
    except SiteError as error:
        _refuse(str(error))
    print(
        f"{site.name} ({site.name_en}): {len(site.doors)} 扉 doors, {len(site.readers)} リーダー readers,"
        f" {len(site.devices)} 装置 devices, {len(site.levels)} 権限 levels: 正しい設定です / valid"
    )


@app.command()
def render(
    site_file: SiteFile,
    out_dir: Annotated[Path, typer.Argument(help="書き出す先 · the folder to write")],
    options_file: OptionsFile = None,
) -> None:
    """設置に必要なファイルを書き出す · Write what an installation needs; again is safe and renews certificates."""
    try:
        options = RenderOptions() if options_file is None else load_options(options_file)
        site = load_site(site_file)
        equipment = read_equipment(site_file, site)
        check_equipment(site_file, site, equipment)
        rendered = render_site(site, out_dir, options=options, now=datetime.now(UTC), equipment=equipment)
    except (SiteError, RenderError, KeyFileError) as error:
        _refuse(str(error))
    print(f"{rendered.root}: 書き出しました / rendered")
    there = options.installed_under or rendered.root
    print(f"次に / next: sekisho config apply {there}/gateway/gateway.toml")


@app.command()
def apply(
    settings_file: Annotated[Path, typer.Argument(help="gateway.toml")],
    replace: Annotated[bool, typer.Option("--replace", help="変わった鍵を受け入れる · take changed keys")] = False,
    revoke_others: Annotated[
        bool, typer.Option("--revoke-others", help="設定にない装置を失効させる · revoke devices that the site lacks")
    ] = False,
) -> None:
    """装置の鍵を登録し、方針を公開する · Enroll the devices' keys and publish the policy in the centre's database."""
    now = datetime.now(UTC)
    try:
        settings = load_gateway_settings(settings_file)
        revision = read_revision(settings.site_file)
        site = revision.site
        found = read_device_keys(settings.site_file.parent / "device-keys")
    except (SettingsError, SiteError, ValueError) as error:
        _refuse(str(error))
    keys = {device: key for device, key in found.items() if device in {described.id for described in site.devices}}
    migrate(settings.database_url)
    store = Store(settings.database_url)
    try:
        with store.transaction(now) as tx:
            enrolled = enroll_devices(tx, keys, replace=replace)
            if revoke_others:
                revoke_devices(tx, enrolled.others)
            policy = publish_policy(tx, revision, now=now)
    except KeyChangedError as error:
        _refuse(str(error))
    finally:
        store.close()
    _tell_enrolled(
        enrolled, others="失効させました / revoked" if revoke_others else "設定にない装置です / not of this site"
    )
    print(
        f"方針 第{policy.version}版を公開しました / policy {policy.version} published"
        if policy
        else "方針は変わりません / policy unchanged"
    )


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="書かずに比べる · compare instead of writing")] = False,
) -> None:
    """設定ファイルの JSON Schema を書く · Write the JSON Schema that editors complete site files with."""
    SCHEMA_FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in {**site_schemas(), **equipment_schema()}.items():
        path = SCHEMA_FOLDER / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            _refuse(f"{name}: 古くなっています / out of date: sekisho config schema")


def _tell_enrolled(enrolled: Enrolled, *, others: str) -> None:
    told = (
        (enrolled.added, "登録しました / enrolled"),
        (enrolled.replaced, "鍵を入れ替えました / key replaced"),
        (enrolled.revoked, "失効中のままです / still revoked"),
        (enrolled.others, others),
    )
    for devices, words in told:
        for device in devices:
            print(f"{device}: {words}")


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
