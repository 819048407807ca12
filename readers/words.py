"""What a reader's display says: short, no name, Japanese first. One entry a reason, checked by a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from domain.access.policy import AttendanceMeaning
from domain.civil import civil_minute
from domain.verdict import Granted, Reason, Verdict
from readers.drivers.port import TroubleCause


@dataclass(frozen=True, slots=True)
class Words:
    """A line in both languages."""

    ja: str
    en: str


REFUSED: Mapping[Reason, Words] = MappingProxyType(
    {
        Reason.policy_stale: Words("設定が古いため通れません。係員へ", "Settings out of date. See staff"),
        Reason.unknown_credential: Words("登録のないカードです", "Card not registered"),
        Reason.stolen: Words("使えないカードです。係員へ", "Card not usable. See staff"),
        Reason.lost: Words("使えないカードです。係員へ", "Card not usable. See staff"),
        Reason.revoked: Words("使えないカードです。係員へ", "Card not usable. See staff"),
        Reason.damaged: Words("使えないカードです。係員へ", "Card not usable. See staff"),
        Reason.returned: Words("返却済みのカードです。係員へ", "Card was handed back. See staff"),
        Reason.suspended: Words("停止中のカードです", "Card suspended"),
        Reason.not_yet_active: Words("まだ使えないカードです", "Card not active yet"),
        Reason.expired: Words("期限の切れたカードです", "Card expired"),
        Reason.code_used: Words("使用済みのコードです", "Code already used"),
        Reason.lockout: Words("しばらく使えません", "Locked out for a while"),
        Reason.threat_level: Words("警戒中のため通れません", "Closed by security level"),
        Reason.door_blocked: Words("この扉は閉鎖中です", "This door is closed off"),
        Reason.no_access_rights: Words("ここは通れません", "No access here"),
        Reason.out_of_schedule: Words("今は通れない時間です", "Not at this time"),
        Reason.assurance_too_low: Words("このカードでは通れません", "This card is not enough here"),
        Reason.pin_required: Words("暗証番号が必要です", "PIN required"),
        Reason.pin_wrong: Words("暗証番号が違います", "Wrong PIN"),
        Reason.interlock: Words("もう一方の扉を閉めてください", "Close the other door first"),
        Reason.passback: Words("入退の順が合いません", "Entry and exit out of order"),
        Reason.occupancy_max: Words("満員です", "Full"),
        Reason.two_person_waiting: Words("二人目のカードをどうぞ", "Second person, please tap"),
        Reason.escort_missing: Words("案内の職員が先にかざしてください", "Your escort taps first"),
    }
)
UNREADABLE: Mapping[TroubleCause, Words] = MappingProxyType(
    {
        "torn": Words("もう一度かざしてください", "Please tap again"),
        "garbled": Words("もう一度かざしてください", "Please tap again"),
        "several_cards": Words("カードは一枚だけかざしてください", "One card at a time, please"),
        "random_id": Words("番号の変わるカードです。職員証を", "Changing number. Use your staff card"),
        "emulated_id": Words("スマートフォンでは通れません。職員証を", "Not by phone. Use your staff card"),
        "unsupported": Words("使えない種類のカードです。職員証を", "Not this kind. Use your staff card"),
        "not_genuine": Words("確かめられないカードです。係員へ", "Card could not be verified. See staff"),
        "forged_code": Words("正しくないコードです。受付へ", "Code not valid. See reception"),
    }
)
RETRY = Words("もう一度かざしてください", "Please tap again")
ASK_PIN = Words("暗証番号と # を押してください", "Key in your PIN, then #")
UNRECORDED = Words("記録できません。係員へ", "Not recorded. See staff")
EGRESS = Words("お通りください", "You may leave")

_GRANTED: Mapping[AttendanceMeaning, Words] = MappingProxyType(
    {
        AttendanceMeaning.clock_in: Words("出勤", "In"),
        AttendanceMeaning.clock_out: Words("退勤", "Out"),
        AttendanceMeaning.presence: Words("記録", "Recorded"),
        AttendanceMeaning.none: Words("どうぞ", "Please pass"),
    }
)


def words_for(verdict: Verdict, meaning: AttendanceMeaning, at: datetime) -> Words:
    """Give what the display says to a recorded tap: 「出勤 8:25」 or why not."""
    if not isinstance(verdict, Granted):
        return REFUSED[verdict.reason]
    said = _GRANTED[meaning]
    if meaning is AttendanceMeaning.none:
        return said
    _, minute = civil_minute(at)
    clock = f"{minute // 60}:{minute % 60:02d}"
    return Words(f"{said.ja} {clock}", f"{said.en} {clock}")
