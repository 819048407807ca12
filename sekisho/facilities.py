"""``sekisho facilities``: check a facility's file, and let a city begin from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from domain.civil import civil_minute
from domain.facilities.check_facility import list_missing
from domain.facilities.facility_words import THINGS, tell_fault
from gateway.bookings.facility_file import FacilityFile, load_facility_file
from gateway.bookings.file_places import locate_faults
from gateway.bookings.file_rules import LaidDown, check_laid_down, lay_down
from gateway.bookings.rule_book import RefusedRulesError, UsesStandError
from gateway.operations.facilities.import_facility import Imported, import_facility
from gateway.settings import SettingsError, load_gateway_settings
from gateway.site.booked_areas import list_booked_areas
from gateway.site.description import load_site
from gateway.site.source import SiteError, Source
from sekisho.booking_import import import_bookings_file
from sekisho.draw_check import verify_draw_file
from store.migrate import SchemaError, require_schema
from store.site_areas import list_site_areas, save_site_areas
from store.tx import Store, Tx

app = typer.Typer(no_args_is_help=True)
app.command("import-bookings")(import_bookings_file)
app.command("verify-draw")(verify_draw_file)

COMMAND = "command"
"""Who changed what is imported here."""

FacilityPath = Annotated[Path, typer.Argument(help="施設の設定ファイル · the facility's file (YAML)", dir_okay=False)]
Config = Annotated[Path, typer.Option("--config", help="gateway.toml", dir_okay=False)]
EvenSo = Annotated[
    bool,
    typer.Option("--even-so", help="予約が開館時間の外になっても · although reservations would lie outside the hours"),
]


@app.command()
def check(file: FacilityPath) -> None:
    """施設の設定を検証する · Check a facility's file and name every field that is wrong."""
    told, _, laid = _read(file)
    rules = laid.rules
    print(
        f"{rules.facility.name} ({rules.facility.name_en}): {len(rules.rooms)} 部屋 rooms, {len(rules.slots)} 利用区分"
        f" slots, {len(rules.equipment)} 備品 equipment: 正しい設定です / valid"
    )
    _tell_what_is_missing(told, laid)


@app.command("import")
def import_file(file: FacilityPath, config: Config, even_so: EvenSo = False) -> None:
    """施設の設定を取り込む · Let a facility be as its file says; again changes nothing."""
    told, source, laid = _read(file)
    now = datetime.now(UTC)
    try:
        with _open(config, now) as store, store.transaction(now) as tx:
            _tell_areas(tx, config, laid)
            imported = import_facility(tx, laid, by=COMMAND, even_so=even_so)
    except RefusedRulesError as error:
        _refuse(str(SiteError(file, locate_faults(error.faults, told, source))))
    except UsesStandError as error:
        _refuse(f"{error}\n--even-so")
    except (SettingsError, SchemaError, SiteError) as error:
        _refuse(str(error))
    _tell(imported)
    _tell_what_is_missing(told, laid)


def _read(path: Path) -> tuple[FacilityFile, Source, LaidDown]:
    try:
        told, source = load_facility_file(path)
    except SiteError as error:
        _refuse(str(error))
    laid = lay_down(told)
    if faults := check_laid_down(laid, civil_minute(datetime.now(UTC))[0]):
        _refuse(str(SiteError(path, locate_faults(faults, told, source))))
    return told, source, laid


def _tell(imported: Imported) -> None:
    for edit in imported.edits:
        sign = "+" if edit.before is None else "-" if edit.after is None else "~"
        print(f"{sign} {' '.join(THINGS[edit.thing])} {edit.id}")
    for class_id in imported.user_classes:
        print(f"~ 利用者区分 user class {class_id}")
    for thing, id_ in imported.left:
        print(f"= {' '.join(THINGS[thing])} {id_}: ファイルにありません。そのままです / not in the file; left as it is")
    if not imported.edits and not imported.user_classes:
        print("変わったところはありません / nothing changed")


def _tell_what_is_missing(told: FacilityFile, laid: LaidDown) -> None:
    for fault in list_missing(laid.rules, civil_minute(datetime.now(UTC))[0]):
        print(f"! {tell_fault(fault)}")
    if told.fees is not None:
        print(
            "! fees: 料金はこのファイルからは取り込みません。料金表を sekisho fees import で登録してください"
            " / fees are not read from here: keep a fee table with sekisho fees import"
        )


@contextmanager
def _open(config: Path, now: datetime) -> Iterator[Store]:
    store = Store(load_gateway_settings(config).database_url)
    try:
        with store.reading(now) as tx:
            require_schema(tx)
        yield store
    finally:
        store.close()


def _tell_areas(tx: Tx, config: Path, laid: LaidDown) -> None:
    """Let rooms be held against the site's areas before the first gateway ran, too."""
    if any(room.area_id is not None for room in laid.rules.rooms) and not list_site_areas(tx):
        save_site_areas(tx, list_booked_areas(load_site(load_gateway_settings(config).site_file)))


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
