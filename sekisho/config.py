"""``sekisho config``: check a site's files, render an installation, plan and apply changes, see what devices hold."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from contract.fee_tables import fee_table_schema
from contract.profile_schema import profile_schema
from contract.tier_rule_file import tier_rule_schema
from gateway.bookings.facility_file import facility_schema
from gateway.site.code_readers import list_areas_without_codes
from gateway.site.description import Site, load_site
from gateway.site.equipment import read_equipment
from gateway.site.keys import KeyFileError
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.options import RenderOptions, load_options
from gateway.site.render import RenderError, render_site
from gateway.site.schema import SCHEMA_FOLDER, site_schemas
from gateway.site.source import SiteError
from sekisho.config_apply import apply
from sekisho.config_plan import plan
from sekisho.config_refusal import refuse
from sekisho.config_show import show
from sekisho.config_status import status
from sekisho.equipment import check_equipment, equipment_schema
from sekisho.freeradius import find_freeradius
from sekisho.network_check import check_network_servers, note_coming_tiers

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
        options = RenderOptions() if options_file is None else load_options(options_file)
    except SiteError as error:
        refuse(str(error))
    _check_network(site, options)
    for area in list_areas_without_codes(site):
        print(
            f"注意 / note: areas {area}: 予約のQRコードを読むリーダーがありません。職員証・窓口のカード・鍵で入ります"
            f" / no door into it reads a booking's QR code (holds=code); parties need a card or a key",
        )
    print(
        f"{site.name} ({site.name_en}): {len(site.doors)} 扉 doors, {len(site.readers)} リーダー readers,"
        f" {len(site.devices)} 装置 devices, {len(site.levels)} 権限 levels: 正しい設定です / valid"
    )


def _check_network(site: Site, options: RenderOptions) -> None:
    """Have FreeRADIUS read what would be rendered for it, where there are switches to ask it and it is installed."""
    if not site.radius_clients:
        return
    if (program := find_freeradius()) is None:
        print(
            "注意 / note: FreeRADIUS（freeradius, freeradius-rest）がないため、ネットワークサーバーの設定は"
            "確かめていません / FreeRADIUS is not installed here: what it would be given was not checked by it",
        )
    elif found := list(check_network_servers(site, options, program)):
        refuse("\n".join(found))
    for line in note_coming_tiers(site, datetime.now(UTC)):
        print(line)


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
        refuse(str(error))
    print(f"{rendered.root}: 書き出しました / rendered")
    there = options.installed_under or rendered.root
    print(f"次に / next: sekisho config apply {there}/gateway/gateway.toml")


app.command()(plan)
app.command()(apply)
app.command()(status)
app.command()(show)


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="書かずに比べる · compare instead of writing")] = False,
) -> None:
    """設定ファイルの JSON Schema を書く · Write the JSON Schema that editors complete site files and profiles with."""
    SCHEMA_FOLDER.mkdir(parents=True, exist_ok=True)
    rooms = {**facility_schema(), **fee_table_schema(), **tier_rule_schema()}
    for name, text in {**site_schemas(), **equipment_schema(), **profile_schema(), **rooms}.items():
        path = SCHEMA_FOLDER / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            refuse(f"{name}: 古くなっています / out of date: sekisho config schema")
