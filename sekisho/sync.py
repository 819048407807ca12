"""``sekisho sync``: run the connector, or do one of its jobs by hand."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.attendance.month import month_bounds
from domain.civil import civil_minute
from store.migrate import SchemaError, require_schema
from store.tx import Store
from sync.documents.press import PressError
from sync.firing import Desk, run_firing
from sync.hr.changes import StaffChanges
from sync.hr.csv_text import CsvError
from sync.hr.staff_csv import read_staff_file
from sync.jobs.export_payroll import MonthNotOverError
from sync.jobs.import_staff import MassChangeError, import_staff, preview_staff
from sync.jobs.print_papers import NoSheetError, load_papers, print_papers
from sync.jobs.table import JOBS, export_month
from sync.main import run_sync, utc_now
from sync.payroll.cells import PayrollFileError
from sync.settings import SettingsError, SyncSettings, load_sync_settings

app = typer.Typer(no_args_is_help=True)

_REFUSED = (
    SettingsError,
    CsvError,
    MassChangeError,
    MonthNotOverError,
    PayrollFileError,
    PressError,
    NoSheetError,
    SchemaError,
    OSError,
)
"""What a person can put right; the text says how."""

ConfigOption = Annotated[Path, typer.Option("--config", help="sync.toml")]


@app.command()
def run(config: ConfigOption) -> None:
    """連携を動かす · Run the timed jobs until Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with _refusals():
        run_sync(load_sync_settings(config))


@app.command("import-staff")
def import_staff_file(
    file: Annotated[Path, typer.Argument(help="職員ファイル · the staff file (CSV)")],
    config: ConfigOption,
    apply: Annotated[bool, typer.Option("--apply", help="実際に取り込む · apply what was shown")] = False,
    allow_mass_change: Annotated[
        bool, typer.Option("--allow-mass-change", help="大量の変更を認める · the mass change is meant")
    ] = False,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="適用日 · day of the change; today")
    ] = None,
) -> None:
    """職員を取り込む（まず違いを表示） · Show what a staff file would change; with --apply, change it."""
    with _refusals():
        settings = load_sync_settings(config)
        staff = read_staff_file(file.read_bytes(), settings.load_site_key())
        now = utc_now()
        changes_on = on.date() if on else civil_minute(now)[0]
        with _open(settings) as store:
            if not apply:
                with store.reading(now) as tx:
                    _tell(preview_staff(tx, staff, changes_on))
                print("まだ変更していません。--apply で取り込みます / nothing changed yet; --apply does it")
                return
            limit = 100 if allow_mass_change else settings.mass_change_percent
            with store.transaction(now) as tx:
                changes = import_staff(tx, staff, changes_on, percent_max=limit)
            _tell(changes)
            print("取り込みました / applied")


@app.command("export-payroll")
def export_payroll(period: Annotated[str, typer.Argument(help="年月 · YYYY-MM")], config: ConfigOption) -> None:
    """給与ファイルを書き出す · Write a month's payroll file; again is harmless."""
    with _refusals():
        _demand_month(period)
        settings = load_sync_settings(config)
        with _open(settings) as store:
            print(export_month(store, settings, period, utc_now()))


@app.command("print-papers")
def print_month(
    period: Annotated[str, typer.Argument(help="年月 · YYYY-MM")],
    config: ConfigOption,
    to: Annotated[Path, typer.Option("--to", help="出力先のフォルダー · the folder to print into")],
    department: Annotated[str | None, typer.Option("--department", help="所属の番号 · a department's id")] = None,
    each_person: Annotated[bool, typer.Option("--each-person", help="一人一つの PDF · one PDF a person")] = False,
) -> None:
    """出勤簿・命令簿・集計表を作る · Print a month's attendance books, overtime orders and workbooks."""
    with _refusals():
        _demand_month(period)
        settings = load_sync_settings(config)
        with _open(settings) as store, store.reading(utc_now()) as tx:
            papers = load_papers(tx, period, settings.read_profile(), department)
            printed = print_papers(tx, papers, to, by="person" if each_person else "department")
        print(f"{len(papers.sheets)} 人 · {len(printed.files)} files → {to}")
        for person_id, characters in printed.undrawable.items():
            told = " ".join("+".join(f"U+{ord(each):04X}" for each in character) for character in characters)
            print(f"書体にない字 / not in the font: {person_id} {told}")


@app.command("run-job")
def run_job(
    name: Annotated[str, typer.Argument(help=f"仕事の名前 · one of {', '.join(JOBS)}")], config: ConfigOption
) -> None:
    """一つの仕事を今行う · Run one timed job now; it is recorded like a firing."""
    with _refusals():
        if name not in JOBS:
            raise SettingsError(f"{name}: その仕事はありません / no such job; expected one of {', '.join(JOBS)}")
        settings = load_sync_settings(config)
        with _open(settings) as store:
            outcome = run_firing(Desk(store, settings, utc_now), name, JOBS[name], utc_now())
        print(f"{name}: {outcome}")
        if outcome is None or outcome.startswith("failed"):
            raise typer.Exit(1)


def _demand_month(period: str) -> None:
    try:
        month_bounds(period)
    except ValueError as error:
        raise SettingsError(str(error)) from None


@contextmanager
def _open(settings: SyncSettings) -> Iterator[Store]:
    store = Store(settings.database_url)
    try:
        with store.reading(utc_now()) as tx:
            require_schema(tx)
        yield store
    finally:
        store.close()


def _tell(changes: StaffChanges) -> None:
    print(f"追加 added {len(changes.added)} · 変更 changed {len(changes.changed)} · 退職 left {len(changes.left)}")
    print(
        f"カード cards {len(changes.cards)} · 失効 revoked {len(changes.revoked)} · 権限 levels {len(changes.levels)}"
    )
    for who in changes.added:
        print(f"+ {who.id} {who.name} ({who.department_id})")
    for before, after in changes.changed:
        fields = [name for name in type(after).__slots__ if getattr(before, name) != getattr(after, name)]
        told = ", ".join(f"{name}: {getattr(before, name)} → {getattr(after, name)}" for name in fields)
        print(f"~ {after.id} {told}")
    for who in changes.left:
        print(f"- {who.id} {who.name} ({who.left_on})")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except _REFUSED as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
