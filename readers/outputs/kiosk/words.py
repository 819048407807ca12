"""What a kiosk page says of its own, beside the words a tap brings: no names, Japanese first."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from readers.words import Words

PAGE: Mapping[str, Words] = MappingProxyType(
    {
        "idle": Words("カードをかざしてください", "Hold your card here"),
        "hold": Words("音が鳴るまで、そのままで", "Keep it there until the tone"),
        "noticed": Words("読み取っています", "Reading"),
        "granted": Words("確認しました", "Accepted"),
        "refused": Words("お通しできません", "Not accepted"),
        "unrecorded": Words("記録されていません", "Not recorded"),
        "retry": Words("もう一度お願いします", "Once more, please"),
        "lost": Words("つながっていません", "Not connected"),
        "lost_hint": Words("音とランプで確かめてください", "Go by the tone and the lamp"),
        "muted": Words("音は出ません", "No sound"),
    }
)


@dataclass(frozen=True, slots=True)
class DoorAlarm:
    """What people at the door are told, and for how long (seconds) unless its end is told earlier."""

    words: Words
    seconds: float


ALARMS: Mapping[str, DoorAlarm] = MappingProxyType(
    {
        "door_forced_open": DoorAlarm(Words("扉がこじ開けられました。係員へ", "Door forced open. Tell staff"), 60),
        "door_held_open_prealarm": DoorAlarm(Words("扉を閉めてください", "Please close the door"), 20),
        "door_held_open": DoorAlarm(Words("扉が開いたままです。閉めてください", "Door left open. Please close it"), 60),
        "door_fire_release": DoorAlarm(
            Words("火災のため開放中です。避難してください", "Fire: doors are free. Leave"), 600
        ),
    }
)
"""The alarms that concern whoever stands at the door; all others are for staff and are not shown."""

ENDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "door_restored": frozenset(("door_forced_open", "door_held_open_prealarm", "door_held_open")),
        "door_fire_cleared": frozenset(("door_fire_release",)),
    }
)
"""The words that end alarms before their time."""
