"""``sekisho demo``: a city hall to look at."""

import logging
import os
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)

FOLDER = Path("var/demo")


@app.callback()
def demo() -> None:
    """見本の市役所 · A city hall to look at."""


@app.command()
def run(
    port: Annotated[int, typer.Option(help="画面のポート · the pages' port")] = 8080,
    fresh: Annotated[bool, typer.Option("--fresh", help="最初から作り直す · start from nothing")] = False,
    https: Annotated[bool, typer.Option("--https", help="mosquitto を使わない · do without the broker")] = False,
    folder: Annotated[Path, typer.Option(help="置き場所 · where everything is kept")] = FOLDER,
) -> None:
    """動かす（Ctrl-C で終了） · Run it until Ctrl-C."""
    from demo.hands import Hands
    from demo.performance import end_last_month, load_town, prepare_site, render_demo, run_performance
    from demo.software_doors import open_doors
    from demo.software_readers import open_readers
    from gateway.settings import load_gateway_settings
    from sekisho.supervisor import Supervisor
    from sekisho.up import list_children

    began = time.monotonic()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    folder = folder.absolute()
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    site, has_broker = prepare_site(print, https=https)
    readers = open_readers(site, folder, folder / "state")
    os.environ.update(readers.environment)
    try:
        rendered = render_demo(site, folder, has_broker=has_broker, pages_port=port, reader_paths=readers.paths)
        database_url = load_gateway_settings(rendered.gateway_settings).database_url
        town = load_town(rendered, site, database_url, print)
        end_last_month(rendered, town, database_url, print)
        children = [
            child
            for child in list_children(folder, with_gateway=False)
            if (has_broker or child.name != "broker") and not child.name.startswith("radius-")
        ]  # the desks' terminals ask as FreeRADIUS would: its ports stay free
        doors = open_doors(site, rendered.state)
        supervisor = Supervisor(children, log_folder=rendered.state / "log")
        supervisor.start()
        try:
            code = run_performance(site, rendered, town, Hands(readers.places), pages_port=port, began=began, say=print)
        finally:
            supervisor.stop()
            for leaves in doors:
                leaves.close()
    finally:
        readers.close()
    raise typer.Exit(code)
