"""``sekisho sync``: run the connector, or do one of its jobs by hand."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from contract.hr_file import HrFileKind
from domain.attendance.month import month_bounds
from domain.civil import civil_minute
from domain.zones.my_number import MyNumberError
from store.hr_files import HrFile, HrFileState, load_hr_file
from store.migrate import SchemaError, require_schema
from store.pay_lines import LinesStandError
from store.tx import Store
from sync.documents.press import PressError
from sync.firing import Desk, run_firing
from sync.jobs.bring_hr_file import Arrival, bring_file
from sync.jobs.hand_over_closed_pay import PayDesk, hand_over_month
from sync.jobs.import_hr_files import open_hr_desk
from sync.jobs.preview_hr_files import preview_brought
from sync.jobs.print_papers import NoSheetError, load_papers, print_papers
from sync.jobs.table import JOBS
from sync.main import run_sync, utc_now
from sync.payroll.cells import PayrollFileError
from sync.payroll.delivery import PortClosedError
from sync.payroll.freee_access import FreeeAccess
from sync.payroll.freee_api import EmployeeListError
from sync.payroll.freee_tokens import ClientRefusedError, GrantRefusedError, NoTokensError, authorise_url
from sync.payroll.token_pair import BROUGHT_CHARACTERS_MAX, BroughtError, read_brought
from sync.settings import SettingsError, SyncSettings, load_sync_settings

app = typer.Typer(no_args_is_help=True)

_REFUSED = (
    SettingsError,
    PortClosedError,
    EmployeeListError,
    BroughtError,
    GrantRefusedError,
    ClientRefusedError,
    NoTokensError,
    LinesStandError,
    PayrollFileError,
    PressError,
    NoSheetError,
    MyNumberError,
    SchemaError,
    OSError,
)
"""What a person can put right; the text says how."""

COMMAND = "command"
"""The source of files that are handed in here."""

_STANDS = {
    HrFileState.brought: "読み取り待ち / waits to be read",
    HrFileState.unmapped: "列の意味を画面で教えてください / say on the page what its columns mean",
    HrFileState.previewed: "適用日を待っています / waits for its day",
    HrFileState.waits: "大きな変更なので画面での同意を待っています / changes much: somebody has to agree on the page",
    HrFileState.applied: "適用済み / in force",
    HrFileState.refused: "適用しません / refused",
}

ConfigOption = Annotated[Path, typer.Option("--config", help="sync.toml")]


@app.command()
def run(config: ConfigOption) -> None:
    """連携を動かす · Run the timed jobs until Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with _refusals():
        run_sync(load_sync_settings(config))


@app.command("hand-in")
def hand_in(
    kind: Annotated[HrFileKind, typer.Argument(help="種類 · what the file is about")],
    file: Annotated[Path, typer.Argument(help="CSV か Excel · CSV or Excel")],
    config: ConfigOption,
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="適用日 · day of the change; today")
    ] = None,
) -> None:
    """人事のファイルを渡し、何が変わるかを見る · Hand in a file from HR and show what it would change on its day."""
    with _refusals():
        settings = load_sync_settings(config)
        now = utc_now()
        effective_on = on.date() if on else civil_minute(now)[0]
        with _open(settings) as store:
            desk = open_hr_desk(store, settings, now)
            arrival = Arrival(kind.value, COMMAND, file.name, file.read_bytes(), effective_on)
            with store.transaction(now) as tx:
                file_id, _ = bring_file(tx, desk.site_key, arrival)
            for failure in preview_brought(desk):
                raise failure
            with store.reading(now) as tx:
                _tell(load_hr_file(tx, file_id))


@app.command("hand-over-pay")
def hand_over_pay(
    period: Annotated[str, typer.Argument(help="年月 · YYYY-MM")],
    config: ConfigOption,
    without_unfit: Annotated[
        bool, typer.Option("--without-unfit", help="書けない人を除く · leave out who cannot be written")
    ] = False,
) -> None:
    """締めた月を給与へ渡す · Hand what is due of a closed month to payroll; again is harmless."""
    with _refusals():
        _demand_month(period)
        settings = load_sync_settings(config)
        with _open(settings) as store:
            done = hand_over_month(PayDesk(store, settings, utc_now), period, without_unfit=without_unfit)
        for name, _ in done.files:
            print(f"{settings.payroll_dir / name}")
        for each in done.left_out:
            print(f"除いた / left out: {each.person_id}: {each.why}")
        for state, count in (done.sent or {}).items():
            print(f"{state}: {count}")
        if not (done.files or done.left_out or done.sent):
            print(f"{period}: 渡すものはありません / nothing is due")


@app.command("freee-authorise")
def authorise_freee(
    config: ConfigOption,
    file: Annotated[
        typer.FileText | None, typer.Option("--file", help="認可コードか組のファイル · the code or pair; stdin")
    ] = None,
) -> None:
    """連携先 freee を許可する · Take the code that freee shows, or a pair of tokens, from a file or standard input."""
    with _refusals():
        settings = load_sync_settings(config)
        if settings.freee is None:
            raise SettingsError("freee: 設定がありません / expected the setting freee")
        brought = read_brought(_ask_secret(authorise_url(settings.freee), file))
        with _open(settings) as store:
            FreeeAccess(store, settings.freee, settings.load_site_key(), utc_now).authorise(brought)
        print("freee を許可しました。更新は自動です / freee is authorised; its tokens are renewed by themselves")


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
            papers = load_papers(tx, period, settings.read_rules(), department)
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


def _ask_secret(page_url: str, file: TextIO | None) -> str:
    if file is not None or not sys.stdin.isatty():
        return (file or sys.stdin).read(BROUGHT_CHARACTERS_MAX)
    typer.echo(f"この画面で許可してください / authorise on this page:\n{page_url}", err=True)
    told: str = typer.prompt("出たコード / the code that it shows", hide_input=True, err=True)
    return told


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


def _tell(file: HrFile | None) -> None:
    """Print where a file stands and what it would change; ends with code 2 where it was refused."""
    if file is None:
        return
    told = file.summary
    print(f"{_STANDS[file.state]} · {file.effective_on} · {file.kind} {file.name}")
    if file.state is HrFileState.refused:
        typer.echo("\n".join(told.faults), err=True)
        raise typer.Exit(2)
    print(f"追加 added {told.added} · 変更 changed {told.changed} · 退く left {told.left} · {told.percent} %")
    for key in told.added_keys:
        print(f"+ {key}")
    for each in told.differences:
        print(f"~ {each.key} {each.field}: {each.before} → {each.after}")
    for key in told.left_keys:
        print(f"- {key}")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except _REFUSED as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
