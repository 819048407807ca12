"""Why a session was ended, where it was no rule that failed; said in Japanese and English like a rule."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.zones.rule import Saying


class CutReason(StrEnum):
    """A reason that no decision names."""

    permitted = "permitted"  # it waited in quarantine, and its person may enter now
    vlan_moved = "vlan_moved"  # the tier has another VLAN now
    superseded = "superseded"  # a later session of the same terminal stands for it
    began_anew = "began_anew"  # its switch says that it began anew, or is about to end
    silent = "silent"  # its switch speaks of others and no more of it
    not_begun = "not_begun"  # no switch told of its beginning
    not_listed = "not_listed"  # its switch does not name it among what it has
    not_booked = "not_booked"  # it was found on a switch, and nobody had booked it


CUT_WORDS: Mapping[CutReason, Saying] = MappingProxyType(
    {
        CutReason.permitted: Saying(
            "使えるようになったので、待機からつなぎ直しました。",
            "It may be used now: the terminal was fetched out of quarantine.",
            "数秒でつながります。",
            "It is connected within seconds.",
        ),
        CutReason.vlan_moved: Saying(
            "系のVLANが変わったので、つなぎ直しました。",
            "The tier has another VLAN: the terminal was made to join again.",
            "数秒でつながります。",
            "It is connected within seconds.",
        ),
        CutReason.superseded: Saying(
            "同じ端末の新しい接続に替わりました。", "A later session of the same terminal stands for it.", "", ""
        ),
        CutReason.began_anew: Saying(
            "ネットワーク機器が再起動しました。",
            "The switch began anew.",
            "しばらくすると自動でつながります。",
            "It is connected by itself after a while.",
        ),
        CutReason.silent: Saying(
            "ネットワーク機器から、この接続の報告が途絶えました。",
            "The switch stopped to report this session.",
            "つながらないときは、端末のケーブルを差し直してください。",
            "If it does not connect, plug the terminal in anew.",
        ),
        CutReason.not_begun: Saying(
            "許可のあと、接続が始まりませんでした。", "It was permitted and never began.", "", ""
        ),
        CutReason.not_listed: Saying(
            "ネットワーク機器の接続一覧にありませんでした。", "The switch does not list it among its sessions.", "", ""
        ),
        CutReason.not_booked: Saying(
            "台帳にない接続が、ネットワーク機器にありました。",
            "It was found on the switch, and nobody had permitted it.",
            "ネットワーク機器の設定（RADIUSサーバーの指定）を確かめてください。",
            "Check the switch's settings: which RADIUS server it asks.",
        ),
    }
)
