"""What the display at a key cabinet says: short, no name, Japanese first. One entry a refusal, checked by a test."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.keys.cabinet import Asked, Refusal
from readers.words import Words

REFUSED: Mapping[Refusal, Words] = MappingProxyType(
    {
        Refusal.policy_stale: Words("設定が古いため貸し出せません。係員へ", "Settings out of date. See staff"),
        Refusal.unknown_credential: Words("登録のないカードです", "Card not registered"),
        Refusal.card_unusable: Words("使えないカードです。係員へ", "Card not usable. See staff"),
        Refusal.assurance_too_low: Words("このカードでは開きません", "This card is not enough here"),
        Refusal.threat_level: Words("警戒中のため貸し出せません", "Closed by security level"),
        Refusal.no_key_right: Words("借りられる鍵がありません", "No key here for you"),
        Refusal.key_too_early: Words("まだ借りられない時刻です", "Too early for your key"),
        Refusal.key_right_over: Words("借りられる期間が終わりました", "Your time for this key is over"),
        Refusal.key_not_here: Words("鍵はここにありません。係員へ", "Key is not here. See staff"),
        Refusal.two_person_waiting: Words("二人目のカードをどうぞ", "Second person, please tap"),
        Refusal.cabinet_busy: Words("扉が閉まるまでお待ちください", "Wait until the box is closed"),
    }
)
BRING_BACK = Words("鍵を戻してください", "Hang the key back")


def words_of(asked: Asked) -> Words:
    """Give what the display says to a recorded answer: which hooks are free, or why none is."""
    if asked.refusal is not None:
        return REFUSED[asked.refusal]
    if not asked.offers:
        return BRING_BACK
    positions = [str(offer.position) for offer in asked.offers]
    return Words(f"{'・'.join(positions)}番の鍵をどうぞ", f"Take {', '.join(positions)}")
