"""``sekisho doctor``: examine what the installation stands on, and say what to change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from domain.ids import is_id

if TYPE_CHECKING:
    from sekisho.doctor_rights import Household

app = typer.Typer(no_args_is_help=True)

OWN_NAMES = "doctor-"
"""Certificates whose names begin so are nobody's who works."""


@app.callback()
def doctor() -> None:
    """設置先の診断 · Examine what an installation stands on."""


@app.command()
def broker(  # noqa: PLR0917 (the command line's words)
    host: Annotated[str, typer.Argument(help="ブローカー · the broker's name or address")],
    ca: Annotated[Path, typer.Option(help="認証局の証明書 · the authority's certificate (ca.crt)")],
    centre: Annotated[Path, typer.Option(help="中央の client.crt と client.key のフォルダ · folder of the centre's")],
    device: Annotated[
        list[Path], typer.Option(help="装置の同じフォルダ（二つ以上） · the same of devices, two or more")
    ],
    port: Annotated[int, typer.Option(help="ポート · port", min=1, max=65535)] = 8883,
    stranger: Annotated[
        Path | None, typer.Option(help="権限のない証明書のフォルダ · of a certificate without any rights")
    ] = None,
    home_assistant: Annotated[
        Path | None, typer.Option(help="Home Assistant の証明書のフォルダ · of Home Assistant's certificate")
    ] = None,
    site: Annotated[str, typer.Option(help="そのときの site.yaml の id · with it, the site's id")] = "",
    prefix: Annotated[str, typer.Option(help="その discovery prefix · and its discovery prefix")] = "homeassistant",
    messages: Annotated[
        int, typer.Option(help="不在の相手に送る数 · messages to somebody who is away", min=1, max=100_000)
    ] = 2000,
    yes: Annotated[bool, typer.Option("--yes", help="稼働中の名前で試す · use the names of clients at work")] = False,
) -> None:
    """ブローカーを診断する · Try the broker's doors, rights and memory; ends with 1 when something is wrong.

    It connects under the names in the certificates, which puts out whoever is connected under them, and publishes on
    their topics: with names that do not begin with "doctor-" it asks for --yes.
    """
    from rich.console import Console

    from sekisho.doctor_broker import examine_broker
    from sekisho.doctor_findings import Mark, show_findings
    from sekisho.doctor_peer import Address, DoctorError, read_papers
    from sekisho.doctor_rights import matrix_table

    try:
        papers = [read_papers(folder) for folder in (centre, *device, *([stranger] if stranger else []))]
        household = _read_household(home_assistant, site, prefix)
        names = [each.name for each in papers] + ([household.papers.name] if household else [])
        _check_names(names, devices=len(device), yes=yes)
        found = examine_broker(
            Address(host, port, ca),
            papers[0],
            papers[1 : len(device) + 1],
            papers[-1] if stranger else None,
            messages=messages,
            household=household,
        )
    except (DoctorError, OSError) as error:
        _refuse(str(error))
    console = Console()
    console.print(matrix_table(found.matrix))
    show_findings(console, found.findings, title="ブローカーの診断 · the broker's examination")
    if any(finding.mark is Mark.wrong for finding in found.findings):
        raise typer.Exit(1)


@app.command()
def settings(
    gateway: Annotated[Path, typer.Argument(help="中央の設定 · gateway.toml")],
    sync: Annotated[Path, typer.Argument(help="連携の設定 · sync.toml")],
) -> None:
    """中央と連携の設定を突き合わせる · Hold the two settings files against each other; ends with 1 where they part."""
    from datetime import UTC, datetime

    from rich.console import Console

    from contract.profile_faults import ProfileFileError
    from domain.civil import civil_minute
    from gateway import settings as gateway_settings
    from gateway.site.description import load_site
    from gateway.site.source import SiteError
    from sekisho.doctor_findings import Mark, show_findings
    from sekisho.doctor_settings import compare_settings
    from sync import settings as sync_settings

    try:
        centre = gateway_settings.load_gateway_settings(gateway)
        connector = sync_settings.load_sync_settings(sync)
        today = civil_minute(datetime.now(UTC))[0]
        found = compare_settings(centre, connector, load_site(centre.site_file), today)
    except (gateway_settings.SettingsError, sync_settings.SettingsError, SiteError, ProfileFileError, OSError) as error:
        _refuse(str(error))
    show_findings(Console(), found, title="中央と連携の設定 · gateway.toml and sync.toml")
    if any(finding.mark is Mark.wrong for finding in found):
        raise typer.Exit(1)


def _read_household(folder: Path | None, site: str, prefix: str) -> "Household | None":
    from gateway.home_assistant.topics import HomeTopics
    from gateway.site.consistency import HOME_ASSISTANT
    from sekisho.doctor_peer import read_papers
    from sekisho.doctor_rights import Household

    if folder is None:
        return None
    if not is_id(site):
        _refuse("--site: --home-assistant には site.yaml の id が必要です / expected the site's id, as in site.yaml")
    papers = read_papers(folder)
    if papers.name != HOME_ASSISTANT:
        _refuse(f"--home-assistant: {papers.name} / 証明書の名前は expected a certificate of the name {HOME_ASSISTANT}")
    return Household(papers, HomeTopics(prefix, site))


def _check_names(names: list[str], *, devices: int, yes: bool) -> None:
    if len(set(names)) < len(names) or devices < 2:
        _refuse("--device: 名前の違う装置が二つ以上必要です / expected two or more devices, all of different names")
    working = [name for name in names if not name.startswith(OWN_NAMES)]
    if working and not yes:
        _refuse(
            f"{', '.join(working)}: この名前で動いている接続は切れ、話題に診断の電文が流れます。よければ --yes"
            f" / whoever is connected under these names is put out and their topics get test messages:"
            f" give --yes if that may be"
        )


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
