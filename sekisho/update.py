"""``sekisho update``: a box's signed updates; ``sekisho update repository`` is the maker's side of them.

``start`` stays in memory for as long as the box runs: what only the other commands need, they import.
"""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from readers.updates.errors import UpdateError, UpdateRefusedError
from readers.updates.slots import Slots
from readers.updates.switch import Phase, Switch
from readers.updates.trial import Applied, TrialError
from readers.updates.verdict import Verdict, assess
from sekisho import update_repository

app = typer.Typer(no_args_is_help=True)
app.add_typer(update_repository.app, name="repository")

ConfigOption = Annotated[Path, typer.Option("--config", help="edge.toml")]
FromOption = Annotated[
    Path | None, typer.Option("--from", help="配布元のフォルダ（USB等）· a repository's folder instead of the centre")
]

_VERDICTS = {
    Verdict.nothing: "配布元に版がありません / the repository has no release",
    Verdict.running: "最新です / this box runs the newest release",
    Verdict.staged: "適用待ちです: sekisho update apply / staged; apply it",
    Verdict.tried: "既に試した版です / this box has tried it, or a later one",
    Verdict.newer: "新しい版です: sekisho update fetch / newer; fetch it",
}
_PHASES = {
    Phase.idle: "待機中 / idle",
    Phase.staged: "適用待ち / staged, to be applied",
    Phase.on_trial: "試行中 / on trial",
    Phase.kept: "採用 / kept",
    Phase.returned: "前の版に戻した / returned to the former release",
}


@app.callback()
def update() -> None:
    """署名された更新 · Signed updates of a box."""


@app.command()
def check(config: ConfigOption, folder: FromOption = None) -> None:
    """新しい版があるか調べる · Say which release is newest, verified; nothing is fetched."""
    from readers.updates.sources import load_update_source, open_repository

    with _refusals():
        source = load_update_source(config)
        with open_repository(source, folder) as client:
            newest = client.find_newest()
        release = newest.note.release if newest else None
        print(f"{release.name} (#{release.serial})" if release else "-")
        print(_VERDICTS[assess(source.slots.load(), release)])


@app.command()
def fetch(
    config: ConfigOption,
    folder: FromOption = None,
    apply_now: Annotated[bool, typer.Option("--apply", help="続けて適用する · apply it at once")] = False,
) -> None:
    """新しい版を取得して空きスロットに置く · Fetch, verify and unpack the newest release into the free slot."""
    from readers.updates.sources import load_update_source, open_repository
    from readers.updates.staging import stage

    with _refusals():
        source = load_update_source(config)
        with open_repository(source, folder) as client:
            newest = client.find_newest()
            verdict = assess(source.slots.load(), newest.note.release if newest else None)
            if newest is not None and verdict is Verdict.newer:
                switch = stage(source.slots, client, newest, _now)
                print(f"{newest.note.name} (#{newest.note.version}): スロット {switch.free} に置きました / staged")
                verdict = Verdict.staged
            else:
                print(_VERDICTS[verdict])
        if apply_now and verdict is Verdict.staged:
            _apply(source.slots)


@app.command()
def apply(config: ConfigOption) -> None:
    """置いた版を試す · Put the staged release on trial; the starter changes over to it."""
    with _refusals():
        _apply(_slots_of(config))


@app.command()
def status(config: ConfigOption) -> None:
    """更新の状態 · Say which release runs, what waits, and what was taken back."""
    with _refusals():
        _tell(_slots_of(config).load())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def start(
    context: typer.Context,
    slots: Annotated[Path, typer.Option(help="スロットのフォルダ · [updates] folder of edge.toml")],
    trial_seconds: Annotated[float, typer.Option(help="試行の秒数 · seconds to prove itself", min=1, max=3600)] = 180,
) -> None:
    """今のスロットから制御盤を起動し見守る · Start the release in force and watch its trial; for systemd.

    What follows ``--`` is given to the release's program: ``edge run --config edge.toml``. The settings are not read
    here: this program is older than the release, and must not stumble over settings that only that one knows.
    """
    from readers.updates.starter import Starter

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    installed = [sys.executable, "-m", "sekisho"]
    starter = Starter(Slots(slots.absolute()), installed, context.args, trial_seconds=trial_seconds, now=_now)

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        starter.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    raise typer.Exit(starter.run())


def _slots_of(config: Path) -> Slots:
    from readers.updates.sources import load_update_source

    return load_update_source(config).slots


def _apply(slots: Slots) -> None:
    switch = slots.change(Applied(), _now())
    assert switch.candidate is not None  # noqa: S101 (what is on trial is a release)
    print(f"{switch.candidate.name} (#{switch.candidate.serial}): 試します / goes on trial")


def _tell(switch: Switch) -> None:
    for words, release in (("採用中 / proven", switch.proven), ("もう一方 / in the other slot", switch.candidate)):
        print(f"{words}: {release.name} (#{release.serial})" if release else f"{words}: -")
    print(f"{_PHASES[switch.phase]} ({switch.since_at.isoformat(timespec='seconds')})")
    if switch.failure is not None:
        failed = switch.failure
        print(f"取り下げ / taken back: {failed.release.name} (#{failed.release.serial}): {failed.cause}")


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _refusals() -> Iterator[None]:
    """End with 2 where nothing helps but another release or setting, with 1 where trying again may."""
    try:
        yield
    except (UpdateError, TrialError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2 if isinstance(error, UpdateRefusedError) else 1) from None
