"""``sekisho up``: broker, gateway, connector and edges of a rendered site, all on this machine."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from sekisho.freeradius import find_freeradius
from sekisho.supervisor import Child, Supervisor

app = typer.Typer()


def list_children(rendered: Path, *, with_gateway: bool = True) -> list[Child]:
    """Give the processes that a rendered folder asks for, in the order to start them.

    Args:
        rendered: what ``sekisho config render`` wrote; network servers are run where FreeRADIUS is installed.
        with_gateway: False where the caller runs the gateway in its own process.
    """
    sekisho = [sys.executable, "-m", "sekisho"]
    children = []
    if (broker := rendered / "broker" / "mosquitto.conf").exists():
        mosquitto = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") or "mosquitto"
        children.append(Child("broker", [mosquitto, "-c", broker]))
    if with_gateway:
        settings = rendered / "gateway" / "gateway.toml"
        children.append(Child("gateway", [*sekisho, "gateway", "run", "--config", settings], start_after_seconds=0.3))
    children.append(Child("sync", [*sekisho, "sync", "run", "--config", rendered / "sync" / "sync.toml"], 1.0))
    children += [
        Child(f"edge-{folder.name}", [*sekisho, "edge", "run", "--config", folder / f"edge-{folder.name}.toml"], 1.0)
        for folder in sorted((rendered / "edge").iterdir())
    ]
    if (freeradius := find_freeradius()) is not None:
        children += [
            Child(f"radius-{path.parent.name}", [freeradius, "-f", "-d", path.parent], 0.5)
            for path in sorted(rendered.glob("radius/*/radiusd.conf"))
        ]
    return children


@app.callback(invoke_without_command=True)
def up(rendered: Annotated[Path, typer.Argument(help="config render が書いたフォルダ · a rendered folder")]) -> None:
    """一台で全部を動かす · Run everything of a rendered site on this machine until Ctrl-C."""
    if not (rendered / "gateway" / "gateway.toml").exists():
        typer.echo(
            f"{rendered}: gateway/gateway.toml がありません。先に sekisho config render を実行してください"
            f" / no rendered site; run sekisho config render first",
            err=True,
        )
        raise typer.Exit(2)
    supervisor = Supervisor(list_children(rendered), log_folder=rendered / "state" / "log")
    supervisor.start()
    print(f"動いています（Ctrl-C で終了） / running, Ctrl-C ends it; logs: {rendered / 'state' / 'log'}")
    supervisor.wait()
