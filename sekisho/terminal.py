"""``sekisho terminal``: certificates by which terminals show themselves to the network, issued and revoked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sekisho.config_refusal import refuse

app = typer.Typer(no_args_is_help=True)

DAYS_MAX = 398
Rendered = Annotated[Path, typer.Argument(help="config render が書いたフォルダ · the rendered folder, with ca/")]
TerminalId = Annotated[
    str, typer.Argument(help="端末の id（端末の登録と同じ） · the terminal's id, as it is registered")
]


@app.callback()
def terminal() -> None:
    """端末の証明書 · terminals' certificates."""


@app.command()
def certificate(
    rendered: Rendered,
    terminal_id: TerminalId,
    tier: Annotated[str, typer.Option(help="系の id · the tier's id")],
    out: Annotated[Path, typer.Option(help="書き出す先 · the folder to write to")] = Path(),
    days: Annotated[int, typer.Option(help="有効日数 · days for which it counts", min=1, max=DAYS_MAX)] = DAYS_MAX,
) -> None:
    """端末の証明書を発行する · Issue a terminal a certificate, as a PKCS#12 file and the password that opens it."""
    from domain.ids import is_id
    from gateway.site.description import load_site
    from gateway.site.keys import KeyFileError, write_secret
    from gateway.site.network_servers import network_name
    from gateway.site.source import SiteError
    from gateway.site.terminal_certificates import issue_terminal, open_terminal_authority

    if not is_id(terminal_id):
        refuse(f"{terminal_id}: 英小文字・数字・-・_ で書いてください / expected small letters, digits, - and _")
    _require_authority(rendered)
    now = datetime.now(UTC)
    try:
        site = load_site(rendered / "gateway" / "site.yaml")
        known = list(dict.fromkeys(each.id for each in site.tiers))
        if tier not in known:
            refuse(f"--tier {tier}: 次のいずれかにしてください / expected one of: {', '.join(known)}")
        if any((out / f"{terminal_id}.{suffix}").exists() for suffix in ("p12", "password")):
            refuse(
                f"{out / terminal_id}.p12: 既にあります。渡し終えたら消してください / exists already; remove it first"
            )
        authority = open_terminal_authority(rendered / "ca", site, now=now)
        issued = issue_terminal(rendered / "ca", authority, terminal_id, tier, now=now, days=days)
        write_secret(out / f"{terminal_id}.p12", issued.pkcs12)
        write_secret(out / f"{terminal_id}.password", f"{issued.password}\n".encode())
        (out / "network-ca.crt").write_bytes(authority.pem)
    except (SiteError, KeyFileError, OSError) as error:
        refuse(str(error))
    until = issued.certificate.not_valid_after_utc
    print(f"{out / terminal_id}.p12, .password: 別々に渡してください / hand them over apart")
    print(f"番号 serial {issued.serial}  期限 until {until:%Y-%m-%d}")
    print(f"端末の設定 / in the terminal: CA network-ca.crt, サーバー名 server name {network_name(site)}")


@app.command()
def revoke(rendered: Rendered, terminal_id: TerminalId) -> None:
    """証明書を失効させる · Revoke all of a terminal's certificates; network servers know it once rendered again."""
    from gateway.site.description import load_site
    from gateway.site.keys import KeyFileError
    from gateway.site.source import SiteError
    from gateway.site.terminal_certificates import open_terminal_authority, revoke_terminal

    _require_authority(rendered)
    now = datetime.now(UTC)
    try:
        site = load_site(rendered / "gateway" / "site.yaml")
        authority = open_terminal_authority(rendered / "ca", site, now=now)
        count = revoke_terminal(rendered / "ca", authority, terminal_id, now=now)
    except (SiteError, KeyFileError, OSError) as error:
        refuse(str(error))
    if not count:
        refuse(f"{terminal_id}: 証明書を発行していません / no certificate was issued to it here")
    print(f"{terminal_id}: {count} 枚を失効させました / revoked")
    print("今すぐ止めるには画面「端末」で終える / to end its sessions now: end it on the page of terminals")
    print("次に render し直し、再起動する / next: sekisho config render, then restart the network servers")


def _require_authority(rendered: Path) -> None:
    if not (rendered / "ca" / "ca.key").is_file():
        refuse(
            f"{rendered}: ca/ca.key がありません。認証局のある場所で実行してください"
            " / expected a rendered folder with its authority: run it where certificates are issued"
        )
