"""``sekisho``: every subcommand by name, imported only when it is called: the edge stays light and help is quick."""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import typer

GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "access": ("sekisho.access", "入退室の規則を試す · ask the access rules a question"),
        "attendance": ("sekisho.attendance", "勤怠の規則を試す · ask the attendance rules a question"),
        "card": ("sekisho.card", "カードの発行・点検・鍵の更新 · issue, inspect and re-key cards at a desk"),
        "citizens": ("sekisho.citizens", "市民の予約アプリの鍵 · keys of programs at the citizens' door"),
        "config": ("sekisho.config", "庁舎の設定を検証・生成する · check and render a site's files"),
        "contract": ("sekisho.contract", "電文の公開文書を作る · publish the wire contract's documents"),
        "demo": ("sekisho.demo", "見本の市役所を動かす · run a city hall to look at"),
        "doctor": ("sekisho.doctor", "設置先を診断する · examine what an installation stands on"),
        "edge": ("sekisho.edge", "読取機・扉の制御盤 · run an edge controller"),
        "facilities": ("sekisho.facilities", "施設・部屋の設定を取り込む · begin reserved rooms from files"),
        "fees": ("sekisho.fees", "料金表を検証・登録する · check and keep fee tables"),
        "gateway": ("sekisho.gateway", "中央サーバ · run the central service"),
        "nas": ("sekisho.nas", "スイッチの切断の試験 · try how a switch ends sessions"),
        "sim": ("sekisho.sim", "乱数の種による検証 · run the seeded simulation"),
        "sync": ("sekisho.sync", "人事・給与との連携 · run the connector"),
        "tiers": (
            "sekisho.tiers",
            "ネットワークの規則と判定の記録 · rules and decisions of the tiers",
        ),
        "terminal": ("sekisho.terminal", "端末の証明書 · certificates of terminals"),
        "update": ("sekisho.update", "署名された更新 · signed updates of boxes"),
        "up": ("sekisho.up", "一台で全部を動かす · run everything on this machine"),
    }
)
"""Subcommand → (module that holds its typer ``app``, one line of help)."""


def build_app(called: str | None) -> typer.Typer:
    """Give the command tree in which only the called group is imported; the others stand there by name and help."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)

    @app.callback()
    def sekisho() -> None:
        """関所: from the card tap to the payroll line and the network port."""

    for name, (module, line) in GROUPS.items():
        app.add_typer(import_module(module).app if name == called else _named_only(), name=name, help=line)
    return app


def _named_only() -> typer.Typer:
    group = typer.Typer()
    group.callback(invoke_without_command=True)(lambda: None)
    return group


def main() -> None:
    """Run the console command."""
    build_app(next((word for word in sys.argv[1:] if not word.startswith("-")), None))()
