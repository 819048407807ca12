"""``sekisho sim``: live seeds of the simulated city hall; for a checkout, since the simulation is part of the tests."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from sekisho.progress import show_progress

CHECKOUT = Path(__file__).resolve().parent.parent
app = typer.Typer()


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    seeds: Annotated[int, typer.Option(min=1, help="いくつの種を試すか · how many seeds to live")] = 100,
    first: Annotated[int, typer.Option(min=0, help="最初の種 · the first seed")] = 0,
    plant: Annotated[str, typer.Option(help="わざと入れる誤り · a bug to plant; a wrong name lists them")] = "",
    save: Annotated[
        Path | None, typer.Option(help="縮めた失敗を書くファイル · where to write the shrunk failure")
    ] = None,
) -> None:
    """種を順に試し、最初の失敗を縮めて示す · Live seeded days full of faults; shrink and show the first that fails."""
    if context.invoked_subcommand is not None:
        return
    simulation = load_simulation()
    known = import_module("tests.sim.plants").PLANTS
    if plant and plant not in known:
        raise typer.BadParameter(f"{plant}: {', '.join(known)} のどれか / one of these", param_hint="--plant")
    hours = wall = 0.0
    for seed in show_progress(range(first, first + seeds), total=seeds, label="seeds"):
        outcome = simulation.run_seed(seed, plant or None)
        hours += outcome.virtual_seconds / 3600
        wall += outcome.wall_seconds
        if outcome.broken:
            print(
                f"種 {seed} で約束が破れました。縮めています… / seed {seed} broke a promise; shrinking …\n",
                file=sys.stderr,
            )
            small = simulation.shrink_outcome(outcome, plant or None)
            print(small.report())
            print("\n".join(small.trace))
            if save is not None:
                save.write_text(small.plan.to_json(), encoding="utf-8")
            raise typer.Exit(1)
    pace = f"{hours:.0f} virtual hours, {hours * 3600 / wall:.0f} × real time"
    print(f"{seeds} 個の種に破れなし / {seeds} seeds clean: {pace}")


@app.command()
def replay(
    plan: Annotated[Path, typer.Argument(exists=True, help="--save が書いたファイル · what --save wrote")],
) -> None:
    """書き出した失敗をもう一度たどる · Live a saved plan again and print its trace."""
    simulation = load_simulation()
    outcome = simulation.run_plan(import_module("tests.sim.plan").read_plan(plan.read_text("utf-8")), keep_trace=True)
    print("\n".join(outcome.trace))
    print(outcome.report())
    raise typer.Exit(1 if outcome.broken else 0)


@app.command()
def years(
    staff: Annotated[int, typer.Option(min=40, help="職員の数 · how many staff")] = 700,
    months: Annotated[int, typer.Option(min=1, max=60, help="何か月か · how many months")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="種 · the seed")] = 1,
) -> None:
    """市を何年か生かし、毎月を締めて確かめる · Live a city's months; close and prove each of them."""
    load_simulation()
    run = import_module("tests.city_years.run")
    with run.lent_store() as store:
        lived = run.live_years(store, staff=staff, months=months, seed=seed)
        for figures in show_progress(lived, total=months, label="months"):
            last = figures
    print(last.report())


def load_simulation() -> ModuleType:
    """Import the simulation from the checkout that this command runs from, or say why that cannot be."""
    if not (CHECKOUT / "tests" / "sim" / "run.py").is_file():
        print(
            "シミュレーションはソース一式（tests/sim）の中にあります。scripts/sekisho で実行してください。\n"
            "The simulation lives in a checkout's tests/sim; run scripts/sekisho from there.",
            file=sys.stderr,
        )
        raise typer.Exit(2)
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    return import_module("tests.sim.run")
