"""What is known of somebody at a terminal who asks for a tier: the inputs that a rule may name, and nothing else.

Each fact is always there. What is not known has the value that permits least, so that a gap in what we know is never a
way in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType

from domain.zones.presence_grade import Grade
from domain.zones.tier import Method


class FactKind(StrEnum):
    """What a fact is, and so what may be asked of it."""

    truth = "truth"  # by itself, or after "not"
    number = "number"  # compared with numbers
    word = "word"  # compared with words of its own
    words = "words"  # a word is in it, or not


class Factor(StrEnum):
    """How the person at the seat showed to be there, besides the terminal's certificate."""

    none = "none"
    card = "card"
    card_pin = "card_pin"
    biometric = "biometric"


class Threat(StrEnum):
    """How dangerous it is at the site (``domain.access.threat``, told by its word)."""

    normal = "normal"
    lockdown = "lockdown"
    evacuation = "evacuation"
    shelter = "shelter"


@dataclass(frozen=True, slots=True)
class Fact:
    """One input: its kind, what it says in Japanese and English, and the words it may be; none: any (an id)."""

    kind: FactKind
    ja: str
    en: str
    words: frozenset[str] = frozenset()


def _say(kind: FactKind, ja: str, en: str, words: type[StrEnum] | None = None) -> dict[str, Fact]:
    return {"fact": Fact(kind, ja, en, frozenset(words or ()))}


_TRUTH, _NUMBER, _WORD, _WORDS = FactKind.truth, FactKind.number, FactKind.word, FactKind.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that one decision knows."""

    tier: str = field(metadata=_say(_WORD, "使おうとする系", "the tier that is asked for"))
    method: str = field(default="", metadata=_say(_WORD, "認証の方法", "how the terminal showed itself", Method))
    person_known: bool = field(default=False, metadata=_say(_TRUTH, "だれかが分かる", "who it is is known"))
    employed: bool = field(default=False, metadata=_say(_TRUTH, "在職中", "employed here today"))
    suspended: bool = field(default=True, metadata=_say(_TRUTH, "停職・休職中", "suspended or on long leave"))
    on_leave: bool = field(default=True, metadata=_say(_TRUTH, "今の時間は休暇中", "on leave at this hour"))
    present: bool = field(
        default=False, metadata=_say(_TRUTH, "使える部屋にいる", "in a room where the tier may be used")
    )
    presence_grade: str = field(
        default=Grade.none, metadata=_say(_WORD, "在室の確かさ", "how sure the presence is", Grade)
    )
    factor: str = field(default=Factor.none, metadata=_say(_WORD, "本人の確認", "the person's own factor", Factor))
    cleared: bool = field(
        default=False, metadata=_say(_TRUTH, "この系の取扱いを認められている", "cleared for the tier")
    )
    trained: bool = field(
        default=False, metadata=_say(_TRUTH, "必要な研修がすべて有効", "every training it asks for counts")
    )
    missing_training: frozenset[str] = field(
        default=frozenset(), metadata=_say(_WORDS, "足りない研修", "trainings that are missing or lapsed")
    )
    drill_open: bool = field(
        default=True, metadata=_say(_TRUTH, "標的型メール訓練の補習が未了", "a failed phishing drill is not made good")
    )
    in_hours: bool = field(default=False, metadata=_say(_TRUTH, "系の利用時間内", "within the tier's hours"))
    overtime_ordered: bool = field(default=False, metadata=_say(_TRUTH, "超勤命令の時間内", "within ordered overtime"))
    on_duty: bool = field(default=False, metadata=_say(_TRUTH, "勤務時間内", "within the person's duty"))
    terminal_issued: bool = field(default=False, metadata=_say(_TRUTH, "支給端末", "an issued terminal"))
    terminal_certified: bool = field(
        default=False, metadata=_say(_TRUTH, "端末の証明書が有効", "the terminal's certificate counts")
    )
    terminal_tier: str = field(default="", metadata=_say(_WORD, "端末の系", "the tier the terminal is issued for"))
    terminal_class: str = field(default="", metadata=_say(_WORD, "端末の区分", "the terminal's class"))
    visitor: bool = field(default=True, metadata=_say(_TRUTH, "来訪者・保守員", "a visitor or a vendor"))
    escorted: bool = field(
        default=False, metadata=_say(_TRUTH, "立会者が同じ部屋にいる", "the escort is in the same room")
    )
    others_cleared: int = field(
        default=0, metadata=_say(_NUMBER, "同じ部屋にいる認められた人", "others in the room who are cleared")
    )
    threat: str = field(default=Threat.evacuation, metadata=_say(_WORD, "警戒段階", "the threat level", Threat))


FACTS: Mapping[str, Fact] = MappingProxyType({each.name: each.metadata["fact"] for each in fields(Facts)})
"""Everything that a rule may name."""
