"""What the demo's city says of its information: classes, one request that waits, and the connections between tiers."""

from collections.abc import Sequence
from datetime import timedelta

from contract.information_file import read_information_toml
from demo.hall_tiers import OFFICER, SECOND
from demo.population import Member
from domain.civil import civil_minute
from domain.zones.information import Handling
from domain.zones.specific_link import Flow, Protocol, SpecificLink
from gateway.operations.zones.ask_movement import AskedMovement, Asker, ask_movement
from gateway.site.layout import FIRMWARE_CONFIGS
from store.information_classes import insert_class, save_class_verdict
from store.specific_links import insert_link, save_link_verdict
from store.tx import Tx
from store.versions import VersionState

ASKS = ("shokuin", 7)
"""The account that asks, and whose it is by number (``demo.town.ACCOUNTS``)."""

LINKS = (
    ("jumin-kihon", "10.10.4.0/24", "10.200.1.10", 443, "住民基本台帳ネットワークとの連携"),
    ("ekispert", "10.20.0.0/16", "10.30.8.21", 8443, "旅費計算の経路検索（無害化の中継を通る）"),
)
"""Each with where it leads from and to, its port, and why."""


def describe_information(tx: Tx, members: Sequence[Member], tiers: Sequence[str]) -> None:
    """Let classes and links count, and let the demo's employee have asked to move something."""
    today = civil_minute(tx.now)[0]
    before = Tx(tx.connection, tx.now - timedelta(days=80))
    for each in read_information_toml((FIRMWARE_CONFIGS / "tiers" / "information.toml").read_bytes()):
        save_class_verdict(before, insert_class(before, each, by=OFFICER), VersionState.approved, by=SECOND)
    for id_, source, destination, port, reason in LINKS:
        flow = Flow(source, destination, Protocol.tcp, port, port)
        link = SpecificLink(id_, flow, reason, "", today - timedelta(days=80), today + timedelta(days=285))
        save_link_verdict(before, insert_link(before, link, by=OFFICER), VersionState.approved, by=SECOND)
    login, number = ASKS
    who = members[number]
    wish = AskedMovement(
        "0" * 15 + "7",
        Handling.move,
        "公開用の統計表（個人の情報を含まない）",
        "2",
        "市のウェブサイトに載せるため",
        tx.now + timedelta(days=7),
        "lgwan",
        "internet",
    )
    ask_movement(tx, wish, by=Asker(login, who.id, who.department), tiers=tiers)
