"""``sekisho nas``: try what a model of switch does when it is told to end sessions, before it is trusted."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(no_args_is_help=True)

CHANGES = {
    "secret": "共有鍵を確かめない機種は使えません · a switch that does not check the secret cannot be used",
    "unknown": "RFC 5176（動的認可）を有効にし、送信元のアドレスと共有鍵を登録してください"
    " · switch dynamic authorisation (RFC 5176) on, and let it know this address and the secret",
    "unsigned": "Message-Authenticator を必須にしてください · ask for a Message-Authenticator",
    "undated": "Event-Timestamp を必須にしてください · ask for an Event-Timestamp",
    "stale": "時刻を NTP で合わせ、古い要求を捨てる設定にしてください"
    " · set its clock by NTP and let it drop old requests",
    "end": "セッションを見分ける属性を確かめてください（Calling-Station-Id、Acct-Session-Id）"
    " · see by which attributes it tells sessions apart",
    "again": "答えが失われると、切れたかどうか分かりません · when an answer is lost nobody knows whether it obeyed",
    "bounce": "bounces: false のままにしてください。待機VLANの端末は、抜き差しか再認証の時間まで戻りません"
    " · leave bounces: false; a terminal in quarantine comes back by its plug or at its next re-authentication",
    "gone": "切ったと答えて切っていません。この機種では系を分けられません"
    " · it says it ended the session and did not: tiers cannot be kept apart on this model",
}
"""What to do about each answer that is not the best."""


@app.callback()
def nas() -> None:
    """スイッチ（NAS） · switches."""


@app.command()
def probe(
    host: Annotated[str, typer.Argument(help="スイッチ · the switch's name or address")],
    *,
    secret: Annotated[Path, typer.Option(help="共有鍵のファイル · the file that holds the secret")],
    port: Annotated[int, typer.Option(help="ポート · port", min=1, max=65535)] = 3799,
    station: Annotated[str, typer.Option(help="切ってよい端末のMAC · Calling-Station-Id of a session to end")] = "",
    session: Annotated[str, typer.Option(help="その Acct-Session-Id · and its Acct-Session-Id")] = "",
    config: Annotated[
        Path | None,
        typer.Option(help="gateway.toml（端末がつなぎ直すかも見る） · also see whether the terminal asks again"),
    ] = None,
) -> None:
    """切断の要求への答えを調べる · Ask how a switch ends sessions; the command ends with 1 when it cannot be trusted.

    Without --station and --session nobody is put off. With --config and --station the gateway's book is watched for
    half a minute: a terminal that asks again shows that the switch bounces its port (``bounces`` of a switch model).
    """
    from rich.console import Console

    from contract.radius_attributes import Attribute
    from gateway.radius.disconnect import Switch, Target
    from gateway.radius.probe import Mark as Worth
    from gateway.radius.probe import Probe
    from sekisho.doctor_findings import Finding, Mark, show_findings

    try:
        key = secret.read_bytes().strip()
    except OSError as error:
        typer.echo(f"{secret}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    values = {Attribute.calling_station_id: station, Attribute.acct_session_id: session}
    target = Target(values) if station or session else None
    marks = {Worth.good: Mark.right, Worth.weak: Mark.noted, Worth.bad: Mark.wrong}
    findings = []
    try:
        switch = Switch(host, host, port, key)
        watched = _watch(config, station) if config is not None and station else None
        for each in Probe(switch, lambda: datetime.now(UTC), time.monotonic, came_back=watched).ask(target):
            took = "" if each.milliseconds is None else f" ({each.milliseconds:.1f} ms)"
            change = "" if each.mark is Worth.good else CHANGES[each.asked.name]
            subject = f"{each.asked.ja} · {each.asked.en}"
            findings.append(Finding(subject, marks[each.mark], f"{each.got}{took}", change))
    except OSError as error:
        typer.echo(f"{host}: {error.strerror or error}", err=True)
        raise typer.Exit(2) from None
    show_findings(Console(), findings, title="スイッチの試験 · the switch's examination")
    raise typer.Exit(1 if any(each.mark is Mark.wrong for each in findings) else 0)


def _watch(config: Path, station: str) -> "Callable[[datetime], bool]":
    """Give what tells whether a terminal has asked the gateway again.

    Raises:
        typer.Exit: the settings cannot be read.
    """
    from gateway.settings import SettingsError, load_gateway_settings
    from store.migrate import SchemaError, require_schema
    from store.port_sessions import has_come_back
    from store.tx import Store

    try:
        store = Store(load_gateway_settings(config).database_url)
        with store.reading(datetime.now(UTC)) as tx:
            require_schema(tx)
    except (SettingsError, SchemaError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None

    def came_back(since: datetime) -> bool:
        with store.reading(datetime.now(UTC)) as tx:
            return has_come_back(tx, station, since)

    return came_back
